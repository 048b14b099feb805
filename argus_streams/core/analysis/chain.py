"""Who is asked next when a model did not answer: the next provider, the next model, in the end the rules alone."""

from collections.abc import Collection, Sequence
from typing import Literal

from msgspec import Struct

from argus_streams.core.analysis.asking import PASSING, Ending, Trouble
from argus_streams.core.analysis.registry import Rung

GiveUpReason = Literal["no_model", "models_away", "models_refuse", "truncated", "refused", "invalid"]

TRIES_OF_AN_ANSWER = 2  # that does not fit its shape: a model seldom errs twice

# What is wrong with a provider, not with one model of it: it is not asked again for this question. A request that one
# provider refuses another may take, as not all of them know each parameter; more than one try each would be in vain.
_OF_THE_PROVIDER: frozenset[Trouble] = frozenset({
    "server_error", "connection", "timed_out", "unauthorized", "refused_request",
})  # fmt: skip


class Try(Struct, frozen=True):
    """A model was asked, and this became of it."""

    rung: Rung
    ended: Ending | Trouble


class Next(Struct, frozen=True):
    """Ask this model."""

    rung: Rung


class GiveUp(Struct, frozen=True):
    """Ask nobody more: the deterministic analyst answers."""

    reason: GiveUpReason


def following(rungs: Sequence[Rung], tries: Sequence[Try], shut: Collection[str]) -> Next | GiveUp:
    """What to do after these tries of one question.

    ``rungs`` stand in the order in which they are to be tried; providers in ``shut`` are left alone for now. A whole
    answer needs nobody to follow: it is not among the tries.
    """
    if tries and (decided := _after_answer(tries, shut)) is not None:
        return decided
    ended = {(each.rung.provider, each.rung.model): each.ended for each in tries}
    lost = {each.rung.provider for each in tries if each.ended in _OF_THE_PROVIDER}
    left = [rung for rung in rungs if (rung.provider, rung.model) not in ended and rung.provider not in lost]
    for rung in left:
        if rung.provider not in shut:
            return Next(rung)
    return GiveUp(_why(set(ended.values()), left))


def _after_answer(tries: Sequence[Try], shut: Collection[str]) -> Next | GiveUp | None:
    """What follows an answer that was paid for; ``None`` = another model may be asked."""
    last = tries[-1]
    match last.ended:
        case "truncated" | "refused":  # the same model would do it again, and a second opinion costs as much
            return GiveUp(last.ended)
        case "invalid" if sum(each.ended == "invalid" for each in tries) >= TRIES_OF_AN_ANSWER:
            return GiveUp("invalid")
        case "invalid" if last.rung.provider not in shut:
            return Next(last.rung)
        case _:
            return None


def _why(ended: Collection[Ending | Trouble], left: Sequence[Rung]) -> GiveUpReason:
    if left or any(each in PASSING or each == "invalid" for each in ended):
        return "models_away"
    return "models_refuse" if ended else "no_model"
