"""How repairs of broken locators, and the decisions about them, look on a terminal."""

from collections.abc import Sequence

from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from argus_streams.core.moments import moment
from argus_streams.core.repairs import HealingDecision, Pattern
from argus_streams.foreign import foreign

STANDINGS = {"active": "green", "suppressed": "yellow", "vetoed": "red", "pinned": "bold cyan"}
VERDICTS = {"apply": "green", "validate": "cyan", "ask": "yellow", "refuse": "red"}


def patterns_table(patterns: Sequence[Pattern], title: str) -> Table:
    """The list, a line a repair."""
    table = Table(title=title, title_justify="left", box=SIMPLE_HEAD, expand=True)
    table.add_column("repair", style="cyan", no_wrap=True)
    table.add_column("broken", ratio=2, overflow="fold")
    table.add_column("healed", ratio=2, overflow="fold")
    table.add_column("scope", ratio=1, overflow="fold")
    table.add_column("held", justify="right", no_wrap=True)
    table.add_column("bound", justify="right", no_wrap=True)
    table.add_column("standing", no_wrap=True)
    table.add_column("why", ratio=2, overflow="fold")
    for each in patterns:
        table.add_row(
            foreign(each.fingerprint.rpartition(":")[2]),
            foreign(each.locator),
            foreign(each.healed),
            foreign(each.scope),
            f"{each.successes:,}/{each.successes + each.failures:,}",
            f"{each.bound:.2f}",
            Text(each.standing, STANDINGS[each.standing]),
            foreign(each.reason),
        )
    return table


def decisions_table(decisions: Sequence[HealingDecision], title: str) -> Table:
    """The list, a line a decision."""
    table = Table(title=title, title_justify="left", box=SIMPLE_HEAD, expand=True)
    table.add_column("when", no_wrap=True)
    table.add_column("test", ratio=2, overflow="fold")
    table.add_column("broken", ratio=2, overflow="fold")
    table.add_column("healed", ratio=2, overflow="fold")
    table.add_column("verdict", no_wrap=True)
    table.add_column("why", ratio=3, overflow="fold")
    for each in decisions:
        table.add_row(
            moment(each.at),
            foreign(each.test),
            foreign(each.locator),
            foreign(each.healed or ""),
            Text(each.verdict, VERDICTS[each.verdict]),
            foreign(f"{each.reason}: {each.detail}"),
        )
    return table
