"""The demo from curtain to curtain: publish, show, let the plot happen, drain, account."""

import asyncio
import json
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from time import monotonic, time
from types import FrameType
from typing import Any, NamedTuple

import msgspec
from rich.console import Console

from argus_streams import app, asking
from argus_streams.adapters.contracts import data_folder
from argus_streams.auditing import report
from argus_streams.core.audit.verdict import Verdict
from argus_streams.core.messages import Command, Group
from argus_streams.demo.accounting import Accountant
from argus_streams.demo.scene import Scene, scene
from argus_streams.demo.screen import Screen, screen
from argus_streams.demo.story import HERO, PROJECT, Act, Story, beats
from argus_streams.demo.variation import Sample
from argus_streams.errors import Unavailable
from argus_streams.foreign import harmless
from argus_streams.healing import known
from argus_streams.publishing import Publication
from argus_streams.settings import Settings

ENDS = (signal.SIGTERM, signal.SIGHUP)  # end it as Ctrl-C does: a folder with a password would stay
LOOP_SECONDS = 60.0  # the plot of a demo that runs until Ctrl-C
TICK_SECONDS = 0.5
DRAIN_SECONDS = 60.0
GROUPS = 1_000  # more than there are samples
SEED = 7


class Plan(NamedTuple):
    """What the command line asked for."""

    seconds: float | None  # publishing time; None = until Ctrl-C
    rate: float  # bodies a second
    data: Path | None
    as_json: bool


def run(given: Settings, plan: Plan) -> int:
    """Run the demo; 0 when the ledger closes, 1 when anything is missing."""
    for number in ENDS:
        signal.signal(number, _as_ctrl_c)
    console = Console(stderr=plan.as_json or not sys.stdout.isatty(), highlight=False)
    with scene(given, plan.data, lambda line: console.print(line, markup=False)) as stage:
        return asyncio.run(_perform(stage, plan, console))


def samples() -> list[Sample]:
    """All cases of all sources' sample files."""
    return [
        Sample(file.stem, case["case"], case.get("headers") or {}, case["body"])
        for file in sorted(data_folder("samples").glob("*.json"))
        for case in json.loads(file.read_text(encoding="utf-8"))
    ]


def _as_ctrl_c(_: int, __: FrameType | None) -> None:
    signal.raise_signal(signal.SIGINT)


@contextmanager
def _asked_to_end() -> Iterator[asyncio.Event]:
    """Set by the first signal that asks for the end: a cancellation may be lost in what is awaited."""
    loop, ending = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGINT, *ENDS):
        loop.add_signal_handler(number, ending.set)
    try:
        yield ending
    finally:
        for number in (signal.SIGINT, *ENDS):
            loop.remove_signal_handler(number)
        for number in ENDS:
            signal.signal(number, _as_ctrl_c)


async def _perform(stage: Scene, plan: Plan, console: Console) -> int:
    accountant = Accountant(stage.settings)
    await accountant.open()
    with screen(console, stage) as shown:
        actors = _Actors(stage, shown, plan.seconds or LOOP_SECONDS)
        with _asked_to_end() as ending:
            await actors.play(plan, ending)
        if ending.is_set():
            shown.say("ending")
        shown.say("publishing has stopped: waiting until everything is stored")
        drained = await accountant.drained(DRAIN_SECONDS, stage.workers.check)
        found = await actors.groups()
        shown.update(found)
    verdict = await accountant.verdict()
    totals = verdict.total.ledger()
    if not drained:
        console.print(f"the pipeline did not drain within {DRAIN_SECONDS:.0f} s; its logs: {stage.logs}")
    if plan.as_json:
        sys.stdout.buffer.write(
            msgspec.json.encode({"groups": [_told(each) for each in found], "ledger": totals}) + b"\n"
        )
        sys.stdout.flush()
    _close(console, verdict)
    return int(not (verdict.clean and drained))


class _Actors:
    """Publishes the story and makes its beats happen."""

    def __init__(self, stage: Scene, shown: Screen, seconds: float) -> None:
        self._stage = stage
        self._shown = shown
        self._publisher = asking.publisher(stage.settings)
        self._story = Story(samples(), SEED)
        self._beats = list(beats(seconds))
        self._seen: Sequence[Group] = ()
        self._healed = False

    async def play(self, plan: Plan, ending: asyncio.Event) -> None:
        """Publish at a steady rate until the time is over, or the end is asked for."""
        started, published, drawn = monotonic(), 0, 0.0
        while not ending.is_set() and (plan.seconds is None or monotonic() - started < plan.seconds):
            elapsed = monotonic() - started
            due = int(elapsed * plan.rate) + 1 - published
            bodies = [self._story.next(time()) for _ in range(due)]
            await self._publisher.publish([Publication(b.source, PROJECT, b.headers, b.value) for b in bodies])
            published += due
            self._stage.workers.check()
            await self._act(elapsed)
            if elapsed - drawn >= 1.0:
                self._shown.update(await self._look())
                drawn = elapsed
            with suppress(TimeoutError):
                async with asyncio.timeout(TICK_SECONDS):
                    await ending.wait()

    async def _look(self) -> Sequence[Group]:
        """What Postgres holds, or held before it went away."""
        try:
            self._seen = await self.groups()
            await self._tell_healed()
        except Unavailable as error:
            self._shown.say(f"{error}: the store worker holds, nothing is lost")
        return self._seen

    async def _tell_healed(self) -> None:
        """Tell of the first broken locator that something can be put in the place of."""
        if self._healed:
            return
        for each in await known.decisions(self._stage.settings, PROJECT, verdicts=("apply", "validate"), limit=1):
            told = f"“{each.test}” broke by its locator: {each.locator} may be {each.healed} now ({each.verdict})"
            self._shown.say(harmless(told))
            self._healed = True

    async def groups(self) -> Sequence[Group]:
        """What Postgres holds now. Raises ``Unavailable``."""
        return await asking.groups(self._stage.settings, project=PROJECT, statuses=(), limit=GROUPS)

    async def _act(self, elapsed: float) -> None:
        while self._beats and self._beats[0].at <= elapsed:
            beat = self._beats.pop(0)
            if await self._done(beat.act):
                self._shown.say(beat.line)

    async def _done(self, act: Act) -> bool:
        match act:
            case "resolve":
                return await self._resolve()
            case "return":
                self._story.quiet = False
            case "kill":
                role: app.Role = "correlate"
                self._stage.workers.kill(role)
        return True

    async def _resolve(self) -> bool:
        hero = [each for each in self._seen if each.type == HERO]
        if not hero:
            return False
        self._story.quiet = True
        await self._publisher.command(
            Command(project=PROJECT, fingerprint=hero[0].fingerprint, action="resolve", by="the demo")
        )
        return True


def _told(group: Group) -> dict[str, Any]:
    sources = [{"source": source, "count": count} for source, count in sorted(group.sources.items())]
    return {"fingerprint": group.fingerprint, "title": group.title, "count": group.count, "sources": sources}


def _close(console: Console, verdict: Verdict) -> None:
    told = ", ".join(f"{name} {count:,}" for name, count in verdict.total.ledger().items())
    console.print(f"\nThe ledger: {told}", markup=False, soft_wrap=True)
    if verdict.clean:
        console.print("Every body and every event is accounted for.")
    else:
        console.print("SOMETHING IS MISSING OR DOUBLE.")
        report.show(verdict, console)
