"""What holds of any signals in any order."""

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs
from stories import Project, alert, breakage, deploy, error, push, red, resolved, signal

SERVICES = ("checkout", "mail", "web")


@st.composite
def signals(draw):
    """Up to thirty signals of nine minutes, all within the lateness."""
    found = {}
    for at in draw(st.lists(st.integers(0, 90), max_size=30)):
        service, name = draw(st.sampled_from(SERVICES)), draw(st.sampled_from("abcdef"))
        fields = {
            "trace_id": draw(st.sampled_from((None, "t1"))),
            "peers": draw(st.sampled_from(((), ("db",), ("mail",)))),
        }
        made = draw(
            st.sampled_from(
                (
                    error(f"{service}-{name}", at / 10, service, frames=("src/cart.js",), **fields),
                    error(f"{service}-{name}", at / 10, service, kind="group_spiking", flags=("new",)),
                    alert(f"{service}-slow", at / 10, service),
                    alert("db-up", at / 10, "db", severity="fatal"),
                    deploy(f"r{name}", at / 10, service, commit=f"c{name}"),
                    push(f"c{name}", at / 10, "src/cart.js"),
                    red(f"c{name}", at / 10),
                    resolved(f"{service}-{name}", at / 10),
                )
            )
        )
        found[made.signal_id] = made
    return list(found.values())


def plain(project):
    """What is open or over, however often it was told on the way."""
    return {
        each.incident: structs.replace(each, version=(0, 0))
        for each in project.latest.values()
        if each.status != "merged" and each.signals
    }


def outcome(batches):
    project = Project()
    for batch in batches:
        project.hear(*batch)
    return plain(project)


@settings(max_examples=150)
@given(st.data())
def test_the_order_of_arrival_does_not_matter(data):
    told = data.draw(signals())
    shuffled = data.draw(st.permutations(told))
    cut = data.draw(st.integers(0, len(told)))
    expected = outcome([sorted(told, key=lambda each: each.received_at)])

    assert outcome([shuffled]) == expected
    assert outcome([[each] for each in shuffled]) == expected
    assert outcome([shuffled[:cut], shuffled[cut:]]) == expected


@settings(max_examples=60)
@given(signals(), st.integers(20, 60))
def test_it_does_not_matter_how_signals_in_order_are_cut_into_turns(told, stretch):
    """Also where their time spans the lateness many times over."""
    spread = [
        structs.replace(s, received_at=s.received_at + (s.received_at - told[0].received_at) * stretch) for s in told
    ]
    spread.sort(key=lambda each: (each.received_at, each.signal_id))
    last = [signal("push", "the end", 100_000)]

    assert outcome([[each] for each in spread] + [last]) == outcome([spread, last])


@settings(max_examples=60)
@given(signals(), signals())
def test_late_signals_change_no_cause_and_merge_and_open_nothing(told, late):
    project = Project()
    project.hear(*told)
    project.hear(signal("push", "later", 25))
    before = plain(project)
    project.hear(*(structs.replace(each, signal_id=f"late {each.signal_id}") for each in late))
    after = plain(project)

    assert after.keys() == before.keys()
    for name, incident in after.items():
        assert incident.causes == before[name].causes
        assert (incident.status, incident.status_at) == (before[name].status, before[name].status_at)
        assert incident.signals >= before[name].signals


@settings(max_examples=60)
@given(st.data())
def test_commands_count_by_their_time_however_they_arrive(data):
    """Each project of commands is written by one partition; signals come on another topic, before or after."""
    first = Project()
    first.hear(*breakage(0))
    name = first.only().incident
    actions = data.draw(st.lists(st.sampled_from(("resolve", "reopen", "split", "late")), max_size=6))
    late = [
        error("checkout-a", 3 + at, kind="group_regressed") for at, action in enumerate(actions) if action == "late"
    ]
    orders = [
        first.order(action, name, 3 + at, offset=at, subjects=["v1:checkout-d"] if action == "split" else [])
        for at, action in enumerate(actions)
        if action != "late"
    ]

    def run(*steps):
        project = Project()
        project.hear(*breakage(0))
        for step in steps:
            project.hear(*step[0], orders=step[1])
        return plain(project)

    together = run((late, orders))
    assert run((late, ()), ((), orders)) == together
    assert run(((), orders), (late, ())) == together
    assert run(*(((), [order]) for order in orders), *(([each], ()) for each in late)) == together
