"""How letters, and what is done about them, look on a terminal and as JSON."""

from collections import Counter
from collections.abc import Sequence

import msgspec
from rich.box import SIMPLE_HEAD
from rich.table import Table

from argus_streams.core.letterbox import Found
from argus_streams.core.letters import WHOLE
from argus_streams.core.moments import moment
from argus_streams.core.replaying import Decision, Lost, Skip, was_replayed
from argus_streams.dlq.looking import Box
from argus_streams.foreign import foreign, harmless

_WORDS = {True: "yes", False: "no", None: "-"}
_VERBS = {"Publish": "replay", "Order": "give", "Write": "store", "Skip": "skip", "Lost": "lost"}
_KILO = 1024


def line(found: Found, box: Box) -> bytes:
    """A letter for programs; times are milliseconds since 1970."""
    letter = found.letter
    return msgspec.json.encode(
        {
            "reason": letter.reason,
            "detail": letter.detail,
            "stage": letter.stage,
            "topic": box.topic_of(found),
            "origins": letter.origins,
            "project": found.project,
            "source": letter.source,
            "size": found.size,
            "time": found.time,
            "letter": found.at._asdict(),
            "replayed": was_replayed(found, box.done),
        }
    )


def table(shown: Sequence[Found], box: Box, *, total: int, prefix: str) -> Table:
    """The list for people, the newest first."""
    title = f"{len(shown):,} of {total:,} letters, the newest first" if len(shown) < total else counted(total)
    made = _empty(title)
    made.add_column("died", no_wrap=True)
    made.add_column("from", no_wrap=True)
    made.add_column("by", no_wrap=True)
    made.add_column("why", ratio=1, overflow="ellipsis", no_wrap=True)
    made.add_column("project", no_wrap=True, overflow="ellipsis", max_width=16)
    made.add_column("source", no_wrap=True, overflow="ellipsis", max_width=14)
    made.add_column("size", no_wrap=True, justify="right")
    made.add_column("letter", no_wrap=True, style="cyan")
    made.add_column("replayed", no_wrap=True)
    for each in shown:
        letter = each.letter
        why = f"{letter.reason}: {letter.detail}" if letter.detail else letter.reason
        made.add_row(
            moment(each.time),
            foreign(box.topic_of(each).removeprefix(prefix)),
            letter.stage,
            foreign(" ".join(why.split())),
            foreign(each.project),
            foreign(letter.source),
            _size(each.size),
            foreign("/".join(map(str, each.at)).removeprefix(prefix)),
            _WORDS[was_replayed(each, box.done)],
        )
    return made


def counts(found: Sequence[Found], box: Box) -> list[dict[str, str | int]]:
    """How many letters of each reason, the most first, and how many of them were replayed."""
    by_reason = Counter(each.letter.reason for each in found)
    replayed = Counter(each.letter.reason for each in found if was_replayed(each, box.done))
    return [
        {"reason": reason, "letters": count, "replayed": replayed[reason]} for reason, count in by_reason.most_common()
    ]


def counts_table(told: Sequence[dict[str, str | int]]) -> Table:
    """The counts for people."""
    made = _empty(f"{counted(sum(int(each['letters']) for each in told))}, by reason")
    made.add_column("letters", justify="right")
    made.add_column("replayed", justify="right")
    made.add_column("reason", ratio=1)
    for each in told:
        made.add_row(f"{each['letters']:,}", f"{each['replayed']:,}", foreign(str(each["reason"])))
    return made


def counted(number: int) -> str:
    """So many letters."""
    return f"{number:,} letter{'s' * (number != 1)}"


def decided(decision: Decision, box: Box) -> str:
    """One decision in one line: what is done, with which letter, about what, and why."""
    found = decision.found
    verb = _VERBS[type(decision).__name__]
    why = harmless(f"{found.letter.reason}: {decision.reason}")
    return f"{verb:<6}  {'/'.join(map(str, found.at))}  {_about(found, box)}  {why}"


def summary(decisions: Sequence[Decision]) -> list[str]:
    """How many letters share a fate, and why, those that are replayed first."""
    fates = Counter(
        (isinstance(each, Lost), isinstance(each, Skip), _VERBS[type(each).__name__], each.reason) for each in decisions
    )
    return [f"{verb} {count:,}: {reason}" for (_, _, verb, reason), count in sorted(fates.items())]


def _about(found: Found, box: Box) -> str:
    first = found.letter.origins[0]
    indices = sorted({each.index for each in found.letter.origins} - {WHOLE})
    items = f" items {', '.join(map(str, indices))}" if indices else ""
    return f"of {box.topic_of(found)}/{first.partition}/{first.offset}{items}"


def _empty(title: str) -> Table:
    return Table(
        title=title, title_justify="left", title_style="bold", expand=True, pad_edge=False, box=SIMPLE_HEAD,
        collapse_padding=True,
    )  # fmt: skip


def _size(count: int) -> str:
    return f"{count} B" if count < _KILO else f"{count // _KILO:,} KiB"
