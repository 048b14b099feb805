import pytest
from analysed import DAY, HOUR, dossier, group, incident, kept, request, signal
from builders import NOW
from msgspec import structs

from argus_streams.adapters.models import load_prices, load_registry
from argus_streams.core.analysis.gate import SKIPS, Last, Skip, gate, users
from argus_streams.core.analysis.registry import Ask

REGISTRY = load_registry(None, load_prices(None))
BATCHED = structs.replace(REGISTRY, gate=structs.replace(REGISTRY.gate, replayed="batch"))


def decided(of=None, about=None, *, last=None, now=NOW, registry=REGISTRY):
    of = of or request()
    return gate(of, about or dossier(incident=of.incident), last=last, now=now, registry=registry)


def of_groups(**fields):
    return dossier(groups=(group(**fields),))


REASONS = {
    "replayed": lambda: decided(request(replayed=True)),
    "not_stored": lambda: decided(about=dossier(groups=())),
    "closed": lambda: decided(about=of_groups(status="resolved")),
    "part_of_incident": lambda: gate(
        request(incident=incident(), kind="group", subject="v1:aa"), dossier(), last=None, now=NOW, registry=REGISTRY
    ),
    "too_old": lambda: decided(now=NOW + 14 * DAY + 1),
    "unchanged": lambda: decided(last=Last(evidence="e1", at=NOW - DAY)),
    "too_soon": lambda: decided(last=Last(evidence="e0", at=NOW - HOUR + 1)),
    "too_few_events": lambda: decided(about=of_groups(count=9)),
}


@pytest.mark.parametrize("reason", SKIPS)
def test_each_skip_has_its_code(reason):
    skipped = REASONS[reason]()
    assert isinstance(skipped, Skip)
    assert skipped.reason == reason


def test_what_is_stored_later_is_looked_at_again():
    assert decided(about=dossier(groups=())) == Skip(reason="not_stored", again_at=NOW + 60_000)


def test_what_was_explained_just_now_is_looked_at_again_after_the_hour():
    last = Last(evidence="e0", at=NOW - 1000)
    assert decided(last=last) == Skip(reason="too_soon", again_at=NOW - 1000 + HOUR)
    assert isinstance(decided(last=last, now=NOW - 1000 + HOUR), Ask)


def test_a_group_of_ten_events_is_classified_by_the_small_tier():
    asked = decided(about=of_groups(count=10))
    assert (asked.task, asked.tier, asked.batch) == ("classify", "small", False)


@pytest.mark.parametrize(
    "about",
    [
        of_groups(count=1, severity="fatal"),
        of_groups(count=100),
        of_groups(status="regressed"),
        of_groups(users=50),
        dossier(events=tuple(kept(user=f"user-{n}", offset=n) for n in range(50))),
    ],
    ids=["fatal", "many events", "came back", "many users", "many users in what is kept"],
)
def test_a_group_that_matters_has_its_cause_looked_for_by_the_middle_tier(about):
    asked = decided(about=about)
    assert (asked.task, asked.tier) == ("cause", "middle")


def test_the_users_that_a_signal_tells_of_count():
    of = request(signal=signal(users=50))
    assert users(of, dossier()) == 50
    assert decided(of).task == "cause"


def test_an_incident_is_explained_however_few_its_events():
    asked = decided(request(incident=incident()), dossier(incident=incident(), groups=()))
    assert (asked.task, asked.tier) == ("incident", "middle")


@pytest.mark.parametrize("of", [incident(severity="fatal"), incident(signals=40)], ids=["fatal", "many signals"])
def test_an_incident_above_the_threshold_goes_to_the_large_tier(of):
    assert decided(request(incident=of)).tier == "large"


def test_an_incident_that_many_users_met_goes_to_the_large_tier():
    of = request(incident=incident(), signal=signal(users=1000))
    assert decided(of).tier == "large"


def test_an_incident_that_was_over_before_it_was_explained_is_explained_once():
    over = request(incident=incident(status="resolved"))
    assert isinstance(decided(over), Ask)
    assert decided(over, last=Last(evidence="e0", at=0)) == Skip(reason="closed")
    assert decided(request(incident=incident(status="merged"))) == Skip(reason="closed")


def test_an_incident_of_long_ago_is_not_explained():
    assert decided(request(incident=incident(last_at=NOW - 15 * DAY))) == Skip(reason="too_old")


def test_the_group_of_an_incident_that_is_over_speaks_for_itself():
    of = request(incident=incident(status="resolved"), kind="group", subject="v1:aa")
    assert isinstance(gate(of, dossier(), last=None, now=NOW, registry=REGISTRY), Ask)


def test_history_is_asked_in_batches_where_that_is_wanted():
    asked = decided(request(replayed=True), registry=BATCHED)
    assert asked.batch
    assert not decided(request(), registry=BATCHED).batch
