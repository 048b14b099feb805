"""How incidents open, grow, merge, end and open again; what people decide stays so."""

import pytest
from msgspec import structs
from stories import Project, alert, breakage, cause, deploy, error, minute, resolved, signal, subjects


@pytest.fixture
def broken():
    """A project in which a deploy of checkout broke four groups."""
    project = Project()
    project.hear(*breakage(0))
    return project


def test_an_incident_is_named_after_its_first_signal_and_grows(broken):
    name = broken.only().incident
    told = broken.hear(error("e", 6, release="r2"))
    assert [each.incident for each in told.incidents] == [name]
    assert broken.only().signals == 6
    assert broken.only().last_at == minute(6)


def test_nothing_is_told_again_where_nothing_changed(broken):
    assert broken.hear(deploy("x", 7, "search")).incidents == []


def test_it_is_over_when_it_was_quiet_for_half_an_hour(broken):
    broken.hear(signal("push", "other", 32))
    assert broken.only().status == "open"
    broken.hear(signal("push", "other", 33))
    assert (broken.only().status, broken.only().reason) == ("resolved", "quiet for 30m")
    assert broken.only().status_at == minute(32.5)


def test_it_is_over_by_the_clock_too_where_nothing_signals(broken):
    assert broken.due == minute(42.5) + 1
    broken.hear(now=broken.due - 1)
    assert broken.only().status == "open"
    broken.hear(now=broken.due)
    assert broken.only().status == "resolved"
    assert broken.due is None


def test_what_arrives_after_the_clock_ended_it_is_looked_at_in_its_place(broken):
    broken.hear(now=minute(60))
    broken.hear(error("e", 8, release="r2"))
    assert "e" in subjects(broken.only())
    assert broken.only().status_at == minute(38)


def test_it_is_over_when_all_its_groups_are_resolved(broken):
    for at, name in enumerate("abcd"):
        assert broken.only().status == "open"
        broken.hear(resolved(f"checkout-{name}", 5 + at))
    assert (broken.only().status, broken.only().status_at) == ("resolved", minute(8))
    assert broken.only().reason == "all that it was about is resolved"


def test_a_resolve_that_is_taken_back_ends_nothing(broken):
    for at, name in enumerate(("a", "b", "c", "d")):
        broken.hear(resolved(f"checkout-{name}", 5 + at, status="open"))
    assert broken.only().status == "open"


def test_it_opens_again_when_one_of_its_groups_does_within_a_day(broken):
    broken.hear(signal("push", "other", 300))
    broken.hear(error("checkout-a", 320, kind="group_regressed"))
    assert (broken.only().status, broken.only().reason) == ("open", "it signals again")
    assert broken.only().signals == 6


def test_a_day_later_it_does_not(broken):
    broken.hear(signal("push", "other", 25 * 60))
    broken.hear(error("checkout-a", 25 * 60 + 1, kind="group_regressed"))
    assert broken.only().status == "resolved"


def test_an_alert_of_hours_later_is_another_problem():
    project = Project()
    project.hear(*breakage(0), alert("slow", 3, "checkout"))
    project.hear(signal("push", "other", 200))
    project.hear(alert("slow", 220, "checkout"))
    assert project.only().status == "resolved"


def test_the_request_is_made_when_it_opens_and_when_its_evidence_changes():
    project = Project()
    first = project.hear(*breakage(0)).requests
    assert [(each.kind, each.subject) for each in first] == [("incident", project.only().incident)]
    assert first[0].incident == project.only()
    assert not project.hear(deploy("x", 4, "search")).requests
    again = project.hear(error("e", 6, release="r2")).requests
    assert [each.kind for each in again] == ["incident"]
    assert again[0].evidence != first[0].evidence


def test_of_many_groups_only_each_doubling_is_another_reason_to_ask(broken):
    asked = sum(len(broken.hear(error(f"n{at}", 3 + at / 100, release="r2")).requests) for at in range(200))
    assert asked < 15


def test_groups_outside_incidents_are_asked_about_one_by_one():
    project = Project()
    fatal = error("f", 1, severity="fatal")
    few, many = (error(name, 2, kind="group_grown", count=count) for name, count in (("g", 9), ("h", 10)))
    spike, back = error("s", 60, "mail", kind="group_spiking"), error("r", 120, "tax", kind="group_regressed")
    asked = project.hear(error("n", 1, "geo"), fatal, few, many, spike, back).requests
    assert [each.subject for each in asked] == ["v1:f", "v1:h", "v1:s", "v1:r"]
    assert asked[0].signal == fatal


def test_of_a_group_in_an_open_incident_the_incidents_request_speaks(broken):
    asked = broken.hear(error("checkout-a", 4, kind="group_spiking", count=50)).requests
    assert not [each for each in asked if each.kind == "group"]


def test_what_is_replayed_makes_incidents_and_requests_that_say_so():
    project = Project()
    told = project.hear(*(structs.replace(each, replayed=True) for each in breakage(0)))
    assert project.only().replayed
    assert [each.replayed for each in told.requests] == [True]


# What people decide.


def test_a_person_resolves_and_opens_again(broken):
    name = broken.only().incident
    broken.command("resolve", name, 5, reason="rolled back")
    assert (broken.only().status, broken.only().status_by, broken.only().reason) == ("resolved", "ada", "rolled back")
    broken.command("reopen", name, 6)
    assert (broken.only().status, broken.only().status_at) == ("open", minute(6))


def test_what_a_person_resolved_takes_in_nothing_new_but_opens_with_its_own_groups(broken):
    name = broken.only().incident
    broken.command("resolve", name, 5)
    broken.hear(error("new", 6, release="r2"))
    assert (broken.only().status, broken.only().signals) == ("resolved", 5)
    broken.hear(error("checkout-b", 8, kind="group_regressed"))
    assert broken.latest[name].status == "open"


def two_incidents():
    project = Project()
    project.hear(*breakage(0), *breakage(0.2, "mail", release="m7"))
    checkout, mail = sorted(project.open(), key=lambda each: each.services)
    return project, checkout.incident, mail.incident


def test_a_person_merges_two_and_they_stay_one():
    project, checkout, mail = two_incidents()
    project.command("merge", checkout, 5, into=mail, reason="same rollout")
    assert (project.latest[checkout].status, project.latest[checkout].merged_into) == ("merged", mail)
    assert project.latest[checkout].status_by == "ada"
    assert set(project.latest[mail].services) == {"checkout", "mail"}
    project.hear(error("checkout-a", 20, kind="group_regressed"), error("mail-a", 21, "mail", kind="group_regressed"))
    assert [each.incident for each in project.open()] == [mail]
    assert project.latest[mail].signals == 12


def test_a_person_splits_an_incident_and_it_stays_split(broken):
    name = broken.only().incident
    broken.command("split", name, 5, subjects=["v1:checkout-c", "v1:checkout-d"])
    (moved,) = [each for each in broken.open() if each.incident != name]
    assert subjects(moved) == {"checkout-c", "checkout-d"}
    assert subjects(broken.latest[name]) == {"checkout/production", "checkout-a", "checkout-b"}
    one_request = {"trace_id": "t", "release": "r2"}
    broken.hear(error("checkout-c", 7, **one_request), error("checkout-a", 8, **one_request))
    assert len(broken.open()) == 2
    assert broken.latest[moved.incident].signals == 3


def test_a_command_to_what_was_merged_reaches_what_took_it_over():
    project, checkout, mail = two_incidents()
    project.command("merge", checkout, 5, into=mail)
    project.command("resolve", checkout, 6)
    assert project.latest[mail].status == "resolved"


@pytest.mark.parametrize(
    ("action", "fields", "reason"),
    [
        ("resolve", {"incident": "i-0000000000000000"}, "no such incident"),
        ("resolve", {"incident": "the big one"}, "no such incident"),
        ("merge", {}, "a merge into nothing"),
        ("merge", {"into": "i-0000000000000000"}, "no such incident"),
        ("split", {}, "a split of nothing"),
        ("split", {"subjects": ["v1:zz"]}, "a split of nothing"),
        ("split", {"subjects": [f"v1:checkout-{name}" for name in "abcd"]}, "a split of everything"),
    ],
)
def test_a_command_that_makes_no_sense_is_refused_with_a_reason(broken, action, fields, reason):
    before = broken.only()
    told = broken.command(action, fields.pop("incident", before.incident), 5, **fields)
    assert [each.reason for each in told.complaints] == [reason]
    assert broken.only() == before


def test_a_command_counts_once_however_often_it_is_read(broken):
    name = broken.only().incident
    order = broken.order("resolve", name, 5, offset=1)
    broken.hear(orders=[order])
    broken.hear(orders=[broken.order("reopen", name, 6, offset=2)])
    broken.hear(orders=[order])
    assert broken.only().status == "open"


# Late to their place.


def test_a_late_signal_joins_where_it_belongs_and_changes_nothing_else(broken):
    broken.hear(signal("push", "other", 20))
    before = broken.only()
    broken.hear(deploy("x1", 0.9, "checkout"), error("late", 2, release="r2"))
    after = broken.only()
    assert after.signals == before.signals + 1
    assert "late" in subjects(after)
    assert (after.causes, after.last_at, after.status) == (before.causes, before.last_at, before.status)


def test_a_late_signal_opens_nothing_and_opens_nothing_again(broken):
    broken.hear(signal("push", "other", 100))
    before = broken.only()
    broken.hear(*(error(f"checkout-{name}", 30) for name in "abcd"), *breakage(20, "mail"))
    assert broken.only() == before


def test_a_signal_that_shows_an_earlier_beginning_gives_the_incident_its_name():
    project = Project()
    project.hear(*breakage(0))
    name = project.only().incident
    project.hear(error("first", 0.5, release="r2"))
    assert project.latest[name].status == "merged"
    assert project.latest[name].merged_into == project.only().incident
    assert project.only().signals == 6


def test_an_incident_that_is_forgotten_keeps_its_last_word():
    project = Project()
    project.hear(*breakage(0), alert("slow", 4, "checkout"))
    project.hear(signal("push", "other", 300))
    before = project.only()
    project.hear(alert("slow", 26 * 60, "checkout"), signal("push", "more", 27 * 60))
    project.hear(signal("push", "most", 28 * 60))
    assert project.only() == before


def test_what_was_withdrawn_is_forgotten_a_day_later():
    project = Project()
    project.hear(*breakage(0))
    project.hear(error("first", 0.5, release="r2"))
    sizes = [len(project.values[""])]
    for hours in (2, 26, 52):
        project.hear(signal("push", f"other {hours}", hours * 60))
        sizes.append(len(project.values[""]))
    assert sizes[-1] < sizes[0] - 60


def test_what_a_signal_out_of_order_leaves_without_evidence_is_withdrawn():
    project, code = Project(), {"frames": ("src/cart.js",)}
    project.hear(
        error("mail-a", 0, "mail", **code),
        error("checkout-a", 0.02, **code),
        error("checkout-a", 0.1, **code),
        error("checkout-b", 0.15, peers=("mail",), trace_id="t1", **code),
        error("checkout-a", 0.2, trace_id="t1", **code),
    )
    early = project.only()
    assert subjects(early) == {"mail-a", "checkout-a", "checkout-b"}
    project.hear(alert("checkout-slow", 0.01, "checkout"))
    (stands,) = project.open()
    assert subjects(stands) == {"checkout-slow", "checkout-a", "checkout-b"}
    assert (project.latest[early.incident].status, project.latest[early.incident].title) == ("resolved", "withdrawn")


def test_a_storm_is_bounded_and_counted():
    project = Project()
    project.hear(*breakage(0))
    for first in range(0, 6_000, 500):
        project.hear(*(error(f"storm-{n}", 3 + n / 6_000, release="r2") for n in range(first, first + 500)))
    incident = project.only()
    assert incident.signals == 6_005
    assert cause(incident) == "deploy of r2"
    assert (len(incident.members), len(incident.links)) == (200, 300)
    assert incident.opened_at == minute(1)


def test_what_is_over_is_forgotten():
    project = Project()
    for day in range(5):
        at = day * 1440
        project.hear(*breakage(at, "checkout", *(f"{name}{day}" for name in "abcd"), release=f"r{day}"))
        project.hear(signal("push", f"other {day}", at + 200))
    names = [name for name in project.values if name.startswith("i/")]
    assert len(names) <= 3
    assert sum(map(len, project.values.values())) < 40_000
