"""What a person sees while the demo runs: a live table on a terminal, plain lines elsewhere."""

from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from time import monotonic
from typing import Protocol

from rich.console import Console
from rich.console import Group as Stack
from rich.live import Live
from rich.text import Text

from argus_streams import console as layout
from argus_streams.core.messages import Group
from argus_streams.demo.scene import ENVIRONMENT, Scene

LATELY = 24  # updates in a sparkline
SAID = 3  # lines of the plot that stay
FRAME = SAID + 7  # lines of the screen that are no rows: title, head and its rules, what more there is, Ctrl-C
PLAIN_SECONDS = 10.0


class Screen(Protocol):
    """Where the demo shows itself."""

    def say(self, line: str) -> None:
        """Tell a turn of the plot."""
        ...

    def update(self, groups: Sequence[Group]) -> None:
        """Show the groups as they are now."""
        ...


@contextmanager
def screen(console: Console, stage: Scene) -> Iterator[Screen]:
    """The screen that fits the console."""
    for line in _hints(stage):
        console.print(line, markup=False, soft_wrap=True)  # lines that people copy are not broken
    if not console.is_terminal:
        yield _Lines(console)
        return
    with Live(console=console, refresh_per_second=4, redirect_stderr=False) as live:
        yield _Picture(live)


def _hints(stage: Scene) -> list[str]:
    return [
        "",
        f"Kafka     {stage.kafka}",
        f"Postgres  {stage.postgres}",
        f"Logs      {stage.logs}",
        "",
        "In another terminal:",
        f"  . {stage.logs / ENVIRONMENT}",
        "  argus groups, argus group ID, argus group ID resolve",
        "  argus incidents, argus incident ID, argus analysis ID, argus scores --project shop",
        "  argus heal decisions --project shop",
        '  psql "$DATABASE_URL" -c "select title, count from argus_live.error_groups"',
        "",
    ]


class _Trend:
    """How many each group gained at each update."""

    def __init__(self) -> None:
        self._last: dict[str, int] = {}
        self.gains: dict[str, deque[int]] = {}

    def add(self, groups: Sequence[Group]) -> None:
        for group in groups:
            gained = group.count - self._last.get(group.fingerprint, 0)
            self.gains.setdefault(group.fingerprint, deque(maxlen=LATELY)).append(gained)
            self._last[group.fingerprint] = group.count


class _Picture:
    """The live table, the plot's lines below it."""

    def __init__(self, live: Live) -> None:
        self._live = live
        self._trend = _Trend()
        self._said: deque[str] = deque(maxlen=SAID)
        self._groups: Sequence[Group] = ()

    def say(self, line: str) -> None:
        self._said.append(line)
        self._draw()

    def update(self, groups: Sequence[Group]) -> None:
        self._trend.add(groups)
        self._groups = sorted(groups, key=lambda group: -group.count)
        self._draw()

    def _draw(self) -> None:
        width, height = self._live.console.size
        shown = self._groups[: max(1, height - FRAME)]
        table = layout.groups_table(shown, self._trend.gains, _summary(self._groups), width)
        more = len(self._groups) - len(shown)
        lines = [Text(f"… and {more} more", "dim")] if more else []
        lines += [Text(f"▸ {line}", no_wrap=True, overflow="ellipsis") for line in self._said]
        self._live.update(Stack(table, *lines, Text("Ctrl-C ends it all", "dim")))


class _Lines:
    """One summary every ten seconds, the plot's lines as they come."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._told = monotonic() - PLAIN_SECONDS

    def say(self, line: str) -> None:
        self._console.print(f"▸ {line}", markup=False, soft_wrap=True)

    def update(self, groups: Sequence[Group]) -> None:
        if monotonic() - self._told < PLAIN_SECONDS or not groups:
            return
        self._told = monotonic()
        senders = sorted({source for group in groups for source in group.sources})
        self._console.print(f"{_summary(groups)} by {', '.join(senders)}", markup=False, soft_wrap=True)


def _summary(groups: Sequence[Group]) -> str:
    problems, events = len(groups), sum(group.count for group in groups)
    return f"{problems} problem{'s' * (problems != 1)} out of {events:,} event{'s' * (events != 1)}"
