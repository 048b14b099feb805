"""What is told of repairs, held inside bounds; what says nothing is refused with the reason."""

from msgspec import structs

from argus_streams.core.clip import clean
from argus_streams.core.healing.case import LOCATOR, SCOPE
from argus_streams.core.repairs import Outcome, PatternCommand
from argus_streams.errors import Malformed

NAME = 200  # characters of who tells, of a test, of a release
REASON = 300


def outcome(told: Outcome) -> Outcome:
    """The outcome with no text that can not be stored. Raises ``Malformed`` for one that teaches nothing."""
    _locator(told.locator, "locator")
    _locator(told.healed, "healed")
    if not told.outcome_id:
        raise Malformed("bad outcome", "outcome_id is empty: it could not be known again")
    if told.healed == told.locator:
        raise Malformed("bad outcome", "healed is the broken locator itself")
    return structs.replace(
        told,
        locator=clean(told.locator, LOCATOR),
        healed=clean(told.healed, LOCATOR),
        scope=clean(told.scope, SCOPE),
        test=told.test and clean(told.test, NAME),
        release=told.release and clean(told.release, NAME),
        by=clean(told.by, NAME),
    )


def command(told: PatternCommand) -> PatternCommand:
    """The command with no text that can not be stored. Raises ``Malformed`` for one that names no pattern."""
    if told.pattern is None:
        if told.locator is None or told.healed is None:
            raise Malformed("bad command", "it names neither a pattern nor a locator and what stands in its place")
        _locator(told.locator, "locator")
        _locator(told.healed, "healed")
    elif not 0 < len(told.pattern) <= NAME or not told.pattern.isprintable():
        raise Malformed("bad command", f"{told.pattern!r:.80} is no fingerprint")
    return structs.replace(
        told,
        locator=told.locator and clean(told.locator, LOCATOR),
        healed=told.healed and clean(told.healed, LOCATOR),
        scope=clean(told.scope, SCOPE),
        by=clean(told.by, NAME),
        reason=clean(told.reason, REASON),
    )


def _locator(text: str, name: str) -> None:
    if not text.strip():
        raise Malformed("bad locator", f"{name} is empty")
    if len(text) > LOCATOR:
        raise Malformed("bad locator", f"{name} has {len(text):,} characters; the limit is {LOCATOR:,}")
