"""The repairs that are known: what ``argus heal export`` has written."""

import json
from pathlib import Path
from typing import Any, Literal, NamedTuple

from argus_pytest.chains import Chain, canonical, read

Kind = Literal["not_found", "ambiguous"]
Mode = Literal["off", "apply", "validate"]
LARGEST = 64 * 2**20  # bytes of a file
_KINDS = frozenset({"not_found", "ambiguous"})
UNDECIDED = "unknown"  # an outcome without any decision would count as a person's own repair
_VERDICTS = ("apply", "validate")


class Repair(NamedTuple):
    """One locator that is known to stand for a broken one, on one page or in one component."""

    locator: str
    healed: str
    scope: str
    failure: str
    verdict: str
    confidence: float
    reason: str
    decision_id: str
    chain: Chain  # the healed locator


class Repairs(NamedTuple):
    """All that are known, by the broken locator, its scope and how it failed."""

    project: str
    known: dict[tuple[Chain, str, str], Repair]
    unread: int = 0  # in another language, or no repair at all

    def find(self, chain: Chain, scope: str, kind: Kind, mode: Mode) -> Repair | None:
        """The one repair that may be tried."""
        repair = self.known.get((canonical(chain), scope, kind))
        if repair is None or mode == "off" or (mode == "apply" and repair.verdict != "apply"):
            return None
        return repair


def load(path: Path) -> Repairs:
    """The repairs in a file; ``ValueError`` where it is no such file, ``OSError`` where it can not be read.

    An entry that can not be used is counted; of several for the same locator the surest counts.
    """
    if path.stat().st_size > LARGEST:
        raise ValueError(f"more than {LARGEST} bytes")
    told = json.loads(path.read_bytes())
    entries = told.get("repairs") if isinstance(told, dict) else None
    if not isinstance(entries, list):
        raise ValueError("it has no list `repairs`")  # noqa: TRY004  (of the file, not of a caller)
    known: dict[tuple[Chain, str, str], Repair] = {}
    read_ = [_entry(each) for each in entries]
    for key, repair in filter(None, read_):
        if key not in known or _rank(repair) < _rank(known[key]):
            known[key] = repair
    project = told.get("project")
    return Repairs(project if isinstance(project, str) else "", known, read_.count(None))


def _rank(repair: Repair) -> tuple[int, float]:
    return _VERDICTS.index(repair.verdict), -repair.confidence


def _entry(told: Any) -> tuple[tuple[Chain, str, str], Repair] | None:
    if not isinstance(told, dict) or told.get("verdict") not in _VERDICTS or told.get("failure") not in _KINDS:
        return None
    texts = [told.get(name) for name in ("locator", "healed", "scope")]
    if not all(isinstance(text, str) for text in texts):
        return None
    locator, healed, scope = map(str, texts)
    try:
        broken, chain = read(locator), read(healed)
    except ValueError:
        return None
    confidence, decision = told.get("confidence"), told.get("decision_id")
    repair = Repair(
        locator=locator,
        healed=healed,
        scope=scope,
        failure=told["failure"],
        verdict=told["verdict"],
        confidence=float(confidence) if isinstance(confidence, int | float) else 0.0,
        reason=str(told.get("reason") or ""),
        decision_id=decision if isinstance(decision, str) else UNDECIDED,
        chain=chain,
    )
    return (canonical(broken), scope, repair.failure), repair
