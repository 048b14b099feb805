"""A project's knowledge as an agent keeps it: states by key, taken through their encoding each time."""

from argus_streams.adapters.healing_terms import load_knowledge_limits
from argus_streams.core.events import Origin
from argus_streams.core.healing.knowledge import index, known, record, rulebook
from argus_streams.core.healing.knowledge.deciding import decide
from argus_streams.core.healing.knowledge.known import Known
from argus_streams.core.healing.knowledge.question import Question
from argus_streams.core.healing.knowledge.spreading import suggestions
from argus_streams.core.healing.knowledge.units import read
from argus_streams.core.repairs import Outcome, PatternCommand

LIMITS = load_knowledge_limits()
DAY = 86_400_000
NOW = 1_700_000_000_000
OLD, NEW, OTHER = "cy.get('.pay')", "cy.get('.checkout')", "cy.get('.order')"


def origin(offset, partition=0):
    return Origin("outcomes-id", partition, offset)


def outcome(number, locator=OLD, healed=NEW, *, worked=True, own=False, **fields):
    told = {"decision_id": None if own else f"d{number}", "test": "pays", **fields}
    return Outcome(
        project=told.pop("project", "shop"),
        outcome_id=told.pop("outcome_id", f"o{number}"),
        locator=locator,
        healed=healed,
        worked=worked,
        **told,
    )


class Base:
    """What is kept, and how many times it was written."""

    def __init__(self, project="shop", limits=LIMITS):
        self.project, self.limits, self.entries = project, limits, {}
        self.book, self.index = rulebook.encode(rulebook.Rulebook()), index.encode(index.Index())
        self.told = []

    def known(self, locator):
        return self._at(record.place(self.project, locator))

    def _at(self, place):
        entry = record.decode(self.entries[place]) if place in self.entries else record.Entry()
        return Known(entry, rulebook.decode(self.book), index.decode(self.index))

    def _keep(self, place, learnt):
        self.entries[place] = record.encode(learnt.known.entry)
        self.book = rulebook.encode(learnt.known.rulebook)
        self.index = index.encode(learnt.known.index)
        for gone in learnt.dropped:
            self.entries.pop(record.place(self.project, gone), None)
        self.told += learnt.changed
        return learnt

    def learn(self, *outcomes, start=0, now=NOW, source="similarity"):
        for offset, each in enumerate(outcomes, start):
            learnt = known.learn(self.known(each.locator), each, origin(offset), now, self.limits, source)
            self._keep(record.place(self.project, each.locator), learnt)
        return self

    def met(self, locator, test="pays", now=NOW):
        question = Question(project=self.project, locator=locator)
        learnt = known.met(self.known(locator), question, test, now, self.limits)
        return self._keep(record.place(self.project, locator), learnt)

    def order(self, action, time=NOW, offset=0, **fields):
        told = {"locator": OLD, "healed": NEW, **fields}
        command = PatternCommand(project=self.project, action=action, by="ann", **told)
        name = told.get("pattern")
        place = record.place_of(name) if name else record.place(self.project, told["locator"])
        return self._keep(place, known.command(self._at(place), command, time, Origin("commands-id", 0, offset)))

    def decide(self, locator=OLD, now=NOW, **fields):
        question = Question(project=self.project, locator=locator, **fields)
        return decide(self.known(locator), question, now, self.limits)

    def state(self):
        return dict(self.entries), self.book, self.index


def clean(count, start=0, **fields):
    """So many successes of the same repair."""
    return [outcome(number, **fields) for number in range(start, start + count)]


def suggested(base, locator):
    """What a repair that was learned says of the rest of the suite, as far as sure: locator → (healed, source)."""
    told = base.known(locator)
    found = suggestions(told.rulebook, told.index, read(locator), NOW, base.limits)
    sure = [each for each in reversed(found) if each.confidence >= base.limits.validate]
    return {each.locator: (each.healed, each.source) for each in sure}
