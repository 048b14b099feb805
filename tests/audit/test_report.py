"""What people and programs see of an audit."""

import io
import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import msgspec
import pytest
from audits import audited
from damages import lose_row, lose_sighting
from prometheus_client.parser import text_string_to_metric_families
from rich.console import Console
from rich.progress import Progress
from worlds import World, own, rubbish

from argus_streams.auditing import measured, report
from argus_streams.core.audit.mirroring import Mirrored, RegionVerdict
from argus_streams.core.audit.verdict import Sheet
from argus_streams.errors import Misconfigured, Unavailable


def damaged():
    world = World()
    world.publish([own({"message": "a"}), own({"message": "b"}, {"message": "c"}), rubbish(), own({"message": "a"})])
    lose_sighting(world.drain(), lambda some: some[0])
    lose_row(world, lambda some: some[-1])
    return audited(world)


def shown(verdict):
    out = io.StringIO()
    report.show(verdict, Console(file=out, width=160))
    return out.getvalue()


def test_people_see_sums_by_project_each_finding_with_its_place_and_what_to_read():
    text = shown(damaged())
    assert "missing at sighting: argus.events.incoming/" in text
    assert "missing at group row: argus.groups/" in text
    assert "docs/audit.md tells what to do" in text
    rows = {line.split()[0]: line.split()[1:] for line in text.splitlines() if line.startswith(("  shop", "  total"))}
    assert rows["shop"] == rows["total"]
    assert rows["total"][0] == "4"


def test_where_no_body_lies_nothing_is_claimed_of_any():
    told = shown(audited(World()))
    assert "There is no body to account for." in told
    assert "every event" not in told


def test_programs_get_one_line_with_all_sums_projects_and_findings():
    verdict = damaged()
    line = report.as_json(verdict)
    assert b"\n" not in line
    told = json.loads(line)
    assert told["missing"] == len(told["findings"]) == 2
    assert told["projects"]["shop"]["missing"] == 2
    assert told["reasons"] == {}
    wanted = {"stage", "what", "topic", "partition", "offset", "index", "project", "detail", "count"}
    assert {frozenset(each) for each in told["findings"]} == {frozenset(wanted)}


def test_a_terminal_shows_how_far_the_pass_is_that_runs():
    out = io.StringIO()
    with Progress(console=Console(file=out, force_terminal=True, width=100), auto_refresh=False) as bars:
        shows = report.Bar(bars)
        shows.begin("sightings", 200)
        shows.advance(50)
        bars.refresh()
    assert "sightings" in out.getvalue()
    assert "25%" in out.getvalue()


def test_what_others_wrote_is_no_markup_and_takes_no_time_to_be_shown():
    verdict = damaged()
    text = shown(msgspec.structs.replace(verdict, projects={"[/x]": verdict.total}, notes=("[/y]" + "x" * 100_000,)))
    assert "[/x]" in text
    assert "not compared: [/y]xxx" in text


def test_people_see_the_commonest_reasons_of_ignored_bodies_and_how_many_the_others_are():
    reasons = {f"reason {number}": 20 - number for number in range(10)}
    text = shown(msgspec.structs.replace(damaged(), reasons=reasons))
    assert "      20  reason 0\n" in text
    assert "      13  reason 7\n" in text
    assert "reason 8" not in text
    assert "      23  for 2 other reasons; --json tells them\n" in text


def test_a_reason_that_no_body_of_the_time_has_is_not_told():
    sheet = Sheet()
    sheet.ignore("a star", 0)
    sheet.ignore("a comment", 2)
    assert sheet.verdict().reasons == {"a comment": 2}


ABROAD = RegionVerdict("eu", (Mirrored("argus.events.incoming", missing=3),))


def test_prometheus_gets_what_is_missing_or_double_all_sums_and_when_that_was(tmp_path):
    verdict, file = damaged(), tmp_path / "argus.prom"
    measured.write(verdict, [ABROAD], str(file), 1_700_000_000.5)
    families = text_string_to_metric_families(file.read_text())
    told = {(each.name, *each.labels.values()): each.value for family in families for each in family.samples}
    assert told["argus_audit_findings", "missing"] == verdict.total.missing + 3
    assert told["argus_audit_findings", "double"] == 0
    assert told["argus_audit_sum", "bodies"] == 4
    assert told["argus_audit_timestamp_seconds",] == 1_700_000_000.5


def test_a_file_for_prometheus_that_can_not_be_written_is_named(tmp_path):
    with pytest.raises(Misconfigured, match=r"--metrics .*nowhere/argus.prom can not be written: No such file"):
        measured.write(damaged(), [], str(tmp_path / "nowhere" / "argus.prom"), 0)


@contextmanager
def gateway(status):
    """A push gateway that answers so, and what was put there."""
    put = {}

    class Answer(BaseHTTPRequestHandler):
        def do_PUT(self):
            put[self.path] = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self.send_response(status)
            self.end_headers()

        def log_message(self, *_):
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Answer) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/metrics/job/audit/release/argus", put
        finally:
            server.shutdown()
            thread.join()


def test_a_push_gateway_gets_the_same_under_the_labels_of_its_address():
    with gateway(200) as (address, put):
        measured.write(damaged(), [], address, 1.0)
    ((path, text),) = put.items()
    assert path == "/metrics/job/audit/release/argus"
    assert 'argus_audit_findings{kind="missing"} ' in text


def test_a_push_gateway_that_takes_nothing_is_told():
    with gateway(500) as (address, _), pytest.raises(Unavailable, match="takes nothing: HTTP Error 500"):
        measured.write(damaged(), [], address, 1.0)
    with pytest.raises(Unavailable, match=r"takes nothing: .*refused"):
        measured.write(damaged(), [], "http://127.0.0.1:1/metrics/job/audit", 1.0)
