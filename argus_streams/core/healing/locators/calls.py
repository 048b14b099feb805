"""A line of a test's code as the calls that it is: ``page.getByRole('button', { name: 'Save' }).first()``.

Nothing is run and nothing is resolved: what is no literal is told as code. Whoever cut the line short is forgiven, for
most reports do.
"""

from typing import NamedTuple

from argus_streams.core.healing.locators.tokens import OPEN_ENDED, Token, tokens
from argus_streams.errors import Malformed

_DEEPEST = 24  # values inside values
_CLOSERS = {")", "]", "}"}
_OPENERS = {"(", "[", "{"}
_SEPARATORS = {":", "=", "=>"}
_PREFIXES = {"await", "return", "yield"}
_PATTERNS = {"re.compile", "RegExp", "Pattern.compile", "new RegExp", "Regex"}


class Text(NamedTuple):
    """A string, put together or not."""

    value: str
    dynamic: bool
    quote: str


class Pattern(NamedTuple):
    """A regular expression."""

    source: str
    flags: str


class Code(NamedTuple):
    """Anything that is no literal, and numbers."""

    source: str


class Options(NamedTuple):
    """An object of named values, or the arguments that are given by name."""

    told: "dict[str, Value]"


class Call(NamedTuple):
    """One call of a chain; ``[2]`` is a call of ``[]``, a property behind a call is one without arguments."""

    name: str
    arguments: "tuple[Value, ...]"
    ends: tuple[int, ...]  # where each argument ends in the code
    start: int  # where the name stands
    end: int  # behind the last bracket
    opened: bool  # with brackets

    @property
    def options(self) -> "dict[str, Value]":
        """The last object among the arguments."""
        found = [each for each in self.arguments if isinstance(each, Options)]
        return {plain_name(name): value for name, value in found[-1].told.items()} if found else {}


class Chain(NamedTuple):
    """Calls one after the other; ``receiver`` is the code in front of the first."""

    receiver: str
    calls: tuple[Call, ...]
    source: str


Value = Text | Pattern | Code | Options | Chain


def plain_name(name: str) -> str:
    """A name as JavaScript writes it: get_by_role and GetByRole are getByRole."""
    first, *more = name.split("_") if name[:1].isalpha() else [name]
    return first[:1].lower() + first[1:] + "".join(each[:1].upper() + each[1:] for each in more)


def chain(code: str) -> Chain:
    """The chain of calls that the code is; ``Malformed`` where it is none."""
    reader = _Reader(code)
    value = reader.value(0)
    if not isinstance(value, Chain) or not value.calls:
        raise Malformed("no call")
    return value


class _Reader:
    """Reads from left to right, and never back."""

    def __init__(self, code: str) -> None:
        self._code = code
        self._tokens = tokens(code)
        self._at = 0

    def value(self, depth: int) -> Value:
        """The next value, up to what separates it from others."""
        if depth > _DEEPEST:
            raise Malformed("nested too deep")
        start = self._start()
        told = self._primary(depth)
        while isinstance(told, Text) and (self._sees("+") or self._kind() == "string"):
            self._at += self._sees("+")
            told = self._joined(told, self._primary(depth))
        if isinstance(told, Code) and self._sees("+"):
            told = self._concatenated(told, depth)
        if self._ended() or (depth == 0 and isinstance(told, Chain)):
            return told
        self._skip()
        return Code(self._code[start : self._end()].strip())

    def _concatenated(self, first: Code, depth: int) -> Value:
        told: Value = Text(f"${{{first.source}}}", dynamic=True, quote="")
        while self._sees("+") and isinstance(told, Text):
            self._at += 1
            told = self._joined(told, self._primary(depth))
        return told

    def _joined(self, left: Text, right: Value) -> Text:
        if isinstance(right, Text):
            return Text(left.value + right.value, left.dynamic or right.dynamic, left.quote or right.quote)
        source = right.source if isinstance(right, Code | Pattern) else "…"
        return Text(f"{left.value}${{{source}}}", dynamic=True, quote=left.quote)

    def _primary(self, depth: int) -> Value:
        token = self._peek()
        if token is None:
            return Code(OPEN_ENDED)
        if token.kind == "string":
            self._at += 1
            return Text(token.value, token.dynamic, token.quote)
        if token.kind == "regex":
            self._at += 1
            return Pattern(token.value, token.quote)
        if token.value == "{":
            return self._object(depth)
        return self._chain(depth) if token.kind == "name" else self._other(depth)

    def _other(self, depth: int) -> Value:
        """A number, or something in brackets."""
        start = self._start()
        if self._sees("("):
            self._at += 1
            inside = self.value(depth + 1)
            self._skip_to(")")
            if isinstance(inside, Chain):
                return self._behind(inside, depth)
        elif self._peek() is not None and not self._ended():
            self._balanced()
        return Code(self._code[start : self._end()])

    def _object(self, depth: int) -> Options:
        told = dict[str, Value]()
        self._at += 1
        while (token := self._peek()) is not None and not self._sees("}"):
            self._at += 1
            if self._sees(*_SEPARATORS):
                self._at += 1
                told[token.value] = self.value(depth + 1)
            elif token.kind == "name":
                told[token.value] = Code(token.value)
                self._skip()
            self._at += self._sees(",")
        self._at += 1
        return Options(told)

    def _chain(self, depth: int) -> Value:
        """Names and calls; a name alone is code."""
        while (token := self._peek()) is not None and token.value in _PREFIXES:
            self._at += 1
        new = self._sees("new")
        self._at += new
        start = self._start()
        if self._kind() == "name":
            self._at += 1
        return self._plain(start, self._calls(start, depth), depth, new=new)

    def _plain(self, start: int, told: Chain, depth: int, *, new: bool) -> Value:
        """The chain, or what it is a longer word for."""
        if not told.calls:
            return Code(self._code[start : self._end()])
        first = told.calls[0]
        called = told.receiver + first.name
        if called in _PATTERNS and first.arguments and isinstance(first.arguments[0], Text):
            flags = self._code[first.ends[0] : first.end].lower()
            return Pattern(first.arguments[0].value, "i" if "i" in flags.replace("re.", "").strip(" ,)") else "")
        if new or called.endswith("Options"):
            return self._built(told, depth)
        return told

    def _built(self, told: Chain, depth: int) -> Options:
        """The options of Java and C#: ``new Options().setName("x")``, ``new() { Name = "x" }``."""
        named = dict[str, Value]()
        for call in told.calls:
            if call.name.startswith("set") and call.arguments:
                named[call.name[3:]] = call.arguments[0]
        if self._sees("{"):
            named |= self._object(depth).told
        return Options(named)

    def _calls(self, start: int, depth: int) -> Chain:
        calls, name = list[Call](), start  # where the name of the next call stands
        receiver = self._code[start:start]
        while True:
            if self._sees(".", "?.", "::"):
                self._at += 1
                name = self._start()
                self._at += self._kind() == "name"
                if calls and not self._sees("("):
                    calls.append(Call(self._code[name : self._end()], (), (), name, self._end(), opened=False))
            elif self._sees("("):
                receiver = receiver if calls else self._code[start:name]
                calls.append(self._call(self._code[name : self._end()], name, depth))
            elif self._sees("[") and calls:
                calls.append(self._call("[]", self._start(), depth))
            elif self._sees("!"):
                self._at += 1
            else:
                return Chain(receiver, tuple(calls), self._code[start : self._end()])

    def _behind(self, inside: Chain, depth: int) -> Chain:
        """``(await page.$('x')).click()``: the calls behind the bracket belong to the same chain."""
        more = self._calls(self._end(), depth)
        return Chain(inside.receiver, (*inside.calls, *more.calls), inside.source + more.source)

    def _call(self, name: str, start: int, depth: int) -> Call:
        arguments, ends, named = list[Value](), list[int](), dict[str, Value]()
        self._at += 1
        while (token := self._peek()) is not None and not self._sees(*_CLOSERS):
            if token.kind == "name" and self._follows("="):
                self._at += 2
                named[token.value] = self.value(depth + 1)
            else:
                arguments.append(self.value(depth + 1))
                ends.append(self._end())
            self._at += self._sees(",", ";")
        if named:
            arguments.append(Options(named))
            ends.append(self._end())
        self._at += 1
        return Call(name, tuple(arguments), tuple(ends), start, self._end(), opened=True)

    def _skip(self) -> None:
        """To what separates this value from the next."""
        while not self._ended():
            self._balanced()

    def _skip_to(self, closer: str) -> None:
        while self._peek() is not None and not self._sees(closer):
            self._balanced()
        self._at += 1

    def _balanced(self) -> None:
        """One word, or all between two brackets."""
        depth = 0
        while (token := self._peek()) is not None:
            depth += (token.value in _OPENERS and token.kind == "mark") - (
                token.value in _CLOSERS and token.kind == "mark"
            )
            self._at += 1
            if depth <= 0:
                return

    def _ended(self) -> bool:
        token = self._peek()
        return token is None or (token.kind == "mark" and token.value in {",", ";", *_CLOSERS})

    def _peek(self) -> Token | None:
        return self._tokens[self._at] if self._at < len(self._tokens) else None

    def _kind(self) -> str:
        token = self._peek()
        return token.kind if token else ""

    def _sees(self, *marks: str) -> bool:
        token = self._peek()
        return token is not None and token.value in marks and token.kind in {"mark", "name"}

    def _follows(self, mark: str) -> bool:
        behind = self._at + 1
        return behind < len(self._tokens) and self._tokens[behind][:2] == ("mark", mark)

    def _start(self) -> int:
        token = self._peek()
        return token.start if token else len(self._code)

    def _end(self) -> int:
        at = min(self._at, len(self._tokens)) - 1
        return self._tokens[at].end if at >= 0 else 0
