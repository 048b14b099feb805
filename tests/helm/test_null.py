"""Null takes a value away: what the chart can not do without is named, all else is as if it were empty."""

import re

import charts
import pytest
import yaml

# Maps of which the chart knows no field: they are Kubernetes' or a person's own, and null takes a part out of them.
OWN = {"resources", "behavior", "podSecurityContext", "securityContext", "startup", "liveness", "readiness", "labels"}
OPTIONAL = {"common.pdb.maxUnavailable"}  # of two of which only one may be there
SENTENCE = "execution error at"  # of a complaint that the chart makes; another one is Go's
MISSING = re.compile(r"at '([^']*)': missing propert(?:y|ies) (.+)")


def paths(values, prefix=""):
    """Each value by its path, maps among them."""
    for name, value in values.items():
        yield f"{prefix}{name}", value
        if isinstance(value, dict) and name not in OWN:
            yield from paths(value, f"{prefix}{name}.")


ALL = dict(paths(charts.values()))
NEEDED = sorted({path for path, value in ALL.items() if value} - OPTIONAL)
EMPTY = sorted(path for path, value in ALL.items() if not value)


def named(told):
    """The paths that a complaint names."""
    for place, names in MISSING.findall(told):
        parent = place.strip("/").replace("/", ".")
        yield from (f"{parent}.{name}".lstrip(".") for name in re.findall(r"'([^']+)'", names))


@pytest.mark.parametrize("depth", sorted({path.count(".") for path in NEEDED}))
def test_what_the_chart_can_not_do_without_is_named(helm, depth):
    taken = [path for path in NEEDED if path.count(".") == depth]
    with pytest.raises(charts.RefusedError) as refused:
        helm.rendered(**dict.fromkeys(taken))
    assert sorted(named(str(refused.value))) == taken


def test_what_is_empty_may_be_null(helm, rendered):
    given = {f"{part}.{name}" for part, told in charts.GIVEN.items() for name in told}
    chart = helm.rendered(**dict.fromkeys(path for path in EMPTY if path not in given))
    assert chart.documents == rendered["default"].documents


@pytest.mark.parametrize("name", ["production", "two-region", "keda"])
def test_null_takes_away_what_another_file_gave(helm, name):
    file = charts.CHART / "ci" / f"{name}-values.yaml"
    given = paths(yaml.safe_load(file.read_text()))
    parts = [path for path, value in given if value and isinstance(value, dict | list) and path in EMPTY]
    told = {path: refusal(helm, file, path) for path in parts}
    assert not {path: text for path, text in told.items() if text and SENTENCE not in text}


def refusal(helm, file, path):
    """What Helm says without this value; empty where it renders."""
    try:
        helm.template(file, **{path: None})
    except charts.RefusedError as refused:
        return str(refused)
    return ""
