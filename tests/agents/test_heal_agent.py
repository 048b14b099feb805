"""HEAL over a table in memory."""

import random

import msgspec
import pytest
from healing import MINUTE, Healing, command, failure, outcome
from msgspec.structs import replace
from records import NOW, TOPICS

from argus_streams.adapters.similarity import load_ranker
from argus_streams.core.elements import Element
from argus_streams.core.healing.looking import Similar
from argus_streams.core.healing.page.repair import Likeliest


@pytest.fixture
def heal():
    return Healing()


def test_a_locator_of_which_nothing_is_known_is_asked_about(heal):
    (decision,) = heal.hear(failure()).decisions()
    assert (decision.verdict, decision.locator, decision.scope) == ("ask", "#pay-now", "/cart")
    assert (decision.failure_id, decision.file, decision.line, decision.at) == ("f1", "cart.spec.ts", 18, NOW)
    assert {key for _, key in heal.table.values} == {b"shop/entry/152d7a2f2248682a", b"shop/index"}  # that it is there


def test_a_repair_that_worked_often_is_applied(heal):
    heal.hear(*[outcome(n) for n in range(40)])
    (decision,) = heal.hear(failure()).decisions()
    assert (decision.verdict, decision.healed, decision.source) == ("apply", "#pay", "pattern")
    assert decision.decision_id.startswith("pattern-")


def test_one_lucky_success_applies_nothing(heal):
    heal.hear(outcome())
    (decision,) = heal.hear(failure()).decisions()
    assert decision.verdict != "apply"


def test_a_repair_does_not_reach_another_scope(heal):
    heal.hear(*[outcome(n) for n in range(40)])
    (decision,) = heal.hear(failure(scope="/orders")).decisions()
    assert decision.verdict != "apply"


def test_the_scope_is_the_path_of_the_page_where_nobody_names_it(heal):
    told = [
        failure(scope=None, url=url)
        for url in ("https://shop.example.com/cart?id=7", "https://x/orders/4711/lines", "http://[bad", None)
    ]
    assert [each.scope for each in heal.hear(*told).decisions()] == ["/cart", "/orders/*/lines", "", ""]


@pytest.mark.parametrize(
    "part",
    [
        "ada@shop.example",
        "ada%40shop.example",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.dozjgNryP4J3jVmN",
        "AbCdEfGhIjKlMnOpQr01",
    ],
)
def test_no_token_and_no_address_of_a_person_is_part_of_a_scope(heal, part):
    told = heal.hear(failure(scope=None, url=f"https://shop.example.com/reset/{part}/form"))
    assert [each.scope for each in told.decisions()] == ["/reset/*/form"]


def test_a_rename_is_told_of_the_rest_of_the_suite_before_it_fails(heal):
    heal.hear(failure(locator="cy.get('.pf-c-title')", scope="/orders"))
    renamed = [
        outcome(name, locator=f"cy.get('.pf-c-{name}')", healed=f"cy.get('.pf-v5-c-{name}')", decision_id=None)
        for name in ("menu", "card", "tabs")
    ]
    told = {each.locator: each for each in heal.hear(*renamed).patterns()}
    suggested = told["cy.get('.pf-c-title')"]
    assert (suggested.healed, suggested.source, suggested.scope) == ("cy.get('.pf-v5-c-title')", "rule", "/orders")
    assert (suggested.successes, suggested.failures, suggested.standing) == (0, 0, "active")
    assert 0.5 <= suggested.bound <= 0.9  # tried, never applied
    assert suggested.tests == ("cart pays",)

    heal.hear(outcome(9, locator=suggested.locator, healed=suggested.healed, scope="/orders", worked=False))
    again = heal.hear(outcome("x", locator="cy.get('.pf-c-x')", healed="cy.get('.pf-v5-c-x')", decision_id=None))
    assert suggested.fingerprint not in {each.fingerprint for each in again.patterns()}  # it was tried


def test_an_outcome_that_is_told_again_teaches_once(heal):
    first = heal.hear(outcome(1), outcome(2)).patterns()
    again = heal.hear(outcome(2), outcome(1), outcome(3)).patterns()
    assert [(each.successes, each.failures) for each in (*first, *again)] == [(2, 0), (3, 0)]
    assert again[0].version > first[0].version
    assert heal.meter.told == {"worked": 3, "again": 2}
    assert heal.hear(outcome(1)).records == []


def test_a_turn_that_was_not_confirmed_decides_the_same_again(heal):
    heal.hear(*[outcome(n) for n in range(40)])
    pieces = heal.piece(outcome(99, worked=False)), heal.piece(failure(), failure(failure_id="f2"))
    assert heal.turn(*pieces, keep=False).records == heal.turn(*pieces).records


def test_a_failure_that_is_told_again_is_decided_under_the_same_id(heal):
    one, two = (heal.hear(failure()).decisions()[0] for _ in range(2))
    heal.hear(*[outcome(n) for n in range(40)])
    three = heal.hear(failure()).decisions()[0]
    assert one.decision_id == two.decision_id != three.decision_id


def test_what_outcomes_of_a_turn_teach_counts_for_its_failures(heal):
    answer = heal.turn(heal.piece(failure()), heal.piece(*[outcome(n) for n in range(40)]))
    assert answer.decisions()[0].verdict == "apply"


def test_a_failed_use_suppresses_at_once(heal):
    heal.hear(*[outcome(n) for n in range(60)])
    (pattern,) = heal.hear(outcome(99, worked=False)).patterns()
    assert (pattern.standing, pattern.failures) == ("suppressed", 1)
    assert heal.hear(failure()).decisions()[0].verdict == "ask"


def test_a_veto_wins_over_all_that_was_learned_until_it_is_released(heal):
    heal.hear(*[outcome(n) for n in range(40)])
    (vetoed,) = heal.hear(command("veto", reason="deletes the cart")).patterns()
    assert (vetoed.standing, vetoed.reason) == ("vetoed", "vetoed by ada: deletes the cart")
    assert heal.hear(outcome(50)).patterns()[0].standing == "vetoed"
    assert heal.hear(failure()).decisions()[0].verdict == "ask"
    (released,) = heal.hear(command("release", pattern=vetoed.fingerprint), at=NOW + 1).patterns()
    assert (released.standing, released.successes) == ("active", 41)
    assert heal.hear(failure()).decisions()[0].verdict == "apply"


def test_a_pin_applies_what_was_never_tried(heal):
    (pinned,) = heal.hear(command("pin")).patterns()
    assert (pinned.standing, pinned.source, pinned.successes) == ("pinned", "pin", 0)
    (decision,) = heal.hear(failure()).decisions()
    assert (decision.verdict, decision.healed, decision.source) == ("apply", "#pay", "pin")


def test_a_command_by_fingerprint_waits_for_its_pattern(heal):
    known = Healing()
    (pattern,) = known.hear(outcome()).patterns()
    assert heal.hear(command("veto", pattern=pattern.fingerprint)).records == []
    (found,) = heal.hear(outcome()).patterns()
    assert found.standing == "vetoed"


def test_of_several_commands_the_latest_counts_in_whatever_order_they_come(heal):
    heal.hear(command("veto"), at=NOW + 9)
    assert heal.hear(command("pin"), at=NOW + 8).records == []
    assert heal.hear(command("pin"), at=NOW + 10).patterns()[0].standing == "pinned"


def test_whichever_topic_is_read_first_the_same_patterns_come_of_it():
    outcomes = [outcome(n, worked=n % 3 > 0, healed=f"#pay-{n % 4}", release=f"r{n}") for n in range(30)]
    commands = [command(("veto", "pin", "release")[n % 3], healed=f"#pay-{n % 5}") for n in range(9)]
    seen = set()
    for seed in range(20):
        heal, dice = Healing(), random.Random(seed)  # noqa: S311 - an order, no secret
        told, latest = [heal.piece(*outcomes), heal.piece(*commands)], {}
        cuts = [[each._replace(records=[record]) for record in each.records] for each in told]
        while any(cuts):
            wanted = dice.choice([each for each in cuts if each])
            for pattern in heal.turn(wanted.pop(0)).patterns():
                latest[pattern.fingerprint] = replace(pattern, version=None)
        seen.add(msgspec.json.encode(sorted(latest.values(), key=lambda each: each.fingerprint)))
    assert len(seen) == 1


def test_a_plain_assertion_makes_no_noise_and_one_that_names_a_locator_is_refused(heal):
    told = [
        failure(failure="assertion", locator=None),
        failure(failure="network", locator=None),
        failure(failure=None, locator=None),
        failure(failure="assertion", locator="#total"),
        failure(failure="not_usable"),
    ]
    decisions = heal.hear(*told).decisions()
    assert [(each.verdict, each.reason) for each in decisions] == [("refuse", "no_locator_error")] * 2
    assert heal.meter.others == {"no_locator_error": 3}


def test_a_test_that_passed_when_it_was_tried_again_has_no_broken_locator(heal):
    assert heal.hear(failure(status="flaky")).records == []
    assert heal.meter.others == {"flaky": 1}


def test_a_failure_of_before_its_generation_is_marked(heal):
    since = Healing(since=NOW + 1)
    assert [each.replayed for each in since.hear(failure(), failure()).decisions()] == [True, False]
    assert [each.replayed for each in heal.hear(failure()).decisions()] == [False]


def test_a_failure_straight_from_a_producer_needs_no_id(heal):
    one, two = heal.hear(failure(failure_id=""), failure(failure_id="")).decisions()
    assert one.failure_id == f"{TOPICS.failed}-id/0/0"
    assert one.decision_id != two.decision_id


@pytest.mark.parametrize(
    ("value", "key", "topic", "reason"),
    [
        (b"[]", b"shop", TOPICS.failed, "not a test failure"),
        (b"[]", b"shop", TOPICS.outcomes, "not an outcome"),
        (b"\xff", b"shop", TOPICS.heal_commands, "not a command"),
        (b" " * 9_000, b"shop", TOPICS.heal_commands, "command too large"),
        (b" " * 40_000, b"shop", TOPICS.outcomes, "outcome too large"),
        (failure(), b"blog", TOPICS.failed, "wrong key"),
        (failure(project="No Slug"), b"No Slug", TOPICS.failed, "bad project"),
        (outcome(outcome_id=""), b"shop", TOPICS.outcomes, "bad outcome"),
        (outcome(healed="#pay-now"), b"shop", TOPICS.outcomes, "bad outcome"),
        (outcome(healed=" "), b"shop", TOPICS.outcomes, "bad locator"),
        (outcome(locator="#" * 1_001), b"shop", TOPICS.outcomes, "bad locator"),
        (command("pin", locator=None), b"shop", TOPICS.heal_commands, "bad command"),
        (command("veto", pattern="\n"), b"shop", TOPICS.heal_commands, "bad command"),
    ],
)
def test_what_can_not_be_used_is_a_letter_and_its_neighbours_go_on(heal, value, key, topic, reason):
    good = {TOPICS.failed: failure(), TOPICS.outcomes: outcome(), TOPICS.heal_commands: command("pin")}[topic]
    answer = heal.turn(heal.piece(value, key=key, topic=topic), heal.piece(good))
    ((letter, _),) = answer.letters()
    assert (letter.stage, letter.reason) == ("heal", reason)
    assert len(answer.records) == 2


def test_a_text_that_no_store_takes_is_told_without_what_it_does_not_take(heal):
    (pattern,) = heal.hear(outcome(locator="#a\0b", test="t\0")).patterns()
    (decision,) = heal.hear(failure(locator="#a\0b", test="t\0", file="\0")).decisions()
    assert "\0" not in pattern.locator + decision.locator + decision.test + decision.file


def test_no_element_and_no_id_of_a_failure_is_too_large_or_too_strange_for_what_leaves():
    heal, huge = Healing(ranked("ask")), "x\0" * 500_000
    strange = Element(
        tag=huge, id=huge, href=huge, xpath=huge, id_xpath=huge, role=huge, label=huge, landmark=huge, frame=huge,
        class_list=(huge, *("x",) * 50_000), visible_text=(huge,), attributes={f"{n}{huge}": huge for n in range(3)},
    )  # fmt: skip
    target = replace(strange, attributes={str(n): "x" * 300 for n in range(20_000)})
    told = failure(failure_id=huge, line=2**63, candidates=(strange, strange), element=target, message=huge)
    plain = failure(failure_id="f2", dom=PAGE, element=target)
    answer = heal.hear(told, plain)
    assert len(answer.decisions()) == 2
    assert max(len(record.value) for record in answer.records) < 2**17
    assert not any(b"\\u0000" in record.value for record in answer.records)
    assert answer.decisions()[0].line is None


def test_a_project_has_room_for_so_many_patterns_and_forgets_none_that_a_person_decided_on(heal):
    heal.hear(command("pin", healed="#mine"))
    heal.hear(command("veto", locator="#first"))
    heal.hear(*[outcome(n, locator=f"#pay-{n}") for n in range(2_500)])
    heal.hear(*[outcome(3_000 + n, healed=f"#pay-{n}") for n in range(100)])
    assert len([name for name in heal.table.values if b"/entry/" in name]) <= 2_100
    assert max(len(value) for value in heal.table.values.values() if value) < 2**19
    assert heal.hear(failure()).decisions()[0].healed == "#mine"
    assert heal.hear(failure(locator="#first")).decisions()[0].reason == "vetoed"


def test_people_decide_on_so_many_repairs_of_one_locator_and_more_are_letters(heal):
    answer = heal.hear(*[command("veto", healed=f"#no-{n}") for n in range(300)])
    assert (len(answer.patterns()), {letter.reason for letter, _ in answer.letters()}) == (256, {"too many commands"})
    assert heal.hear(command("release", healed="#no-7"), at=NOW + 1_000 * MINUTE).patterns()[0].standing == "active"
    assert len(heal.hear(command("pin", locator="#other")).patterns()) == 1


def test_rules_that_would_not_fit_a_record_are_thinned(heal):
    long = "x" * 900
    for start in range(0, 1_200, 300):
        told = [outcome(n, locator=f"#{n}{long}", healed=f".{n}{long}") for n in range(start, start + 300)]
        heal.hear(*told, at=NOW + start * 60_000)
    assert max(len(value) for value in heal.table.values.values() if value) < 2**23


PAGE = """<html><head><title>Cart</title></head><body><main><h1>Your cart</h1><form id="checkout">
<button type="button" class="minor">Go back</button><button id="pay" type="submit">Pay</button>
</form></main></body></html>"""
WAS = Element(tag="BUTTON", id="pay-now", visible_text=("Pay",), role="button", label="Pay", landmark="form")


def ranked(verdict, probability=0.99):
    """The button that says it, then the others."""

    def rank(target, elements):
        order = sorted(range(len(elements)), key=lambda at: (elements[at].visible_text != target.visible_text, at))
        buttons = [at for at in order if elements[at].tag.lower() == "button"]
        return Likeliest(tuple(buttons), probability, verdict)

    return rank


def test_what_the_page_tells_is_decided_where_nothing_is_known():
    (decision,) = Healing(ranked("apply")).hear(failure(dom=PAGE, element=WAS)).decisions()
    assert (decision.verdict, decision.source, decision.healed) == ("apply", "similarity", "#pay")
    assert decision.decision_id.startswith("similarity-")
    assert decision.proposals[0].healed == "#pay"


def test_a_button_that_was_renamed_is_found_again_by_what_it_is_like():
    heal = Healing(Similar(load_ranker()))
    (decision,) = heal.hear(failure(dom=PAGE, element=WAS)).decisions()
    assert decision.proposals[0].element.id == "pay"
    assert (decision.verdict in {"apply", "validate"}, decision.healed) == (True, "#pay"), decision.detail


def test_what_is_known_goes_before_who_is_likeliest_on_the_page():
    heal = Healing(ranked("apply"))
    heal.hear(*[outcome(n, healed="button.minor") for n in range(40)])
    (decision,) = heal.hear(failure(dom=PAGE, element=WAS)).decisions()
    assert (decision.verdict, decision.healed, decision.source) == ("apply", "button.minor", "pattern")


@pytest.mark.parametrize("healed", ["#order", "button"])
def test_what_is_known_is_left_where_the_page_has_no_such_element_or_several(healed):
    heal = Healing(ranked("apply"))
    heal.hear(*[outcome(n, healed=healed) for n in range(40)])
    (decision,) = heal.hear(failure(dom=PAGE, element=WAS)).decisions()
    assert (decision.healed, decision.source) == ("#pay", "similarity")
    assert healed in {each.healed for each in decision.proposals}


def test_what_a_person_pinned_is_not_taken_where_nobody_sees_it():
    heal = Healing(ranked("ask"))
    heal.hear(command("pin", healed="#pay"))
    hidden = PAGE.replace('id="pay"', 'id="pay" hidden')
    (decision,) = heal.hear(failure(dom=hidden, element=WAS)).decisions()
    assert decision.verdict == "ask"


def test_nothing_that_is_known_is_done_on_a_page_that_is_an_error():
    heal = Healing(ranked("apply"))
    heal.hear(*[outcome(n) for n in range(40)])
    broken = (
        "<html><head><title>500 Internal Server Error</title></head><body><h1>Something went wrong</h1></body></html>"
    )
    (decision,) = heal.hear(failure(dom=broken, element=WAS)).decisions()
    assert (decision.verdict, decision.reason) == ("refuse", "error_page")


def test_what_a_rename_suggests_is_not_taken_for_an_element_that_says_something_else():
    heal = Healing(Similar(load_ranker()))
    heal.hear(
        outcome(1, locator="#pay-old", healed="[data-cy=pay-old]"),
        outcome(2, locator="#buy-old", healed="[data-cy=buy-old]"),
    )
    gone = PAGE.replace(
        '<button id="pay" type="submit">Pay</button>', '<button data-cy="pay-now">Delete account</button>'
    )
    (decision,) = heal.hear(failure(dom=gone, element=WAS)).decisions()
    assert decision.verdict in {"ask", "refuse"}, decision.detail
    assert decision.healed is None


@pytest.mark.parametrize("standing", ["suppressed", "vetoed"])
def test_what_failed_or_was_forbidden_is_not_offered_again_by_the_page(standing):
    heal = Healing(ranked("apply"))
    heal.hear(command("veto") if standing == "vetoed" else outcome(worked=False, decision_id="similarity-1"))
    (decision,) = heal.hear(failure(dom=PAGE, element=WAS)).decisions()
    assert (decision.verdict, decision.reason) == ("ask", standing)
    assert "#pay" not in {each.healed for each in decision.proposals}


def test_a_model_is_asked_once_a_run_about_a_locator_that_nobody_is_sure_of():
    heal = Healing(ranked("ask", 0.4))
    told = [failure(failure_id=f"f{n}", dom=PAGE, element=WAS, commit="c1") for n in range(3)]
    answer = heal.hear(*told)
    assert [each.verdict for each in answer.decisions()] == ["ask"] * 3
    (asked,) = answer.requests()
    assert (asked.kind, asked.subject) == ("repair", answer.decisions()[0].decision_id)
    assert "#pay" in {each.healed for each in asked.repair.decision.proposals}
    assert heal.hear(*told).requests() == []
    assert len(heal.hear(failure(dom=PAGE, element=WAS, commit="c2")).requests()) == 1


def test_no_model_is_asked_where_there_is_nothing_to_choose(heal):
    assert heal.hear(failure(), failure(dom="", element=WAS)).requests() == []


def test_a_page_on_which_very_much_broke_at_once_is_broken_itself():
    told = [failure(failure_id=f"f{n}", locator=f"#pay-{n}", dom=PAGE, element=WAS, commit="c1") for n in range(9)]
    decisions = Healing(ranked("apply")).hear(*told).decisions()
    assert {(each.verdict, each.reason) for each in decisions} == {("refuse", "many_broken")}


def test_kind_and_locator_are_read_from_the_words_of_a_failure_that_tells_neither(heal):
    message = "TimeoutError: locator.click: Timeout 5000ms exceeded.\nCall log:\n  - waiting for locator('#pay-now')\n"
    (decision,) = heal.hear(failure(failure=None, locator=None, message=message)).decisions()
    assert (decision.failure, decision.locator) == ("not_found", "locator('#pay-now')")


def test_a_locator_without_a_word_is_one_that_found_nothing(heal):
    assert heal.hear(failure(failure=None)).decisions()[0].failure == "not_found"


@pytest.mark.parametrize(
    "page",
    [
        {"dom": "<div>" * 200_000 + "x" * 2_000_000},
        {"dom": "<p>" + "<a href='/x' class='y'>z</a>" * 200_000},
        {"candidates": tuple(Element(tag="a", visible_text=("x",), xpath=f"/html/a[{n}]") for n in range(60_000))},
        {"dom": "\0 no page"},
        {"dom": "<button onclick=" + "'" * 1_000_000},
    ],
    ids=["deep", "wide", "given", "nothing", "quotes"],
)
def test_no_page_is_too_large_or_too_strange(page):
    answer = Healing(Similar(load_ranker())).hear(failure(**page))
    assert len(answer.records) >= 1
    assert max(len(record.value) for record in answer.records) < 2 * 2**20
