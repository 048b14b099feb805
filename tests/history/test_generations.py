"""History made anew beside what is live, on a real broker and database: exact, apart, promoted, taken back, dropped."""

import asyncio
import json
import time
from datetime import UTC, datetime

import pytest
from deployment import Deployment, error
from processes import python

from argus_streams import app
from argus_streams.adapters import topics
from argus_streams.history.site import Refused
from argus_streams.history.start import start
from argus_streams.streaming.offsets import StillRunning

pytestmark = [pytest.mark.kafka, pytest.mark.postgres]

RULES = """
shop:
  - name: one group a region
    match: {type: StockError}
    parts: ["stock", "{{ tags.region }}"]
"""
START = """
import asyncio, sys
from argus_streams import settings
from argus_streams.history.site import site
from argus_streams import app
from argus_streams.adapters import topics
from argus_streams.history.start import start
given = settings.with_environment(settings.load(), dict(pair.split("=", 1) for pair in sys.argv[3:]))
asyncio.run(start(site(given), sys.argv[1], int(sys.argv[2]), lambda line: print(line, flush=True)))
"""


@pytest.fixture(scope="module")
def here(kafka, postgres_server, tmp_path_factory):
    """A deployment with a history, of which a part lies before ``here.cut``: groups end there, begin there, go on."""
    with Deployment.beside(kafka, postgres_server, tmp_path_factory.mktemp("history")) as made:
        made.crew()
        yield _with_history(made)


@pytest.fixture(scope="module")
def rules(tmp_path_factory):
    """Rules by which one of the groups is two."""
    file = tmp_path_factory.mktemp("rules") / "rules.yaml"
    file.write_text(RULES)
    return file


@pytest.fixture(scope="module")
def regions(here, rules):
    """All of that history under other rules, as a generation that has caught up; how to end its workers."""
    hour = time.strftime("%Y-%m-%dT%H:%M", time.gmtime(time.time() - 7200))
    started = here.argus("replay", "start", "regions", "--from", hour)
    assert started.exit_code == 0, started.output
    assert "argus worker store --generation regions" in started.stdout
    early = here.argus("replay", "promote", "regions")
    assert (early.exit_code, "regions lags" in early.stderr) == (1, True), early.output
    stop = here.crew("regions", ARGUS_RULES_FILE=str(rules))
    here.drained("regions")
    return stop


def _with_history(made):
    made.publish(*[stock(n) for n in range(20)], error("KeyError", "ean", id="once"), error("Gone", "long ago"))
    made.publish(error("KeyError", "ean", id="once"), error("TypeError", "x is undefined"), error("ValueError", "no"))
    made.teach(1, 2, 3)
    made.drained()
    names = {title.partition(":")[0]: found[0] for title, found in made.groups().items()}
    made.decide(names["TypeError"], "resolve")
    made.decide(names["ValueError"], "ignore")
    made.becomes(lambda: statuses(made).count("open"), 3)
    made.cut = int(time.time() * 1000)
    made.publish(*[stock(n) for n in range(7)], error("TypeError", "x is undefined"), error("ValueError", "no"))
    made.publish(error("KeyError", "ean", id="once"), error("New", "just now"))
    made.decide(names["StockError"], "ignore")
    made.drained()
    return made


def stock(n):
    return error("StockError", f"stock of {n} is negative", tags={"region": ("eu", "us")[n % 2]})


def statuses(here):
    return [status for *_, status, _ in here.groups().values()]


def counts(here, *options):
    """What people are shown."""
    return {json.loads(line)["count"] for line in here.argus("groups", "--json", *options).stdout.splitlines()}


def test_the_same_code_gives_the_same_groups_also_where_its_start_cuts_through_history(here):
    told = {title.partition(":")[0]: (count, status) for title, (_, count, _, status, _) in here.groups().items()}
    assert told == {
        "StockError": (27, "ignored"), "KeyError": (1, "open"), "Gone": (1, "open"), "TypeError": (2, "regressed"),
        "ValueError": (2, "ignored"), "New": (1, "open"),
    }  # fmt: skip
    started = asyncio.run(start(here.site, "again", here.cut, lambda _: None))
    assert (started.record.ready, started.record.seeded) == (True, 5)
    (status,) = here.argus("replay", "status", "again", "--json").stdout.splitlines()
    assert json.loads(status)["stages"][0]["lag"] == 11, "nothing of before is read again"

    stop = here.crew("again")
    here.publish(*[stock(n) for n in range(5)], error("New", "just now"))  # live traffic goes on
    here.teach(3, 4)
    here.drained()
    here.drained("again")
    same = here.argus("replay", "compare", "again")
    assert (same.exit_code, same.stdout) == (0, "6 same, 0 different, 0 live only, 0 other only\n"), same.output
    assert here.groups("argus_again") == here.groups()
    ((*_, held, _, _, _),) = here.repairs("argus_again")
    assert (held, here.repairs("argus_again")) == (4, here.repairs())
    first = "select event_id from {}.production_events where reason = 'first'"
    assert set(here.query(first.format("argus_live"))) <= set(here.query(first.format("argus_again")))
    audited = here.argus("audit", "--generation", "again")
    assert audited.exit_code == 0, audited.output
    with pytest.raises(StillRunning):
        asyncio.run(here.site.offsets.delete([app.group_of(here.site.of("again"), "normalize")]))
    stop()


def test_a_start_that_was_cut_off_is_finished_by_another_and_then_changes_nothing(here):
    arguments = [f"{name}={value}" for name, value in here.environment.items()]
    with python(START, "twice", str(here.cut), *arguments) as running:
        assert "made" in running.stdout.readline()
    (status,) = here.argus("replay", "status", "twice", "--json").stdout.splitlines()
    assert not json.loads(status)["ready"]
    refused = here.argus("worker", "normalize", "--generation", "twice")
    assert (refused.exit_code, "not ready" in refused.stderr) == (78, True)
    records = [asyncio.run(start(here.site, "twice", here.cut, lambda _: None)).record for _ in range(2)]
    assert records[0] == records[1]
    assert (records[0].ready, records[0].seeded) == (True, 5)
    other = here.argus("replay", "start", "twice", "--from", "2026-01-01T00:30")
    assert (other.exit_code, "was begun from" in other.stderr) == (1, True)


def previewed(here, *options, **environment):
    """The changes, and what they add up to."""
    result = here.argus("replay", "preview", "--json", *options, **environment)
    assert result.exit_code == 0, result.output
    *changes, last = [json.loads(line) for line in result.stdout.splitlines()]
    return changes, last["summary"]


def test_a_preview_tells_that_nothing_would_change_or_what_would_split(here, rules):
    same, summary = previewed(here)
    assert {each["fate"] for each in same} == {"stays"}
    assert summary["fates"] == {"stays": 6}
    live = {found[0]: found[1] + found[2] for found in here.groups().values()}
    assert {each["fingerprint"]: each["events"] for each in same} == live
    (split,) = [each for each in previewed(here, ARGUS_RULES_FILE=str(rules))[0] if each["fate"] != "stays"]
    assert (split["fate"], split["others"], split["events"]) == ("splits", 2, live[split["fingerprint"]])
    assert sum(part["events"] for part in split["parts"]) == split["events"]
    told = here.argus("replay", "preview", ARGUS_RULES_FILE=str(rules))
    assert "1 group whose events would be several groups" in told.stdout, told.output


def test_a_preview_of_a_span_reads_no_body_outside_it(here):
    at = datetime.fromtimestamp(here.cut / 1000, UTC).isoformat()
    after, before = previewed(here, "--from", at)[1], previewed(here, "--to", at)[1]
    assert before["bodies"] == 25
    assert before["events_now"] == before["events_then"] == 25
    assert after["bodies"] + before["bodies"] == previewed(here)[1]["bodies"]
    assert here.argus("replay", "preview", "--from", "2100-01-01").exit_code == 1


@pytest.mark.usefixtures("regions")
def test_changed_rules_show_as_other_groups_and_leave_the_live_ones_alone(here):
    live = here.groups()
    compared = here.argus("replay", "compare", "regions", "--json")
    *told, last = [json.loads(line) for line in compared.stdout.splitlines()]
    assert compared.exit_code == 1
    stocks = here.groups()[next(title for title in live if title.startswith("StockError"))][1]
    assert sorted((each["verdict"], each["live"]) for each in told) == [
        ("live only", stocks), ("other only", 0), ("other only", 0)
    ]  # fmt: skip
    assert sum(each["other"] for each in told) == stocks
    assert {word: last["summary"][word] for word in ("same", "live only", "other only")} == {
        "same": 5, "live only": 1, "other only": 2
    }  # fmt: skip
    assert here.groups() == live


@pytest.mark.usefixtures("regions")
def test_a_generation_is_promoted_and_taken_back(here):
    before, apart = counts(here), counts(here, "--generation", "regions")
    assert before != apart
    promoted = here.argus("replay", "promote", "regions")
    assert (promoted.exit_code, "argus replay promote first" in promoted.stdout) == (0, True), promoted.output
    assert (counts(here), counts(here, "--generation", "first")) == (apart, before)
    assert here.argus("replay", "drop", "regions", "--yes").exit_code == 1, "it is live"
    assert "is live already" in here.argus("replay", "promote", "regions").stdout
    assert here.argus("replay", "promote", "first").exit_code == 0
    assert counts(here) == before


def test_a_generation_is_dropped_when_its_workers_are_gone_and_asked_for(here, regions):
    running = here.argus("replay", "drop", "regions", "--yes")
    assert (running.exit_code, "stop them first" in running.stderr) == (1, True)
    regions()
    made = here.site.of("regions")
    here.becomes(lambda: list(asyncio.run(here.site.offsets.running([app.group_of(made, r) for r in app.ROLES]))), [])
    assert here.argus("replay", "drop", "regions", given="n\n").exit_code == 1
    topics.delete(here.settings.kafka(), [app.topics_of(made).ledger])  # as one that stopped half-way had done
    dropped = here.argus("replay", "drop", "regions", "--yes")
    assert "removed schema argus_regions" in dropped.stdout, dropped.output
    ours = app.topics_of(made)
    decided = (ours.commands, ours.incident_commands, ours.feedback, ours.heal_commands)
    given = (*app.inputs(here.settings, "normalize"), *decided, ours.outcomes)
    assert (
        asyncio.run(here.site.offsets.partitions(ours)).keys()
        == asyncio.run(here.site.offsets.partitions(given)).keys()
    ), "the inputs are all that is left"
    again = here.argus("replay", "drop", "regions", "--yes")
    assert (again.exit_code, again.stdout) == (0, "nothing of regions is left\n")
    assert here.argus("replay", "compare", "regions").exit_code == 1


def test_a_start_is_refused_and_changes_nothing_where_the_live_groups_can_not_tell_what_was_before(
    kafka, postgres_server, tmp_path
):
    with Deployment.beside(kafka, postgres_server, tmp_path) as idle:  # no worker runs
        idle.publish(*[stock(n) for n in range(4)])
        idle.forget(1)
        month = datetime.fromtimestamp(time.time() - 30 * 86400, UTC).isoformat()
        old = idle.argus("replay", "start", "old", "--from", month)
        assert (old.exit_code, "choose --from" in old.stderr) == (1, True), old.output
        with pytest.raises(Refused, match="the live generation lags: normalize has 3 records"):
            asyncio.run(start(idle.site, "soon", int(time.time() * 1000), lambda _: None))
        known = [json.loads(line)["name"] for line in idle.argus("replay", "status", "--json").stdout.splitlines()]
        assert known == ["first"]


def test_from_the_very_beginning_makes_no_partition_that_would_be_dropped_at_once(here):
    asyncio.run(start(here.site, "all", 0, lambda _: None))
    (number,) = here.query(
        "select count(*) from pg_inherits where inhparent = 'argus_all.production_events'::regclass"
    )[0]
    assert number <= here.settings.keep_days + here.settings.partition_days_ahead + 3
    assert here.argus("replay", "drop", "all", "--yes").exit_code == 0
