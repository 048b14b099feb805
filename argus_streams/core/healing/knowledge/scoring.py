"""How right the knowledge base was over many rows: docs/healing.md says what is counted as what."""

from collections import Counter
from collections.abc import Iterator

from argus_streams.core.healing.knowledge.replaying import Line
from argus_streams.core.reports.page import many


class Score:
    """Counts of rows, added one after the other."""

    def __init__(self) -> None:
        self._results: Counter[tuple[str, str]] = Counter()  # verdict or source, result
        self.rows = 0
        self.hits = 0
        self.known = 0  # rows whose locator broke before, or whose change was made before, in their repository
        self.known_hits = 0
        self.named = 0  # of the rows where it asked, those where the answer is among what it named

    def add(self, line: Line) -> None:
        """Count a row."""
        hit = line.result == "hit"
        self._results[line.verdict, line.result] += 1
        self._results[line.source, line.result] += 1
        self.rows += 1
        self.hits += hit
        self.known += line.repeat or line.family
        self.known_hits += hit and (line.repeat or line.family)
        self.named += line.verdict == "ask" and line.named

    def of(self, name: str, result: str) -> int:
        """How many rows of a verdict or a source had this result."""
        return self._results[name, result]

    def texts(self) -> Iterator[str]:
        """The counts for people, a line each."""
        asked = self.of("ask", "unseen")
        yield f"{many(self.rows, 'repair')}: {self.hits} answered rightly, {_share(self.hits, self.rows)} of all"
        yield (
            f"  where the locator broke before or its change was made before: {self.known_hits} of {self.known}, "
            f"{_share(self.known_hits, self.known)}"
        )
        for verdict in ("apply", "validate"):
            hit, wrong = self.of(verdict, "hit"), self.of(verdict, "wrong")
            yield f"  {verdict}: {hit} hit, {wrong} wrong, {_share(wrong, hit + wrong)} wrong"
        yield f"  ask: {asked} unseen, the answer is named in {self.named} of them"
        for source in ("exact", "rule"):
            yield f"  {source}: {self.of(source, 'hit')} hit, {self.of(source, 'wrong')} wrong"


def _share(some: int, of: int) -> str:
    return f"{100 * some / of:.1f} %" if of else "none"


class Scores:
    """A score of the rows that are repairs, one of all rows, and why the others are none."""

    def __init__(self) -> None:
        self.repairs = Score()
        self.all = Score()
        self._changes: Counter[str] = Counter()

    def add(self, line: Line) -> None:
        """Count a row."""
        self._changes[line.change] += 1
        self.all.add(line)
        if line.change == "locator":
            self.repairs.add(line)

    def texts(self) -> Iterator[str]:
        """The counts for people, a line each."""
        changes = self._changes
        yield (
            f"{many(self.all.rows, 'row')}; {changes['style']} change style alone, {changes['call']} the call around "
            f"one selector and {changes['data']} numbers or variables: they are no repairs"
        )
        yield from self.repairs.texts()
        yield (
            f"with those that are no repairs: {self.all.hits} of {many(self.all.rows, 'row')} answered rightly, "
            f"{self.all.known_hits} of {self.all.known} where it broke or was changed before"
        )
