"""JUnit's XML, as Ant, Maven Surefire, pytest, Playwright and many others write it.

There is no standard; https://github.com/testmoapp/junitxml tells what is common. A document type is refused, and with
it every entity but XML's own five. What is no part of a failure is never kept, however large it is.
"""

from collections.abc import Iterator, Mapping
from xml.parsers import expat

from argus_streams.core import fields
from argus_streams.errors import Malformed
from argus_streams.sources.testreports.case import PROBLEMS, Case, Problem, failure
from argus_streams.sources.testreports.parts import Parts
from argus_streams.sources.testreports.report import DEEPEST, KNOWN, TEXT, About, Outcome

_CHUNK = 64 * 1024
_LONGEST = 4 * 1024 * 1024  # bytes of one tag with its attributes, or of one comment
_NAMES = 64 * 1024  # characters of all different names of elements and attributes, which the parser remembers
_PROBLEMS = 100  # of a test that are told
# What is read of suites, tests and problems, and how many characters of it.
_ATTRIBUTES: Mapping[str, int] = {
    **dict.fromkeys(("name", "classname", "type", "file", "filepath", "hostname"), 4_096),
    **dict.fromkeys(("time", "timestamp", "line", "status"), 100),
    "message": 32 * 1024,
}
_OUTPUT = ("system-out", "system-err")
_SUITES = ("testsuites", "testsuite")
_ROOT = "Root Suite"
_UNRUN = frozenset({"notrun", "skipped", "disabled", "pending", "ignored"})  # what GoogleTest and others say instead
_UNFINISHED = ("no element found", "unclosed token", "unclosed CDATA section", "partial character")
# Tools forget that XML has no control characters. ESC becomes DEL, which XML has, so that colours can be found.
_FORBIDDEN = bytes(each for each in range(32) if each not in b"\t\n\r")
_REPAIR = bytes.maketrans(_FORBIDDEN, bytes(127 if each == 27 else 63 for each in _FORBIDDEN))  # noqa: PLR2004


def read(body: bytes, about: About, parts: Parts) -> Iterator[Outcome]:
    """Each test of each suite, as the document goes on."""
    reader = _Reader(about, parts)
    parser = reader.parser
    wide = b"\x00" in body[:4] or body[:2] in {b"\xff\xfe", b"\xfe\xff"}  # UTF-16, in which each byte may be anything
    start = 0 if wide else body.find(b"<")
    try:
        for at in range(start, len(body), _CHUNK):
            chunk = body[at : at + _CHUNK]
            parser.Parse(chunk if wide else chunk.translate(_REPAIR), False)  # noqa: FBT003 - not the last
            if at - start - parser.CurrentByteIndex > _LONGEST:
                raise Malformed("not XML", f"a tag or comment of more than {_LONGEST:,} bytes")
            if sum(map(len, parser.intern)) > _NAMES:
                raise Malformed("too many parts", f"different names of more than {_NAMES:,} characters")
            yield from reader.taken()
        parser.Parse(b"", True)  # noqa: FBT003 - the last
    except expat.ExpatError as error:
        unfinished = expat.ErrorString(error.code) in _UNFINISHED
        raise Malformed("truncated" if unfinished else "not XML", str(error)) from error
    except (LookupError, ValueError) as error:
        raise Malformed("unknown encoding", "the XML declaration names one that can not be read") from error
    yield from reader.taken()


class _Reader:
    """Follows a document's tags, and keeps no more than the test that is open."""

    def __init__(self, about: About, parts: Parts) -> None:
        self._about = about
        self._parts = parts
        self._properties: set[str] = set()
        self._told = False  # where the report comes from
        self._open: list[str] = []
        self._suites: list[Mapping[str, str]] = []
        self._root: Mapping[
            str, str
        ] = {}  # file that mocha-junit-reporter tells once, before the suites that are in it
        self._case: Case | None = None
        self._skipped = False
        self._problems: list[Problem] = []
        self._text: list[str] = []
        self._room = 0  # characters of what the open test tells
        self._problem: tuple[str, Mapping[str, str]] | None = None
        self._outcomes: list[Outcome] = []
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True  # else each line and each entity is a call
        self.parser.StartDoctypeDeclHandler = _refuse
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end

    def taken(self) -> list[Outcome]:
        """What was found since the last time."""
        found, self._outcomes = self._outcomes, []
        return found

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        self._parts.count()
        name = tag.rpartition(":")[2]
        if not self._open and name not in _SUITES:
            raise Malformed("not a test report", f"its first element is {name[:80]!r}")
        self._open.append(name)
        if len(self._open) > DEEPEST:
            raise Malformed("nested too deeply", f"more than {DEEPEST} elements inside one another")
        if name in _SUITES:
            self._suite(_kept(attributes))
        elif name == "testcase":
            self._opened(_kept(attributes), self._suites[-1])
        elif name in ("failure", "error") and self._case is None:  # of a whole suite, which broke before its tests
            suite = self._suites[-1]
            self._opened({"name": suite.get("name", "")}, suite)
            self._inside(name, attributes)
        elif self._case is not None:
            self._inside(name, attributes)
        elif name == "property":
            self._property(attributes.get("name", "").lower(), attributes.get("value", ""))

    def _property(self, name: str, value: str) -> None:
        """The first of a name tells; each suite may repeat it."""
        if value and name in KNOWN and name not in self._properties:
            self._properties.add(name)
            self._about = self._about.told({name: value})

    def _suite(self, attributes: Mapping[str, str]) -> None:
        if attributes.get("name") == _ROOT:
            self._root = {"file": attributes["file"]} if "file" in attributes else {}
        self._suites.append({**self._root, **attributes})
        whole = len(self._open) == 1  # a suite of several does not name the report
        self._about = self._about.adding(
            name=(attributes.get("name") or None) if whole else None,
            started=fields.instant(attributes.get("timestamp")),
        )

    def _opened(self, attributes: Mapping[str, str], suite: Mapping[str, str]) -> None:
        """A test begins."""
        self._case = Case(attributes, suite)
        self._skipped, self._problems, self._room = attributes.get("status") in _UNRUN, [], TEXT

    def _inside(self, name: str, attributes: dict[str, str]) -> None:
        """A part of a test."""
        if name in PROBLEMS:
            self._problem, self._text = (name, _kept(attributes)), []
            self.parser.CharacterDataHandler = self._data
        elif name == "skipped":
            self._skipped = True
        elif name in _OUTPUT:
            self.parser.CharacterDataHandler = None

    def _data(self, text: str) -> None:
        if self._room > 0:
            self._text.append(text[: self._room])
            self._room -= len(text)

    def _end(self, tag: str) -> None:
        name = tag.rpartition(":")[2]
        self._open.pop()
        if name in _SUITES:
            self._suites.pop()
        elif name == "testcase":
            self._closed()
        elif self._problem is not None and name == self._problem[0]:
            if len(self._problems) < _PROBLEMS:
                self._problems.append(Problem(*self._problem, "".join(self._text)))
            self._problem, self._text = None, []
            self.parser.CharacterDataHandler = None
            if self._open[-1] in _SUITES:
                self._closed()
        elif self._problem is not None and name in _OUTPUT:
            self.parser.CharacterDataHandler = self._data

    def _closed(self) -> None:
        """The open test has ended."""
        case, self._case = self._case, None
        if not self._told:
            self._outcomes.append(self._about)
            self._told = True
        if case is not None and self._problems:
            self._outcomes.append(failure(case, self._problems, self._about))
        elif not self._skipped:
            self._outcomes.append(None)


def _kept(attributes: Mapping[str, str]) -> dict[str, str]:
    return {name: attributes[name][:most] for name, most in _ATTRIBUTES.items() if name in attributes}


def _refuse(*_: object) -> None:
    raise Malformed("a document type", "reports have none, and with one come entities")
