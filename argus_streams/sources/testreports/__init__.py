"""Reports of test runs: JUnit's XML, and the JSON of Playwright, jest, pytest, mocha and Cypress."""

from collections.abc import Callable, Iterator, Mapping, Sequence

import msgspec
from msgspec import Raw, Struct

from argus_streams.core import fields
from argus_streams.core.clip import Limits
from argus_streams.core.events import Framework, Item, TestFailure
from argus_streams.core.healing.failures.cause import with_cause
from argus_streams.core.source import Body, Source
from argus_streams.errors import Malformed
from argus_streams.sources.testreports import jest, junit, mocha, playwright, pytest_json
from argus_streams.sources.testreports.parts import Parts
from argus_streams.sources.testreports.pieces import NOTHING, Piece, told
from argus_streams.sources.testreports.report import About, Outcome, items

_ROOM = 64 * 1024 * 1024  # bytes
_PARTS = Limits().parts
_BRACKETS = 8 * _PARTS  # which open: the fewest bytes that take the longest to be looked through
_BOM = b"\xef\xbb\xbf"
_XML = (b"<", b"\x00<", b"\xff\xfe", b"\xfe\xff")
_UNKNOWN = "known are JUnit's XML and the JSON of Playwright, jest, pytest-json-report, mocha and mochawesome"


class _Root(Struct, frozen=True, rename="camel"):
    """The fields that tell reports apart."""

    config: Raw = NOTHING
    suites: Raw = NOTHING
    test_results: Raw = NOTHING
    stats: Raw = NOTHING
    results: Raw = NOTHING
    passes: Raw = NOTHING
    failures: Raw = NOTHING
    exitcode: Raw = NOTHING
    summary: Raw = NOTHING


Reader = Callable[[Piece, About, Parts], Iterator[Outcome]]
_READERS: Sequence[tuple[tuple[str, ...], Framework, Reader]] = (
    (("config", "suites"), "playwright", playwright.read),
    (("test_results",), "jest", jest.read),
    (("exitcode", "summary"), "pytest", pytest_json.read),
    (("stats", "results"), "mocha", mocha.read),
    (("stats", "passes", "failures"), "mocha", mocha.read),
)


def read(body: Body) -> Sequence[Item]:
    """A signal about the report and each of its tests that did not pass."""
    return [with_cause(item) if isinstance(item, TestFailure) else item for item in _items(body)]


def _items(body: Body) -> Sequence[Item]:
    start = body.value[:1024].removeprefix(_BOM).lstrip()
    if start.startswith(_XML):
        return items(junit.read(body.value, _about(body.headers, "junit"), Parts(_PARTS)))
    if body.value.count(b"[") + body.value.count(b"{") > _BRACKETS:
        raise Malformed("too many parts", f"more than {_BRACKETS:,} objects and arrays")
    try:
        value = fields.repaired(body.value)  # once, for each piece would need it again
        root = fields.decode_as(value, _Root)
    except msgspec.ValidationError as error:
        raise Malformed("not a test report", _UNKNOWN) from error
    for names, framework, reader in _READERS:
        if all(told(getattr(root, name)) for name in names):
            return items(reader(memoryview(value), _about(body.headers, framework), Parts(_PARTS)))
    raise Malformed("not a test report", _UNKNOWN)


def _about(headers: Mapping[str, str], framework: Framework) -> About:
    """What the sender says beside the report, under the names of JUnit's properties."""
    return About(framework=framework, delivery_id=headers.get("ce_id") or None).told(headers)


SOURCE = Source("testreports", "Test reports: JUnit XML; Playwright, jest, pytest, mocha, Cypress JSON", read, _ROOM)
