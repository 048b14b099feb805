"""A simulated month of production: signals, and the truth about each."""

from random import Random
from typing import NamedTuple

from month.noise import DAY, noise
from month.plant import KINDS
from month.telling import MINUTE, START, Planted, Teller, Told
from month.world import company

A_DAY = 1.6  # incidents of a project
AT_ONCE = 0.15  # share of incidents beside which another one happens within minutes


class Month(NamedTuple):
    """What one project tells, in order of arrival, and what is behind it."""

    project: str
    told: list[Told]
    planted: dict[int, Planted]


def month(seed: int, project: int, days: float = 30) -> Month:
    """One project's days: about 1,600 signals each."""
    random = Random(f"{seed}/{project}")
    teller = Teller(company(f"shop-{project}", random), random)
    noise(teller, days)
    planted: dict[int, Planted] = {}
    plants, weights = zip(*KINDS, strict=True)
    for _ in range(int(A_DAY * days + random.random())):
        at = START + random.random() * (days * DAY - 3 * 3_600_000)
        moments = [at, at + random.uniform(-5, 5) * MINUTE] if random.random() < AT_ONCE else [at]
        for moment, plant in zip(moments, random.choices(plants, weights, k=len(moments)), strict=True):
            number = len(planted)
            planted[number] = plant(teller, moment, number)
    return Month(teller.company.project, list(teller.sorted()), planted)
