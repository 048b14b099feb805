"""Each rule by a small story."""

import pytest
from msgspec import structs
from stories import RULES, Project, alert, breakage, cause, deploy, error, minute, push, red, subjects

from argus_streams.core.incidents.facts import same_file
from argus_streams.core.incidents.rules import Overrides, Patch, milliseconds, overridden


def told(*signals, rules=RULES):
    project = Project(rules)
    project.hear(*signals)
    return project


def links(project):
    return {link.rule for link in project.only().links}


def test_a_deploy_that_breaks_its_service_is_one_incident_and_its_cause():
    project = told(*breakage(0))

    incident = project.only()
    assert subjects(incident) == {"checkout/production", "checkout-a", "checkout-b", "checkout-c", "checkout-d"}
    assert cause(incident) == "deploy of r2"
    assert incident.causes[0].why == "deployed 60 s before the first failure; explains 4 of 4 failures"
    assert (incident.status, incident.opened_at, incident.last_at) == ("open", minute(1), minute(2.5))


def test_a_cause_tells_whether_it_came_before_the_first_failure_or_after_it():
    before = [error("checkout-a", 1), alert("error-rate", 1.5, "checkout")]
    later = [error(f"checkout-{name}", 4) for name in "cdef"]
    (late,) = told(*before, deploy("r2", 3), *later).only().causes
    assert late.why == "deployed 2 min after the first failure; explains 4 of 6 failures"


def test_a_link_tells_rule_window_score_and_facts():
    (link,) = [each for each in told(*breakage(0)).only().links if each.rule == "deploy" and each.apart == 60_000]
    assert (link.window, link.facts) == (30 * 60_000, {"service": "checkout", "environment": "production"})
    assert 0.7 < link.score < 0.75
    assert link.other == "group_new v1:checkout-a 1.0"


def test_deploys_of_other_services_at_the_same_time_are_no_cause():
    decoys = [deploy("s9", -1, "search"), deploy("m4", 0.5, "mail"), deploy("p7", 1, "payments")]
    assert [each.title for each in told(*breakage(0), *decoys).only().causes] == ["deploy of r2"]


def test_a_deploy_to_another_environment_is_no_cause():
    staging = deploy("r2", 0, environment="staging")
    project = told(staging, *(error(name, 1) for name in "abcd"))
    assert all(not incident.causes for incident in project.latest.values())


def test_a_commit_is_suspect_that_changed_a_file_of_the_stacks_also_long_after_its_deploy():
    signals = [push("c1", -20, "src/cart.js", "README.md"), deploy("r2", 0, commit="c1", repository="acme/shop")]
    signals += [error(name, 45 + step, frames=("/app/src/cart.js",)) for step, name in enumerate("abcd")]

    incident = told(*signals).only()
    assert cause(incident) == "deploy of r2"
    assert incident.causes[0].files == ("src/cart.js",)
    assert "changed src/cart.js, which the stacks show" in incident.causes[0].why


@pytest.mark.parametrize(
    ("changed", "seen", "same"),
    [
        ("src/cart.js", "webpack:///./src/cart.js?8c1d", True),
        ("services/shop/src/cart.js", "src/cart.js", True),
        ("app/models/cart.rb", "/srv/releases/7/app/models/cart.rb", True),
        ("src/main/java/acme/Cart.java", "Cart.java", True),
        ("src/cart.js", "lib/cart.js", False),
        ("src/index.js", "index.js", False),
        ("src\\cart\\Total.cs", "C:\\build\\src\\cart\\Total.cs", True),
        ("", "", False),
    ],
)
def test_paths_are_compared_from_their_ends(changed, seen, same):
    assert same_file(changed, seen) is same


def test_what_one_request_broke_in_several_services_is_one_incident():
    services = ("web", "checkout", "payments", "ledger")
    project = told(*(error(name, 1 + at, name, trace_id="t1") for at, name in enumerate(services)))
    assert subjects(project.only()) == set(services)
    assert links(project) == {"trace"}


def test_one_session_joins_where_the_rest_of_an_incident_is():
    project = told(*breakage(0), error("search-x", 3, "search", session="s1"), error("web-x", 4, "web", session="s1"))
    assert len(project.only().members) == 5  # a session alone is not an incident
    assert "session" in RULES.rules


def test_a_new_flag_joins_what_fails_in_several_services():
    before = [error(f"old-{at}", at * 60, "search", flags=("dark",)) for at in range(-5, 0)]
    broken = [error(name, 1, name, flags=("dark", "fast-cart")) for name in ("web", "checkout", "payments", "mail")]
    project = told(*before, *broken)
    assert subjects(project.only()) == {"web", "checkout", "payments", "mail"}
    assert links(project) == {"new-flag"}


def test_an_old_flag_joins_nothing():
    before = [error(f"old-{at}", at * 60, "search", flags=("dark",)) for at in range(-5, 0)]
    assert not told(*before, *(error(name, 1, name, flags=("dark",)) for name in ("web", "mail", "tax", "geo"))).latest


def test_whoever_calls_a_database_that_fires_is_its_symptom_and_hidden():
    callers = [error(name, 1 + at, name, peers=("orders-db",)) for at, name in enumerate(("checkout", "mail", "web"))]
    incident = told(alert("db-up", 0, "orders-db"), *callers).only()

    assert subjects(incident) == {"db-up", "checkout", "mail", "web"}
    assert cause(incident) == "v1:db-up"
    hidden = {each.subject: each.hidden_by for each in incident.members}
    assert hidden == dict.fromkeys(("v1:checkout", "v1:mail", "v1:web"), "group_regressed v1:db-up 0") | {
        "v1:db-up": None
    }


def test_an_alert_that_fires_after_its_symptoms_gathers_them():
    callers = [error(name, at, name, peers=("orders-db",)) for at, name in enumerate(("checkout", "mail", "web"))]
    incident = told(*callers, alert("db-up", 4, "orders-db")).only()
    assert subjects(incident) == {"db-up", "checkout", "mail", "web"}


def test_declared_services_are_known_to_call_each_other():
    calls = overridden(RULES, Overrides(services={"web": ("auth",)}, rules={"alert-upstream": Patch(score=0.9)}))
    signals = [alert("auth-up", 0, "auth"), error("w1", 1, "web"), error("w2", 1.5, "web")]
    assert not told(*signals).latest
    assert cause(told(*signals, rules=calls).only()) == "v1:auth-up"


def test_what_a_service_calls_is_learned_from_its_failures():
    eager = overridden(RULES, Overrides(rules={"alert-upstream": Patch(score=0.9)}))
    project = Project(eager)
    project.hear(error("old", -300, "web", peers=("auth",)))
    project.hear(alert("auth-up", 0, "auth"), error("w1", 1, "web"), error("w2", 1.5, "web"))
    assert cause(project.only()) == "v1:auth-up"


def test_an_alert_belongs_to_the_groups_of_its_service():
    incident = told(*breakage(0), alert("slow", 4, "checkout", environment=None)).only()
    assert "slow" in subjects(incident)


def test_a_red_run_of_the_commit_that_was_deployed_belongs_to_what_it_broke():
    broken = [structs.replace(each, commit="c1") if each.kind == "deploy" else each for each in breakage(0)]
    incident = told(push("c1", -30, "x.js"), red("c1", -5), *broken).only()
    assert "acme/shop@c1" in subjects(incident)
    assert cause(incident) in ("deploy of r2", "acme/shop@c1")


def test_one_commit_deployed_to_two_services_is_one_incident():
    signals = [
        structs.replace(s, commit="c1") if s.kind == "deploy" else s for s in (*breakage(0), *breakage(0.2, "mail"))
    ]
    assert len(told(*signals).only().services) == 2


def test_two_deploys_that_break_two_services_at_once_are_two_incidents():
    project = told(*breakage(0), *breakage(0.2, "mail", release="m7"))
    assert {cause(incident) for incident in project.open()} == {"deploy of r2", "deploy of m7"}
    assert [incident.services for incident in project.open()] in (
        [("checkout",), ("mail",)],
        [("mail",), ("checkout",)],
    )


def test_a_deploy_and_a_database_that_fail_one_service_at_once_are_two_incidents():
    callers = ("checkout", "mail", "web", "tax")
    down = [alert("db-up", 0.5, "orders-db")]
    down += [error(f"db-{name}", 1 + at / 2, name, peers=("orders-db",)) for at, name in enumerate(callers)]
    project = told(*breakage(0), *down)
    assert {cause(incident) for incident in project.open()} == {"deploy of r2", "v1:db-up"}


def test_what_merely_happens_in_one_service_at_one_time_is_no_incident():
    assert not told(error("a", 1), error("b", 3)).latest


def test_deploys_pushes_and_merges_alone_are_no_incident():
    assert not told(push("c1", 0, "a.js"), deploy("r1", 1, commit="c1"), deploy("r2", 2), deploy("r3", 3)).latest


def test_a_fatal_alert_alone_is_one():
    assert told(alert("up", 0, "checkout", severity="fatal")).only().reason == "a fatal alert"


def test_a_single_spike_is_one_where_its_cause_is_strong():
    rules = structs.replace(RULES, strong=0.8)
    spike = error("a", 1, kind="group_spiking", frames=("src/cart.js",))
    signals = (push("c1", -9, "src/cart.js"), deploy("r2", 0, commit="c1"), spike)
    assert cause(told(*signals, rules=rules).only()) == "deploy of r2"
    assert not told(*signals).latest


def test_an_alert_that_flaps_all_day_opens_nothing_and_keeps_nothing_open():
    project = Project()
    for at in range(-600, 0, 30):
        project.hear(alert("flap", at, "checkout"))
    project.hear(*breakage(0))
    assert project.only().status == "open"
    for at in range(10, 80, 10):
        project.hear(alert("flap", at, "checkout"))
    assert project.only().status == "resolved"


def test_a_project_may_have_rules_of_its_own():
    hasty = overridden(RULES, Overrides(opens=0.5, threshold=0.2, rules={"deploy": False}))
    assert "deploy" not in hasty.rules
    assert subjects(told(error("a", 1), error("b", 2), rules=hasty).only()) == {"a", "b"}


@pytest.mark.parametrize(("written", "ms"), [("250ms", 250), ("30s", 30_000), ("10m", 600_000), ("2h", 7_200_000)])
def test_durations_are_written_with_their_unit(written, ms):
    assert milliseconds(written) == ms
