"""What one part of healing, be it knowledge or the page, has to say about a broken locator."""

from typing import NamedTuple

from argus_streams.core.repairs import Proposal, RepairSource, RepairVerdict


class Advice(NamedTuple):
    """One answer; ``ask`` = it can not tell, whatever ``proposals`` are not sure enough."""

    verdict: RepairVerdict
    reason: str  # short and fixed, counted
    detail: str  # one sentence for people
    healed: str | None = None  # of ``apply`` and ``validate``: what to put in the locator's place
    source: RepairSource | None = None
    confidence: float = 0.0
    pattern: str | None = None  # fingerprint of the pattern that it is taken from
    proposals: tuple[Proposal, ...] = ()  # the best first
    rule: str | None = None  # id of the rename that explains it
