"""What may be put in the place of broken locators now."""

from msgspec.structs import replace
from stored_rows import a_decision, a_pattern

from argus_streams.adapters.healing_terms import load_knowledge_limits
from argus_streams.core.healing.exporting import leavings, page, repairs, written
from argus_streams.core.healing.patch import Edit, Left
from argus_streams.core.reports import markdown

LIMITS = load_knowledge_limits()
PROVEN = a_pattern(bound=0.95, failures=0)
SIMILAR = a_decision(
    source="similarity", decision_id="similarity-1", pattern=None, healed="#pay-button", confidence=0.97
)


def exported(patterns=(), decisions=()):
    return [(each.verdict, each.healed, each.source) for each in repairs(patterns, decisions, LIMITS)]


def test_a_repair_is_applied_above_the_gate_and_tried_below_it():
    assert exported([PROVEN]) == [("apply", "#pay", "pattern")]
    assert exported([replace(PROVEN, bound=0.7)]) == [("validate", "#pay", "pattern")]
    assert exported([replace(PROVEN, bound=0.4)]) == []


def test_a_pinned_repair_goes_before_what_was_learned():
    pinned = a_pattern(fingerprint="other", healed="#mine", standing="pinned", bound=0.0)
    assert exported([PROVEN, pinned]) == [("apply", "#mine", "pin")]


def test_what_was_decided_counts_where_nothing_better_is_known():
    assert exported([], [SIMILAR]) == [("validate", "#pay-button", "similarity")]
    assert exported([PROVEN], [SIMILAR]) == [("apply", "#pay", "pattern")]


def test_only_the_latest_decision_on_a_locator_that_says_what_to_do_counts():
    asked = a_decision(verdict="ask", healed=None, source=None, decision_id="none-1")
    refused = replace(asked, verdict="refuse")
    assert exported([], [asked, SIMILAR]) == [("validate", "#pay-button", "similarity")]
    assert exported([], [refused, SIMILAR]) == []
    assert exported([], [SIMILAR, refused]) == [("validate", "#pay-button", "similarity")]


def test_what_failed_since_or_was_forbidden_is_left_out():
    for standing in ("vetoed", "suppressed"):
        barred = a_pattern(healed="#pay-button", standing=standing)
        assert exported([barred], [SIMILAR]) == []


def test_what_failed_in_the_words_of_another_test_is_left_out_as_well():
    told = replace(SIMILAR, locator="page.locator('#pay-now')", healed="page.locator('#pay')")
    failed = a_pattern(locator="#pay-now", healed="#pay", standing="suppressed")
    assert exported([failed], [told]) == []


def test_what_was_decided_by_a_pattern_counts_as_far_as_the_pattern_does_now():
    fingerprint = PROVEN.fingerprint
    applied = a_decision(source="pattern", pattern=fingerprint, verdict="apply", healed="#pay")
    pinned = replace(applied, source="pin", confidence=1.0)
    for doubtful in ([], [replace(PROVEN, bound=0.3)]):
        assert exported(doubtful, [applied]) == []
        assert exported(doubtful, [pinned]) == []
    spoken = replace(applied, locator="page.locator('#pay-now')", healed="page.locator('#pay')")
    assert ("validate", "page.locator('#pay')", "pattern") in exported([replace(PROVEN, bound=0.6)], [spoken])


def test_what_held_is_written_down_at_each_place_however_it_is_written_there():
    held = a_pattern(locator="cy.get('#pay-now')", healed="cy.get('#pay-button')", successes=1, failures=0, bound=0.3)
    spelt = replace(SIMILAR, locator='cy.get("#pay-now")', healed='cy.get("#pay-button")', verdict="validate")
    told = written([spelt], repairs([held], [spelt], LIMITS), [held])
    assert [(each.locator, each.healed) for each in told] == [(spelt.locator, spelt.healed)]


def test_every_repair_has_a_decision_under_which_its_outcome_is_told():
    found = repairs([PROVEN, a_pattern(locator="#a", fingerprint="v1:0a", standing="pinned")], [SIMILAR], LIMITS)
    assert [each.decision_id for each in found] == ["pin-0a", f"pattern-{PROVEN.fingerprint}"]


def test_what_nobody_has_tried_yet_is_told_by_what_proposes_it():
    told = a_pattern(source="rule", successes=0, failures=0, bound=0.8, fingerprint="v1:0b")
    (found,) = repairs([told], (), LIMITS)
    assert (found.verdict, found.source, found.decision_id) == ("validate", "rule", "rule-0b")


def test_what_is_to_be_applied_and_what_held_when_it_was_tried_is_written_down_at_each_place():
    places = [a_decision(line=line, verdict="ask", healed=None, source=None) for line in (18, 30, 18)]
    (first, second) = written(places, repairs([PROVEN], places, LIMITS), [PROVEN])
    assert [(each.line, each.healed, each.verdict) for each in (first, second)] == [
        (18, "#pay", "apply"),
        (30, "#pay", "apply"),
    ]
    tried = replace(PROVEN, bound=0.6)
    assert [each.verdict for each in written(places[:1], repairs([tried], (), LIMITS), [tried])] == ["validate"]
    untried = replace(tried, successes=0)
    assert written(places[:1], repairs([untried], (), LIMITS), [untried]) == []
    assert written([SIMILAR], repairs([], [SIMILAR], LIMITS), []) == []


def test_a_pull_request_tells_each_repair_with_its_reason_and_obeys_no_text_of_others():
    told = markdown.written(page([a_decision(locator="`<img src=x>` | x", detail="[click](http://x)")]))
    assert told.startswith("# Repair 1 broken locator\n")
    assert "cart.spec.ts:18" in told
    assert "<img" not in told
    assert "[click](" not in told
    assert markdown.written(page([])) == "# Repair 0 broken locators\n"


def test_locators_and_files_of_a_pull_request_can_be_copied_as_they_are():
    told = markdown.written(page([a_decision(file="test_cart.py", locator="cy.get('#a_b*c')", healed="$(`#x`)")]))
    assert "| `test_cart.py:18` | `cy.get('#a_b*c')` | ``$(`#x`)`` |" in told


def test_a_pull_request_says_what_is_never_changed():
    assert "What is asserted is never changed" in markdown.written(page([a_decision()]))


def test_what_is_left_is_told_with_its_reason():
    told = leavings([(a_decision(), Left(Edit(18, "#pay-now", "#pay"), "assertion"))])
    assert told == ["cart.spec.ts:18: #pay-now is left: it stands in an assertion, which no repair may change"]
