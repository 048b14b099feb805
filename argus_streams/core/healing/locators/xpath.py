"""XPath 1.0, as far as tests use it; a predicate of any other kind is kept as it is written.

Grammar: https://www.w3.org/TR/1999/REC-xpath-19991116/.
"""

import re
from itertools import pairwise

from argus_streams.core.healing.locators.conditions import DEEPEST, Sealed, attribute, is_dynamic, nth, told
from argus_streams.core.healing.locators.locator import Combinator, Condition, Match, Step
from argus_streams.errors import Malformed

_QUOTED = r"\"[^\"]*\"|'[^']*'"
_VALUE = rf"(?:{_QUOTED}|concat\(\s*(?:{_QUOTED})(?:\s*,\s*(?:{_QUOTED}))*\s*\))"
_LITERAL = re.compile(_QUOTED)
_WORD = re.compile(rf"{_QUOTED}|//?|[|()\[\]]|(?<![\w-])(?:and|or)(?![\w(-])|(?!//?)[^\"'/|()\[\]ao]+|[ao]")
_STEP = re.compile(r"\s*(?:(?P<axis>[a-z-]+)\s*::|(?P<at>@))?\s*(?P<test>\.\.?|\*|[^\W\d][\w.:-]*(?P<type>\(\s*\))?)?")
_OWN_TEXT = r"(?:normalize-space\(\s*(?:\.|text\(\s*\)|string\(\s*\.?\s*\))?\s*\)|text\(\s*\)|string\(\s*\.?\s*\)|\.)"
_TERMS = rf"(?:@(?P<name>[\w:.-]+)|(?P<text>{_OWN_TEXT}))"
_EQUAL = re.compile(rf"{_TERMS}\s*(?P<not>!)?=\s*(?P<value>{_VALUE})\Z")
_NORMALIZED = re.compile(rf"normalize-space\(\s*@(?P<name>[\w:.-]+)\s*\)\s*=\s*(?P<value>{_VALUE})\Z")
_CALLED = re.compile(rf"(?P<call>contains|starts-with|ends-with)\(\s*{_TERMS}\s*,\s*(?P<value>{_VALUE})\s*\)\Z")
_WITHIN_CLASS = re.compile(
    r"contains\(\s*concat\(\s*(['\"]) \1\s*,\s*(?:normalize-space\(\s*)?@class(?:\s*\))?\s*,\s*(['\"]) \2\s*\)"
    rf"\s*,\s*(?P<value>{_VALUE})\s*\)\Z"
)
_PRESENT = re.compile(r"@(?P<name>[\w:.-]+)\Z")
_NAMED = re.compile(rf"(?:local-)?name\(\s*\)\s*=\s*(?P<value>{_VALUE})\Z")
_NOT = re.compile(r"not\s*\((?P<inside>.*)\)\Z", re.DOTALL)
_CALLS: dict[str, Match] = {"contains": "substring", "starts-with": "prefix", "ends-with": "suffix"}
_AXES: dict[str, Combinator] = {
    "child": "child",
    "descendant": "descendant",
    "descendant-or-self": "descendant",
    "parent": "parent",
    "following-sibling": "sibling",
    "self": "filter",
}


def xpath(selector: str, depth: int = 0) -> tuple[Step, ...]:
    """The steps of an XPath; ``Malformed`` where it is none."""
    return _XPath(selector, depth).steps()


class _XPath:
    def __init__(self, selector: str, depth: int) -> None:
        if depth > DEEPEST:
            raise Malformed("nested too deep")
        self._depth = depth
        self._sealed = Sealed(selector)

    def steps(self) -> tuple[Step, ...]:
        ways = _split(self._sealed.text, "|")
        if len(ways) == 1:
            return self._path(ways[0].strip())
        return (Step((Condition("any", inner=tuple(self._path(way.strip()) for way in ways)),)),)

    def _path(self, text: str) -> tuple[Step, ...]:
        """The steps of a path, which may stand in brackets with a place behind: ``(//a)[2]``."""
        if not text.startswith("("):
            return self._steps(text)
        end = _closed(text, 0)
        inside, rest = text[1:end], text[end + 1 :].strip()
        steps = xpath(self._sealed.opened(inside), self._depth + 1)
        if rest.startswith("["):
            close = _closed(rest, 0)
            steps = (*steps, self._place(rest[1:close].strip()))
            rest = rest[close + 1 :].strip()
        return (*steps, *self._steps(rest)) if rest else steps

    def _steps(self, text: str) -> tuple[Step, ...]:
        steps, deep = list[Step](), True
        for part in _parts(text):
            if part in {"/", "//"}:
                deep = part == "//"
                continue
            step = self._step(part, "descendant" if deep else "child")
            steps += [step] if step else []
            deep = False
        if not steps:
            raise Malformed("an empty selector")
        return tuple(steps)

    def _step(self, text: str, combinator: Combinator) -> Step | None:
        found = _STEP.match(text)
        test = found["test"] if found else None
        predicates = _predicates(text[found.end() :]) if found else []
        if found is None or not (test or found["axis"]):
            sealed = Sealed(self._sealed.opened(text)).text
            if sealed and is_dynamic(self._sealed.opened(text)):
                return Step((told("dynamic", self._sealed.opened(text)),), combinator)
            raise Malformed("no selector")
        if test == ".":
            return None if not predicates else Step(self._all(predicates), "filter")
        if test == "..":
            return Step(self._all(predicates) or (Condition("tag", "*"),), "parent")
        conditions = self._all(predicates)
        if found["at"] or found["type"]:
            return Step((Condition("axis", name=self._sealed.opened(text)), *conditions), "axis")
        combinator = _AXES.get(found["axis"], "axis") if found["axis"] and found["axis"] != "child" else combinator
        if combinator == "axis":
            conditions = (Condition("axis", name=found["axis"]), *conditions)
        tag = (test or "*").rpartition(":")[2]
        return Step(
            ((Condition("tag", tag.lower()), *conditions) if tag != "*" or not conditions else conditions), combinator
        )

    def _all(self, predicates: list[str]) -> tuple[Condition, ...]:
        either = [(each, len(_split(each, "or")) > 1) for each in predicates]  # `or` binds looser than `and`
        terms = [term for each, one_of in either for term in ([each] if one_of else _split(each, "and"))]
        return tuple(map(self._condition, terms))

    def _condition(self, term: str) -> Condition:
        """What one predicate says."""
        term = _unbracketed(term.strip())
        if len(_split(term, "or")) == 1:
            for pattern, reader in (
                *((_EQUAL, self._equal), (_CALLED, self._called), (_WITHIN_CLASS, self._classed)),
                *((_PRESENT, self._present), (_NORMALIZED, self._equal), (_NAMED, self._tagged), (_NOT, self._negated)),
            ):
                if found := pattern.match(term):
                    return reader(found)
        if term.isdecimal() or term == "last()":
            return Condition("pseudo", term, "position")
        told_as = self._sealed.opened(term)
        return Condition("pseudo", told_as, "xpath", dynamic=is_dynamic(told_as))

    def _equal(self, found: re.Match[str]) -> Condition:
        value, groups = self._value(found), found.groupdict()
        same = attribute(groups["name"], value) if groups["name"] else told("text", value)
        return Condition("not", inner=((Step((same,)),),)) if groups.get("not") else same

    def _called(self, found: re.Match[str]) -> Condition:
        value, match = self._value(found), _CALLS[found["call"]]
        return attribute(found["name"], value, match) if found["name"] else told("text", value, match)

    def _classed(self, found: re.Match[str]) -> Condition:
        return attribute("class", self._value(found).strip(), "word")

    def _present(self, found: re.Match[str]) -> Condition:
        return attribute(found["name"], match="present")

    def _tagged(self, found: re.Match[str]) -> Condition:
        return told("tag", self._value(found))

    def _negated(self, found: re.Match[str]) -> Condition:
        if self._depth >= DEEPEST:
            raise Malformed("nested too deep")
        inside = _XPath(self._sealed.opened(found["inside"]), self._depth + 1)
        return Condition("not", inner=((Step(inside._all([inside._sealed.text])),),))

    def _place(self, number: str) -> Step:
        """Of all that was found; XPath counts from 1."""
        if number.isdecimal():
            return nth(str(int(number) - 1))
        if number == "last()":
            return nth("-1")
        return Step(self._all([number]), "filter")

    def _value(self, found: re.Match[str]) -> str:
        return self._sealed.opened("".join(each[1:-1] for each in _LITERAL.findall(found["value"])))


def _words(text: str) -> list[tuple[str, int, int]]:
    """Each word, where it stands, and in how many brackets."""
    depth, words = 0, list[tuple[str, int, int]]()
    for word in _WORD.finditer(text):
        depth -= word[0] in {")", "]"}
        words.append((word[0], word.start(), depth))
        depth += word[0] in {"(", "["}
    return words


def _split(text: str, mark: str) -> list[str]:
    """The parts between words that stand in no bracket."""
    cuts = [start for word, start, depth in _words(text) if word == mark and depth == 0]
    ends = [-len(mark), *cuts, len(text)]
    return [text[start + len(mark) : end] for start, end in pairwise(ends)]


def _parts(text: str) -> list[str]:
    """The steps of a path and the slashes between them."""
    cuts = [(start, len(word)) for word, start, depth in _words(text) if word in {"/", "//"} and depth == 0]
    parts, at = list[str](), 0
    for start, length in cuts:
        parts += [text[at:start].strip(), text[start : start + length]]
        at = start + length
    return [each for each in (*parts, text[at:].strip()) if each]


def _predicates(text: str) -> list[str]:
    """What stands in each pair of square brackets; nothing else may follow."""
    predicates, text = list[str](), text.strip()
    opened, closed = 0, 0
    for word, start, depth in _words(text):
        if depth == 0 and word == "[":
            opened = start + 1
        elif depth == 0 and word == "]":
            predicates.append(text[opened:start])
            closed = start + 1
    if text[closed:].strip() or (text and not text.startswith("[")):
        raise Malformed("no selector")
    return predicates


def _closed(text: str, at: int) -> int:
    """Where the bracket ends that opens here."""
    closer = {"(": ")", "[": "]"}[text[at]]
    for word, start, depth in _words(text):
        if start > at and word == closer and depth == 0:
            return start
    raise Malformed("a bracket that does not end")


def _unbracketed(term: str) -> str:
    for _ in range(DEEPEST):
        if not term.startswith("(") or _closed(term, 0) != len(term) - 1:
            break
        term = term[1:-1].strip()
    return term
