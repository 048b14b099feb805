"""How well incidents fit the truth.

An incident is *right* if at least 75 % of its symptoms are of one planted incident, and no other incident that is
right holds more of that one: precision is the share of right ones among all that were opened. A planted incident is
*found* if the right one holds at least half of its subjects: recall is the share of found ones. Pairwise: of two
symptoms put together, how often they belong together, and the other way round.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from argus_streams.core.findings import Incident
from month import Month

PURE = 0.75
HELD = 0.5


class Grouped(NamedTuple):
    """An incident as whoever made it tells it."""

    symptoms: frozenset[str]  # signal ids
    cause: str | None  # signal id of the first cause named, if that is a deploy or push


class Tally(NamedTuple):
    """Numbers that add up over projects."""

    opened: int = 0
    right: int = 0
    planted: int = 0
    found: int = 0
    by_deploy: int = 0  # planted ones that a deploy brought about ...
    found_by_deploy: int = 0  # ... of which these were found ...
    named: int = 0  # ... and of these the deploy named right
    pairs_made: int = 0
    pairs_true: int = 0
    pairs_both: int = 0

    def __add__(self, other: "Tally") -> "Tally":  # type: ignore[override]
        return Tally(*(one + two for one, two in zip(self, other, strict=True)))

    def told(self) -> dict[str, float]:
        """The shares."""
        return {
            "precision": self.right / max(1, self.opened),
            "recall": self.found / max(1, self.planted),
            "named": self.named / max(1, self.found_by_deploy),
            "named of all": self.named / max(1, self.by_deploy),
            "pairwise precision": self.pairs_both / max(1, self.pairs_made),
            "pairwise recall": self.pairs_both / max(1, self.pairs_true),
        }


def grouped(incidents: Iterable[Incident]) -> list[Grouped]:
    """The incidents as they were told last."""
    found = []
    for incident in incidents:
        if incident.status == "merged" or not incident.members:
            continue
        symptoms = frozenset(
            each.signal_id for each in incident.members if each.kind not in ("deploy", "push", "pull_request")
        )
        first = incident.causes[0] if incident.causes else None
        cause = first.signal_id if first and first.kind in ("deploy", "push", "pull_request") else None
        found.append(Grouped(symptoms, cause))
    return found


def judge(month: Month, incidents: Iterable[Grouped], missed: Counter[str] | None = None) -> Tally:
    """Hold incidents against the truth of a month."""
    truth = {told.signal.signal_id: told.truth for told in month.told if told.truth is not None}
    subject = {told.signal.signal_id: told.signal.subject for told in month.told}
    parts: dict[int, set[str]] = defaultdict(set)
    for signal, number in truth.items():
        parts[number].add(subject[signal])
    incidents = list(incidents)
    best: dict[int, tuple[int, Grouped]] = {}
    for each in incidents:
        counts = Counter(truth.get(signal) for signal in each.symptoms)
        number, most = max(((n, c) for n, c in counts.items() if n is not None), key=lambda x: x[1], default=(None, 0))
        if number is not None and most >= PURE * len(each.symptoms):
            held = len({subject[s] for s in each.symptoms if truth.get(s) == number})
            if held > best.get(number, (0, each))[0]:
                best[number] = held, each
    found = {number for number, (held, _) in best.items() if held >= HELD * len(parts[number])}
    deploys = {number for number, planted in month.planted.items() if planted.causes}
    named = [number for number in found & deploys if best[number][1].cause in month.planted[number].causes]
    if missed is not None:
        missed.update(month.planted[number].kind for number in month.planted if number not in found)
    return Tally(
        len(incidents), len(best), len(month.planted), len(found), len(deploys), len(found & deploys), len(named),
        *_pairs(truth, incidents),
    )  # fmt: skip


def _pairs(truth: Mapping[str, int], incidents: Iterable[Grouped]) -> tuple[int, int, int]:
    made = both = 0
    for each in incidents:
        made += len(each.symptoms) * (len(each.symptoms) - 1) // 2
        counts = Counter(truth[signal] for signal in each.symptoms if signal in truth)
        both += sum(count * (count - 1) // 2 for count in counts.values())
    true = sum(count * (count - 1) // 2 for count in Counter(truth.values()).values())
    return made, true, both
