"""What the demo tells, and when: pure, so that a test can read the whole plot."""

from collections.abc import Mapping, Sequence
from random import Random
from typing import Literal, NamedTuple

from argus_streams.demo.variation import Sample, vary

Act = Literal["resolve", "return", "kill"]
PROJECT = "shop"
HERO = "PaymentDeclined"  # the failure that several senders tell; a person resolves it, it comes back
RUBBISH = (b"", b'{"message": "cut off', b"\xff\xfe\x00", b'{"value": NaN}')
ONE_IN_BROKEN = 50
ONE_IN_AGAIN = 25  # delivered again by its vendor, the same event id


class Body(NamedTuple):
    """One body to publish."""

    source: str
    headers: Mapping[str, str]
    value: bytes


class Beat(NamedTuple):
    """Something that happens once, ``at`` seconds after readiness, and the line that tells it."""

    at: float
    act: Act
    line: str


def beats(seconds: float) -> Sequence[Beat]:
    """The turns of the plot within a run of this length."""
    return (
        Beat(seconds * 0.3, "resolve", f"someone resolves “{HERO}”: it stays quiet for a while"),
        Beat(seconds * 0.5, "return", f"“{HERO}” is back: the group shows as regressed"),
        Beat(seconds * 0.65, "kill", "the GROUP worker is killed (kill -9): it is started again, no event is lost"),
    )


class Story:
    """Chooses the next body: every sample in turn, some repeated, some broken."""

    def __init__(self, samples: Sequence[Sample], seed: int) -> None:
        self._random = Random(seed)  # noqa: S311 - a repeatable plot, no secret
        self._heroes = [sample for sample in samples if tells_hero(sample)]
        self._others = [sample for sample in samples if HERO not in str(sample.body)]
        self._queue: list[Sample] = []
        self._last: Body | None = None
        self.quiet = False  # the hero does not happen

    def next(self, now: float) -> Body:
        """The next body, as if it happened at ``now`` (s since 1970)."""
        if self._random.randrange(ONE_IN_BROKEN) == 0:
            return Body("sentry", {}, self._random.choice(RUBBISH))
        if self._last is not None and self._random.randrange(ONE_IN_AGAIN) == 0:
            return self._last
        if not self._queue:
            self._queue = self._round()
        sample = self._queue.pop()
        headers, value = vary(sample, now=now, random=self._random)
        self._last = Body(sample.source, headers, value)
        return self._last

    def _round(self) -> list[Sample]:
        """Every sample once, the failures people would see most often twice; the hero unless it is quiet."""
        heroes = [] if self.quiet else self._heroes * 3
        round_ = [*self._others, *heroes, *self._random.sample(self._others, len(self._others) // 2)]
        self._random.shuffle(round_)
        return round_


def tells_hero(sample: Sample) -> bool:
    """Whether this sample is one of those that tell the hero's failure; its end is a person's part in the plot."""
    return HERO in str(sample.body) and "resolve" not in sample.case
