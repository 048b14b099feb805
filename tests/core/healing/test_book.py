"""A project's knowledge as the table keeps it."""

from argus_streams.adapters.healing_terms import load_knowledge_limits
from argus_streams.core.events import Origin
from argus_streams.core.healing.book import Book, patterns_of, source_of
from argus_streams.core.repairs import Outcome

LIMITS = load_knowledge_limits()
NOW = 1_800_000_000_000


class Values(dict):
    def put(self, name, value):
        self[name] = value


def outcome(number, **changes):
    fields = {"project": "shop", "outcome_id": f"o{number}", "locator": "#a", "healed": "#b", "worked": True}
    return Outcome(**fields | changes)


def learnt(values, *outcomes, epoch=7):
    book = Book("shop", values, LIMITS)
    for number, each in enumerate(outcomes):
        book.learn(each, at=NOW, origin=Origin("t", 0, number))
    return book.close(epoch)


def patterns(values):
    return [each for name, value in values.items() for each in patterns_of(f"shop/{name}".encode(), value, LIMITS)]


def test_what_lies_in_the_table_tells_the_patterns_that_were_told():
    values = Values()
    told = learnt(values, outcome(1), outcome(2, healed="#c"), outcome(3, locator="#d"))
    assert {each.fingerprint for each in patterns(values)} == {each.fingerprint for each in told}
    assert {each.version.epoch for each in patterns(values)} == {0}


def test_versions_rise_over_turns_and_patterns():
    values = Values()
    first = learnt(values, outcome(1), outcome(2, locator="#d"))
    second = learnt(values, outcome(1), outcome(2, locator="#d"), outcome(3))
    versions = [each.version for each in (*first, *second)]
    assert versions == sorted(set(versions))
    assert len(versions) == 3


def test_marks_are_kept_before_what_says_that_an_outcome_was_heard_of():
    """A kill leaves any beginning of what is written: an outcome that is said to be heard of must be counted."""
    values = Values()
    learnt(values, outcome(1))
    names = [name.partition("/")[0] for name in values]
    assert names.index("entry") < names.index("rules") < names.index("heard")
    for cut in range(len(values)):
        left = Values(list(values.items())[:cut])
        told = learnt(left, outcome(1))
        held = {
            each.successes for name, value in left.items() for each in patterns_of(f"s/{name}".encode(), value, LIMITS)
        }
        assert held == {1}
        assert len(told) <= 1


def test_a_decision_tells_whence_its_repair_was_taken():
    ids = ("similarity-0a", "pin-1", "cross_test_learning-7", "model-2", "none-3", "similarity", "", None)
    assert [source_of(each) for each in ids] == [
        "similarity", "pin", "cross_test_learning", "model", "pattern", "similarity", "pattern", "pattern"
    ]  # fmt: skip
