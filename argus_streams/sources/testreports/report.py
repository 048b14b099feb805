"""What reports of all tools have in common: where they come from, and what becomes of their tests."""

import re
from collections.abc import Iterable, Mapping
from itertools import islice
from sys import getsizeof
from typing import Any

from msgspec import Struct, structs

from argus_streams.core import fields
from argus_streams.core.clip import Limits, clean
from argus_streams.core.events import Framework, Ignored, Item, Signal, TestFailure, TestStatus
from argus_streams.errors import Malformed

JOINT = " \u203a "  # between the titles of suites and of the test
MOST = Limits().items - 1  # failures of a report, beside its signal
_WHOLE = 16_000_000  # bytes in memory of all messages and stacks of a report ...
_SHORT = 1024  # ... and characters of each one after that
_NAME = 2_048  # characters
_MENTIONS = 100  # of a file in a stack, among which its line is looked for
TEXT = 256 * 1024  # characters of what a failure says, of which the rest is no use to anybody
DEEPEST = 32  # suites inside suites
# What tools call the same thing, in JUnit's properties.
_PROPERTIES: Mapping[str, tuple[str, ...]] = {
    "repository": ("repository", "git.repository"),
    "branch": ("branch", "git.branch"),
    "commit": ("commit", "git.commit", "commit_sha"),
    "service": ("service",),
    "environment": ("environment", "env"),
    "release": ("release", "version"),
    "link": ("link", "build_url"),
    "url": ("url", "base_url"),
}
KNOWN = frozenset(each for names in _PROPERTIES.values() for each in names)
# Colours and links of a terminal. XML can not say ESC: pytest spells it, and JUNIT reads DEL for it. Linear-time: a run
# that is read holds no place where another could begin.
_ANSI = re.compile(
    r"(?:[\x1b\x7f]|#x1B)(?:\[[0-?]*[ -/]*[@-~]|\](?:[^\x07\x1b\x7f#]++|#(?!x1B))*+(?:\x07|[\x1b\x7f]\\))"
)
# A word that ends so is a type by itself; "Failed" alone begins sentences as well.
_TYPE = re.compile(
    r"(?:Uncaught )?((?:[\w$.\\]*(?:Error|Exception)|[\w$.\\]+(?:Failure|Failed))"
    r"(?=(?: \[\w+\])?(?: ?:|[^\S\n]*(?:\n|\Z)))"
    r"|(?:Failure|Failed)(?=:))"
)
_ANY_TYPE = re.compile(r"(?:Uncaught )?([A-Za-z_$][\w$.]*): ")  # where calls follow, whatever its name
_CALL = re.compile(r"\n[ \t]+(?:at|\u276f) ")  # of JavaScript, Java, .NET; Vitest points with an arrow
_TIMED_OUT = re.compile(
    r"(?:[\w.]+: )?(?:thrown: \")?(?:Test timeout of |Timeout of |Exceeded timeout of |Timeout \(?>)"
    r"|(?:Error: )?(?:(?:Test|Hook) timed out in |STACK_TRACE_ERROR)"  # Vitest's; its JSON tells no more
    r"|.*TestTimedOutException|test timeout\Z"  # JUnit 4's, cargo-nextest's
)
_MARKED = re.compile(r"^E  .*", re.MULTILINE)
_MOST_MARKED = 1_000  # lines
_BEFORE = re.compile(r"(?<![\w.-])")  # the name of a file, not the end of another
_LINE = re.compile(r"(?::(?:line )?|\", line )(\d{1,9})\b")
_PYTEST = re.compile(r"(?P<file>[^\s:][^:]*):(?P<line>\d{1,9}): (?P<type>[\w.]+)\Z")  # the last line of its texts


class About(Struct, frozen=True, kw_only=True):
    """Where a report comes from, as far as it or its headers say."""

    framework: Framework = "junit"
    name: str | None = None
    started: int | None = None  # ms
    repository: str | None = None
    branch: str | None = None
    commit: str | None = None
    service: str | None = None
    environment: str | None = None
    release: str | None = None
    link: str | None = None
    url: str | None = None
    delivery_id: str | None = None

    def told(self, names: Mapping[str, str]) -> "About":
        """With what these properties or headers add; what was said before stands."""
        found = {
            name: names[each]
            for name, known in _PROPERTIES.items()
            for each in reversed(known)  # the first of them stays
            if names.get(each)
        }
        return self.adding(**found) if found else self

    def adding(self, **more: Any) -> "About":
        """With these fields where they are empty."""
        found = {name: each for name, each in more.items() if each is not None and getattr(self, name) is None}
        return structs.replace(self, **found) if found else self

    def failure(self, test: str | None, status: TestStatus, **more: Any) -> TestFailure:
        """A test of this report that did not pass."""
        context = {name: getattr(self, name) for name in _PROPERTIES}
        known = {"framework": self.framework, "delivery_id": self.delivery_id, "occurred_at": self.started}
        return TestFailure(test=test or "a test without a name", status=status, **{**known, **context, **more})


Outcome = TestFailure | About | None  # of one test, ``None`` = it passed; where the report comes from, before its tests


def items(outcomes: Iterable[Outcome]) -> list[Item]:
    """A signal about the report, then each test that did not pass."""
    about, total, failures, spent = About(), 0, list[TestFailure](), 0
    for outcome in outcomes:
        if isinstance(outcome, About):
            about = outcome
            continue
        total += 1
        if outcome is not None:
            spent += getsizeof(outcome.message) + getsizeof(outcome.stack)
            named = _identified(outcome, len(failures))
            failures.append(named if spent <= _WHOLE else _shortened(named))
        if len(failures) > MOST:
            raise Malformed("too many items", f"more than {MOST:,} tests failed")
    return [_signal(about, total, failures), *failures] if total else [Ignored("a report without tests")]


def _identified(failure: TestFailure, number: int) -> TestFailure:
    """With an id of the delivery's where the tool gives none, so that it is known when it is delivered again."""
    if failure.vendor_id or not failure.delivery_id:
        return failure
    return structs.replace(failure, vendor_id=f"{failure.delivery_id}:{number}:{failure.test[:200]}")


def _shortened(failure: TestFailure) -> TestFailure:
    told = {name: getattr(failure, name) for name in ("message", "stack")}
    return structs.replace(failure, **{name: text and clean(text, _SHORT) for name, text in told.items()})


def _signal(about: About, total: int, failures: list[TestFailure]) -> Signal:
    flaky = sum(each.status == "flaky" for each in failures)
    failed = len(failures) - flaky
    of = f"{failed or total:,} of {total:,} tests {'failed' if failed else 'passed'}"
    here = f"{about.repository}@{about.commit}" if about.repository and about.commit else about.commit
    return Signal(
        kind="ci",
        subject=here or about.name or f"{about.framework} tests",
        title=f"{of}, {flaky:,} flaky" if flaky else of,
        status="failed" if failed else "passed",
        count=failed,
        service=about.service,
        environment=about.environment,
        release=about.release,
        repository=about.repository,
        branch=about.branch,
        commit=about.commit,
        link=about.link,
        occurred_at=about.started,
        vendor_id=fields.composed("report", about.framework, about.delivery_id),
        delivery_id=about.delivery_id,
    )


def plain(text: str | None) -> str | None:
    """The text without a terminal's colours and without blank lines around it."""
    if not text:
        return None
    return (_ANSI.sub("", text) if "\x1b" in text or "\x7f" in text or "#x1B" in text else text).strip() or None


def type_of(text: str | None) -> str | None:
    """The exception's type that a message or a stack begins with."""
    found = _TYPE.match(text or "") or (_ANY_TYPE.match(text) if text and _CALL.search(text) else None)
    return found[1] if found else None


def together(texts: Iterable[str | None]) -> str:
    """The texts that there are, one below the other; as many of them, lazily read, as ``TEXT`` has room for."""
    told, room = list[str](), TEXT
    for text in texts:
        if text:
            told.append(text[:room])
            room -= len(text)
        if room <= 0:
            break
    return "\n\n".join(told)


def before_calls(text: str | None) -> str | None:
    """What stands before the calls of a stack."""
    call = _CALL.search(text) if text else None
    return (text or "")[: call.start() if call else None].strip() or None


def marked(text: str | None) -> str | None:
    """The lines that pytest marks as the error's."""
    lines = islice(_MARKED.finditer(text), _MOST_MARKED) if text else ()
    return "\n".join(line[0][1:].strip() for line in lines) or None


def crash(text: str | None) -> re.Match[str] | None:
    """Where pytest's text ends: the `file`, `line` and `type` of what was raised."""
    return _PYTEST.match((text or "").rpartition("\n")[2].strip()[:500])


def timed_out(message: str | None) -> bool:
    """Whether the whole test took too long; an action inside it that did is a failure like others."""
    return _TIMED_OUT.match((message or "")[:200]) is not None


def line_in(stack: str | None, file: str | None) -> int | None:
    """The first line of this file among a stack's calls, else in all of it."""
    name = file[-_NAME:].replace("\\", "/").rpartition("/")[2] if file else ""
    if not stack or not name or name not in stack:
        return None
    call = _CALL.search(stack)
    line = _line_after(name, stack, call.start()) if call else None
    return line if line is not None else _line_after(name, stack, 0)


def _line_after(name: str, stack: str, start: int) -> int | None:
    """The first line that stands behind this name, found as text: a pattern would be compiled for each new name."""
    at = start - 1
    for _ in range(_MENTIONS):
        at = stack.find(name, at + 1)
        if at < 0:
            break
        found = _LINE.match(stack, at + len(name))
        if found and _BEFORE.match(stack, at):
            return int(found[1])
    return None


def joined(*titles: str | None) -> str | None:
    """A full name out of the titles that there are, at most 2,048 characters: suites are in the name of each test."""
    return JOINT.join(title[:_NAME] for title in titles if title)[:_NAME] or None
