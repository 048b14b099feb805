"""Grafana's dashboards from the short form in helm/dashboards: `make docs` writes them, a test compares.

A row has panels; a panel a title, what it tells, a unit (Grafana's id) and queries. `$of` in a query chooses by the
dashboard's variables, `$whole` does so for what has no role. Written is Grafana's classic JSON model, which all
versions from 9 on import: https://grafana.com/docs/grafana/latest/dashboards/build-dashboards/view-dashboard-json-model/.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

HELM = Path(__file__).resolve().parents[1] / "helm"
SOURCE = {"type": "prometheus", "uid": "${datasource}"}
WHOLE = 'namespace=~"$namespace", release=~"$release"'
OF = f'{WHOLE}, role=~"$role"'
SCHEMA = 39  # of Grafana 10.4; later versions migrate it as they load it
COLUMNS, HEIGHT = 24, 8
KINDS = {"series": "timeseries", "stat": "stat", "table": "table", "bars": "bargauge"}

Written = Mapping[str, Any]

_BESIDE = {
    "type": "dashboards", "tags": ["argus_streams"], "title": "argus_streams", "tooltip": "All dashboards", "url": "",
    "icon": "external link", "asDropdown": True, "keepTime": True, "includeVars": True, "targetBlank": False,
}  # fmt: skip


def dashboards() -> Mapping[Path, str]:
    """Every dashboard, as it should be."""
    return {
        HELM / "argus" / "dashboards" / f"{file.stem}.json": _json(_dashboard(yaml.safe_load(file.read_text("utf-8"))))
        for file in sorted((HELM / "dashboards").glob("*.yaml"))
    }


def _json(dashboard: Written) -> str:
    return json.dumps(dashboard, indent=2, ensure_ascii=False) + "\n"


def _dashboard(written: Written) -> Written:
    return {
        "title": f"argus_streams / {written['title']}",
        "description": written["about"],
        "tags": ["argus_streams"],
        "schemaVersion": SCHEMA,
        "editable": True,
        "graphTooltip": 1,  # one crosshair over all panels
        "refresh": "30s",
        "time": {"from": "now-6h", "to": "now"},
        "links": [_BESIDE],
        "templating": {"list": list(_variables())},
        "panels": list(_panels(written["rows"])),
    }


def _variables() -> Iterator[Written]:
    yield {"name": "datasource", "label": "Source", "type": "datasource", "query": "prometheus"}
    chosen = ""
    for name in ("namespace", "release", "role"):
        query = f"label_values(argus_ready{{{chosen}}}, {name})"
        yield {
            "name": name, "label": name.capitalize(), "type": "query", "datasource": SOURCE,
            "query": {"query": query, "refId": name}, "refresh": 2, "sort": 1,
            "multi": True, "includeAll": True, "allValue": ".*", "current": {"text": ["All"], "value": ["$__all"]},
        }  # fmt: skip
        chosen = f'{chosen}, {name}=~"${name}"'.removeprefix(", ")


def _panels(rows: Iterable[Written]) -> Iterator[Written]:
    """Rows below each other, in each the panels from left to right."""
    number, top = 0, 0
    for row in rows:
        number += 1
        yield {
            "id": number,
            "type": "row",
            "title": row["title"],
            "collapsed": False,
            "panels": [],
            "gridPos": {"x": 0, "y": top, "w": COLUMNS, "h": 1},
        }
        top, left = top + 1, 0
        for panel in row["panels"]:
            number, width = number + 1, panel.get("width", COLUMNS // 2)
            if left + width > COLUMNS:
                top, left = top + HEIGHT, 0
            yield {"id": number, "gridPos": {"x": left, "y": top, "w": width, "h": HEIGHT}, **_panel(panel)}
            left += width
        top += HEIGHT


def _panel(panel: Written) -> Written:
    kind = panel.get("kind", "series")
    return {
        "type": KINDS[kind],
        "title": panel["title"],
        "description": panel["about"],
        "datasource": SOURCE,
        "targets": [_target(chr(ord("A") + at), query, kind) for at, query in enumerate(panel["queries"])],
        "fieldConfig": {"defaults": _defaults(panel, kind), "overrides": []},
        **_looks(kind),
    }


def _target(name: str, query: Written, kind: str) -> Written:
    expression = query["expr"].replace("$whole", WHOLE).replace("$of", OF)
    asked = {"instant": True, "range": False} if kind != "series" else {"range": True}
    form = {"format": "table"} if kind == "table" else {}
    return {"refId": name, "datasource": SOURCE, "expr": expression, "legendFormat": query["legend"], **asked, **form}


def _defaults(panel: Written, kind: str) -> Written:
    steps = [{"color": "green", "value": None}, *([{"color": "red", "value": panel["bad"]}] if "bad" in panel else [])]
    drawn = {
        "lineWidth": 1,
        "axisSoftMin": 0,
        "fillOpacity": 10,
        "showPoints": "never",
        "stacking": {"mode": "normal" if panel.get("stack") else "none"},
    }
    return {
        "unit": panel["unit"],
        "thresholds": {"mode": "absolute", "steps": steps},
        **({"custom": drawn} if kind == "series" else {}),
    }


def _looks(kind: str) -> Written:
    match kind:
        case "stat":
            return {
                "options": {"reduceOptions": {"calcs": ["lastNotNull"]}, "colorMode": "background", "graphMode": "none"}
            }
        case "bars":
            return {
                "options": {
                    "reduceOptions": {"calcs": ["lastNotNull"]},
                    "orientation": "horizontal",
                    "displayMode": "basic",
                }
            }
        case "table":
            without = {"id": "organize", "options": {"excludeByName": {"Time": True}}}
            return {"options": {"showHeader": True}, "transformations": [without]}
        case _:
            legend = {"displayMode": "list", "placement": "bottom", "showLegend": True}
            return {"options": {"legend": legend, "tooltip": {"mode": "multi", "sort": "desc"}}}
