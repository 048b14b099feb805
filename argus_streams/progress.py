"""How long work shows itself: a bar on a terminal, a line now and then elsewhere; always on standard error."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

Advance = Callable[[int], None]  # so many more are done
LINE_SECONDS = 5.0


def bars(out: Console) -> Progress:
    """Where bars are shown on a terminal; they go when they are done."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, console=out, transient=True)


@contextmanager
def progress(what: str, total: int) -> Iterator[Advance]:
    """Show how many of ``total`` are done."""
    out = Console(stderr=True)
    if not out.is_terminal:
        yield _lines(out, what, total)
        return
    with bars(out) as bar:
        task = bar.add_task(what, total=total)
        yield lambda number: bar.advance(task, number)


def _lines(out: Console, what: str, total: int) -> Advance:
    done, said = 0, -LINE_SECONDS  # the first one at once: it tells how much there is to do

    def advance(number: int) -> None:
        nonlocal done, said
        done += number
        if done < total and monotonic() - said >= LINE_SECONDS:
            said = monotonic()
            out.print(f"{what}: {done:,} of {total:,}", markup=False, soft_wrap=True)

    return advance
