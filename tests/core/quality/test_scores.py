"""Scores rise and fall with what is counted, and say with what."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from argus_streams.adapters.weights import load_weights
from argus_streams.core.events import Signal
from argus_streams.core.quality import standing
from argus_streams.core.quality.score import Facts, scores
from argus_streams.core.quality.standing import DAY, HOUR, Tally

NOW = 20_000 * DAY + 5 * HOUR
WEIGHTS = load_weights(None).of("shop")


class Project:
    """A project's numbers, signal by signal."""

    def __init__(self):
        self.tally, self.groups, self.incidents = Tally(), {}, {}

    def hears(self, kind, subject="v1:aa", at=NOW, **fields):
        signal = Signal(kind=kind, subject=subject, title=subject, received_at=at, **fields)
        before = self.groups.get(subject)
        after = standing.moved(before, signal)
        self.tally = standing.counted(self.tally, signal, before, after)
        self.groups[subject] = after
        return self

    def scores(self, now=NOW):
        return scores("shop", Facts(self.tally, self.incidents, now), WEIGHTS)

    def quality(self):
        return self.scores()[0].value

    def risk(self, now=NOW):
        return self.scores(now)[1].value

    def factor(self, name, now=NOW):
        return next(part for score in self.scores(now) for part in score.parts if part.factor == name)


def test_a_project_of_which_nothing_is_known_is_whole_and_at_no_risk():
    assert (Project().quality(), Project().risk()) == (100.0, 0.0)


def test_an_open_group_costs_by_its_severity():
    fatal = Project().hears("group_new", severity="fatal")
    error = Project().hears("group_new", severity="error")
    warning = Project().hears("group_new", severity="warning")
    assert fatal.quality() < error.quality() < warning.quality() < 100
    assert fatal.factor("fatal_groups").text == "open groups that are fatal: 1"


def test_a_group_that_came_back_costs_more_than_a_new_one():
    new = Project().hears("group_new", severity="error")
    back = Project().hears("group_new", severity="error").hears("group_regressed", at=NOW + 1)
    assert back.quality() < new.quality()


def test_resolving_all_makes_the_project_whole_again():
    project = Project().hears("group_new", severity="fatal", users=40).hears("group_resolved", at=NOW + 1)
    assert project.quality() == 100.0
    assert project.tally.users == 0


def test_a_resolve_that_is_taken_back_counts_as_before():
    resolved = Project().hears("group_new", severity="fatal").hears("group_resolved", at=NOW + 1, status="resolved")
    before = Project().hears("group_new", severity="fatal").quality()
    assert resolved.hears("group_resolved", at=NOW + 2, status="open").quality() == before


def test_news_that_are_older_than_the_last_do_not_open_a_group_again():
    project = Project().hears("group_resolved", at=NOW).hears("group_regressed", at=NOW - 1)
    assert project.tally.groups == {}


def test_users_are_those_of_open_groups_as_last_told():
    project = Project().hears("group_new", users=3).hears("group_grown", users=40, at=NOW + 1)
    assert project.factor("users").value == 40
    assert project.hears("group_new", "v1:bb", users=2).factor("users").value == 42


def test_bursts_and_new_groups_count_for_a_day():
    project = Project().hears("group_new").hears("group_spiking", at=NOW + 1)
    assert project.factor("spikes").value == 1
    later = NOW + DAY + HOUR
    assert project.factor("spikes", later).value == 0
    assert project.risk(later) < project.risk()


def test_deploys_and_runs_count_by_the_share_that_failed():
    project = Project()
    for status in ("success", "failure", "in_progress", "success", "error"):
        project.hears("deploy", "shop/production", status=status)
    assert project.factor("failed_deploys").value == 0.5
    project.hears("ci", "sha", status="failed").hears("ci", "sha", status="passed")
    assert project.factor("red_ci").value == 0.5
    assert project.factor("failed_deploys", NOW + 31 * DAY).value == 0


def test_failing_tests_are_those_of_the_last_report_of_each_suite():
    project = Project()
    for count in (7, 3):
        project.hears("ci", "sha", repository="example/shop", status="failed", count=count, at=NOW + 10 - count)
    project.hears("ci", "sha", repository="example/api", status="failed", count=2)
    assert project.factor("failing_tests").value == 5


@pytest.mark.parametrize("severity", ["fatal", "error"])
def test_an_open_incident_raises_the_risk(severity):
    project = Project()
    project.incidents = {severity: 1}
    assert project.risk() >= 8


@given(
    st.dictionaries(st.sampled_from(["fatal", "error", "warning", "alert", "error:regressed"]), st.integers(0, 10**6)),
    st.integers(0, 10**6),
    st.sampled_from(["fatal", "error", "warning", "alert", "error:regressed", "users"]),
)
def test_more_of_whatever_is_bad_is_never_better(groups, users, more):
    tally = Tally(groups=groups, users=users)
    worse = (
        msgspec.structs.replace(tally, users=users + 1)
        if more == "users"
        else msgspec.structs.replace(tally, groups={**groups, more: groups.get(more, 0) + 1})
    )
    before, after = (scores("shop", Facts(each, {}, NOW), WEIGHTS) for each in (tally, worse))
    assert after[0].value <= before[0].value
    assert after[1].value >= before[1].value


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["group_new", "group_regressed", "group_resolved", "group_spiking"]),
            st.sampled_from(["v1:a", "v1:b"]),
            st.integers(0, 50),
        ),
        max_size=30,
    )
)
def test_the_numbers_are_those_of_the_groups_one_by_one(signals):
    project = Project()
    for kind, subject, at in signals:
        project.hears(kind, subject, at=NOW + at, severity="error", users=at)
    is_open = [group for group in project.groups.values() if group.open]
    assert sum(project.tally.groups.values()) == len(is_open)
    assert project.tally.users == sum(group.users for group in is_open)


def test_what_is_encoded_is_what_is_decoded():
    project = Project().hears("group_new", users=3).hears("deploy", "s/p", status="failed")
    assert standing.tally(standing.encode(project.tally)) == project.tally
    assert standing.standing(standing.encode(project.groups["v1:aa"])) == project.groups["v1:aa"]


def test_a_report_of_fewer_failures_than_none_counts_as_none():
    project = Project().hears("ci", "junit", repository="acme/shop", status="passed", count=-20)
    assert project.tally.failing == {"acme/shop": (NOW, 0)}
