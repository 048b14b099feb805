"""How findings show: a table on a terminal, lines elsewhere, one line of JSON for programs."""

from collections.abc import Sequence

import msgspec
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from argus_streams.core.doctor.finding import VERDICTS, Finding, Verdict
from argus_streams.core.doctor.judging import worst
from argus_streams.foreign import foreign, harmless

STYLES: dict[Verdict, str] = {"wrong": "bold red", "warning": "yellow", "unknown": "magenta", "fine": "green"}


def as_json(findings: Sequence[Finding], seconds: float) -> str:
    """One line for programs."""
    told = {"verdict": worst(tuple(findings)), "seconds": round(seconds, 1), "findings": findings}
    return msgspec.json.encode(told).decode()


def show(findings: Sequence[Finding], seconds: float, out: Console) -> None:
    """All findings, and how many of them are of what verdict."""
    shown = _together(findings)
    if out.is_terminal:
        out.print(_table(shown))
    else:
        for each in shown:
            mend = f"\n{'':9}mend: {each.mend}" if each.mend else ""
            out.print(foreign(f"{each.verdict:<8} {each.check}: {each.what}{mend}"), soft_wrap=True)
    out.print(foreign(f"{_counted(findings)}; {seconds:.1f} s"), soft_wrap=True)


def _together(findings: Sequence[Finding]) -> Sequence[Finding]:
    """Checks that could not look for one reason are a line, where the first of them stands."""
    reasons: dict[str, list[str]] = {}
    for each in findings:
        if each.verdict == "unknown":
            reasons.setdefault(each.what, []).append(each.check)
    shown = []
    for each in findings:
        checks = reasons.pop(each.what, None) if each.verdict == "unknown" else [each.check]
        if checks:
            shown.append(msgspec.structs.replace(each, check=", ".join(dict.fromkeys(checks))))
    return shown


def _table(findings: Sequence[Finding]) -> Table:
    table = Table(box=SIMPLE_HEAD, pad_edge=False, expand=True)
    table.add_column("check", max_width=20)
    table.add_column("verdict", no_wrap=True)
    table.add_column("what", ratio=3, overflow="fold")
    table.add_column("what mends it", ratio=2, overflow="fold")
    for each in findings:
        style = STYLES[each.verdict]
        table.add_row(foreign(each.check), foreign(each.verdict, style), foreign(each.what), foreign(each.mend))
    return table


def _counted(findings: Sequence[Finding]) -> str:
    counts = {verdict: sum(each.verdict == verdict for each in findings) for verdict in VERDICTS}
    return harmless(", ".join(f"{count} {verdict}" for verdict, count in counts.items() if count))
