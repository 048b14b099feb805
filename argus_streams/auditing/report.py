"""How an audit shows: its progress, its verdict for people, and for programs."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Any

import msgspec
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from argus_streams.auditing import evidence, mirroring
from argus_streams.core.audit.mirroring import RegionVerdict
from argus_streams.core.audit.verdict import Sums, Verdict
from argus_streams.foreign import foreign
from argus_streams.progress import bars

SHOWN = 20  # findings that people see; --json has more
REASONS = 8  # why bodies were ignored, that people see; --json has all
_COLUMNS = Sums.__struct_fields__


class Lines:
    """Progress where no terminal is: a line a pass."""

    def __init__(self, out: Console) -> None:
        self._out = out

    def begin(self, what: str, total: int) -> None:
        if total:
            self._out.print(f"reading {what}: at most {total:,} records", markup=False, soft_wrap=True)

    def advance(self, number: int) -> None:
        """Say nothing."""


class Quiet:
    """No progress at all, for those who show their own."""

    def begin(self, what: str, total: int) -> None:
        """Say nothing."""

    def advance(self, number: int) -> None:
        """Say nothing."""


class Bar:
    """Progress on a terminal: a bar for the pass that runs."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._task = progress.add_task("", total=None)

    def begin(self, what: str, total: int) -> None:
        self._progress.reset(self._task, description=what, total=total)

    def advance(self, number: int) -> None:
        self._progress.advance(self._task, number)


@contextmanager
def progress() -> Iterator[evidence.Progress]:
    """A bar on a terminal, else lines; on standard error, for standard output has the verdict."""
    out = Console(stderr=True, highlight=False)
    if not out.is_terminal:
        yield Lines(out)
        return
    with bars(out) as bar:
        yield Bar(bar)


def as_json(verdict: Verdict, regions: Sequence[RegionVerdict] = ()) -> bytes:
    """One line for programs."""
    told: Mapping[str, Any] = {
        **msgspec.structs.asdict(verdict.total),
        "projects": verdict.projects,
        "reasons": verdict.reasons,
        "findings": verdict.findings,
        "notes": verdict.notes,
        "regions": regions,
    }
    return msgspec.json.encode(told)


def show(verdict: Verdict, out: Console, regions: Sequence[RegionVerdict] = ()) -> None:
    """Sums by project, why bodies were ignored, what is missing, double or not compared, what is here of others."""
    out.print(_sums(verdict))
    for told in _ignored(verdict):
        _line(out, told)
    for finding in verdict.findings[:SHOWN]:
        place = f"{finding.topic}/{finding.partition}/{finding.offset}"
        at = place if finding.index < 0 else f"{place}/{finding.index}"
        project = f" ({finding.project})" if finding.project else ""
        _line(out, f"{finding.what} at {finding.stage}: {at}{project}: {finding.detail}")
    more = len(verdict.findings) - SHOWN
    if more > 0:
        _line(out, f"… and {more:,} more; --json tells the first thousand")
    for note in verdict.notes:
        _line(out, f"not compared: {note}")
    _line(out, _conclusion(verdict))
    for told in mirroring.lines(regions):
        _line(out, told)


def _ignored(verdict: Verdict) -> Iterator[str]:
    """Why bodies were ignored, the commonest reasons first."""
    if not verdict.reasons:
        return
    yield "ignored, and why:"
    for reason, number in islice(verdict.reasons.items(), REASONS):
        yield f"{number:>8,}  {reason}"
    rest = list(islice(verdict.reasons.values(), REASONS, None))
    if rest:
        yield f"{sum(rest):>8,}  for {len(rest)} other reasons; --json tells them"


def _line(out: Console, told: str) -> None:
    """A line as it is, whatever senders wrote into it: no markup, no search for what could be coloured."""
    out.print(foreign(told), soft_wrap=True)


def _sums(verdict: Verdict) -> Table:
    table = Table(box=SIMPLE_HEAD)
    table.add_column("project")
    shown = [name for name in _COLUMNS if name in _ALWAYS or getattr(verdict.total, name)]
    for name in shown:
        table.add_column(name.replace("_", " "), justify="right")
    rows = {project or "(none)": sums for project, sums in verdict.projects.items() if sums != Sums()}
    for project, sums in {**rows, "total": verdict.total}.items():
        table.add_row(foreign(project), *(f"{getattr(sums, name):,}" for name in shown))
    return table


_ALWAYS = frozenset({*Sums().ledger(), "double"})


def _conclusion(verdict: Verdict) -> str:
    total = verdict.total
    flying = f" {total.in_flight:,} are in flight." if total.in_flight else ""
    if verdict.clean and not total.bodies:
        return f"There is no body to account for.{flying}"
    if verdict.clean:
        return f"Every body and every event is accounted for.{flying}"
    return f"{total.missing:,} missing, {total.double:,} double: docs/audit.md tells what to do.{flying}"
