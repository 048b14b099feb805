"""Everything has an end: how long a text may be, how many frames and tags an event has, how large it is in all."""

import re
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from msgspec import json, structs

from argus_streams.core.elements import Element
from argus_streams.core.events import Event, ExceptionInfo, Frame, Signal, TestFailure, Told

ELLIPSIS = "…"
REPLACEMENT = "\ufffd"
_ENCODER = json.Encoder()
_EVENT_TEXTS = (
    *("type", "title", "culprit", "logger", "platform", "service", "environment", "release", "host", "user", "session"),
    *("trace_id", "span_id", "repository", "branch", "commit", "vendor_id", "delivery_id", "instance"),
)
_SIGNAL_TEXTS = (
    *("subject", "title", "status", "service", "environment", "release", "repository", "branch", "commit", "author"),
    *("vendor_id", "delivery_id"),
)
_TEST_TEXTS = (
    *("scope", "test", "suite", "file", "type", "browser", "service", "environment", "release", "repository", "branch"),
    *("commit", "vendor_id", "delivery_id"),
)
_ELEMENT_TEXTS = (*("tag", "id", "name", "href", "alt", "xpath", "id_xpath", "role", "label", "landmark", "frame"),)
_ELEMENT_WORDS = ("class_list", "visible_text", "neighbor_text")
_FRAME_TEXTS = ("function", "module", "package", "file", "context")
# What Postgres refuses in a text, and what UTF-8 can not say. Other control characters (ANSI colours) stay.
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_COMMON = 1024  # bytes: texts up to here are the rule, and no default cuts them but that of tags
_LONG = re.compile(rb'"[^"]{%d}' % (_COMMON + 1)).search


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of a body is taken. Texts are counted in characters; an ellipsis shows where one was cut."""

    body: int = 1024 * 1024  # bytes
    items: int = 10_000  # of a body
    parts: int = 500_000  # of a test report, most of which become no item: suites, tests that passed, properties
    encoded: int = 128 * 1024  # bytes of an event as JSON
    page: int = 6 * 1024 * 1024  # bytes as JSON of the page of a test's failure, beside `encoded`
    message: int = 8 * 1024  # also of a template and an exception's value
    stack: int = 16 * 1024  # of a test's failure, as text
    url: int = 2 * 1024
    text: int = 1024  # any other
    exceptions: int = 50  # the first half is causes, the other what was raised last
    outer_frames: int = 50  # of an exception: how it came there ...
    inner_frames: int = 200  # ... and where it crashed
    tags: int = 64  # also parts of a fingerprint or an identity
    tag_name: int = 64
    tag_value: int = 256
    files: int = 1_000  # of a push

    def halved(self) -> "Limits":
        """Half of all that an event has, for one that is still too large."""
        whole = {"body", "items", "parts", "encoded", "page"}
        return replace(self, **{each: max(1, getattr(self, each) // 2) for each in self.__slots__ if each not in whole})

    def widened(self) -> "Limits":
        """Room to see a secret whole which lies across the cut."""
        lengths = ("message", "stack", "url", "text", "tag_name", "tag_value")
        return replace(self, **{each: getattr(self, each) + _COMMON for each in lengths})


def encoded(item: Told) -> bytes | None:
    """The item as JSON; nothing where a text holds half a surrogate pair."""
    try:
        return _ENCODER.encode(item)
    except UnicodeEncodeError:
        return None


def fits(item: Told, as_json: bytes, limits: Limits) -> bool:
    """Whether nothing needs to be clipped: a quick look, which is right when it says so."""
    if len(as_json) > limits.encoded or limits.text < _COMMON:
        return False
    if b"\\" in as_json:
        if b"\\u0000" in as_json:
            return False
        as_json = as_json.replace(b'\\"', b"''")
    if _long(as_json):
        return False
    if isinstance(item, TestFailure):
        return True
    return len(item.files) <= limits.files if isinstance(item, Signal) else _few(item, limits)


def _long(as_json: bytes) -> bool:
    """Whether a text is longer than common: if so, half as much anywhere in it has no quotation mark."""
    if len(as_json) <= _COMMON:
        return False
    window = _COMMON // 2
    for start in range(0, len(as_json) - window, window):
        if as_json.find(b'"', start, start + window) < 0:
            return _LONG(as_json) is not None
    return False


def _few(event: Event, limits: Limits) -> bool:
    """Whether there are no more parts than allowed, and no longer tags."""
    tags, frames = event.tags, limits.outer_frames + limits.inner_frames
    if tags and (len(tags) > limits.tags or max(map(len, tags)) > limits.tag_name):
        return False
    if tags and max(map(len, tags.values())) > limits.tag_value:
        return False
    if len(event.fingerprint) > limits.tags or len(event.identity) > limits.tags:
        return False
    if not event.exceptions:
        return True
    return len(event.exceptions) <= limits.exceptions and all(len(each.frames) <= frames for each in event.exceptions)


def bounded(item: Told, limits: Limits) -> Told:
    """The item clipped; where that leaves more bytes than an event may have, with half of each, and half again."""
    as_json = encoded(item)
    if as_json is not None and fits(item, as_json, limits):
        return item
    smaller = limits
    item = clipped(item, limits)
    while len(_ENCODER.encode(_without_page(item))) > limits.encoded and smaller != smaller.halved():
        smaller = smaller.halved()
        item = clipped(item, smaller)
    return item


def clipped(item: Told, limits: Limits) -> Told:
    """The item with each text and each number of parts inside its limit, and no character that can not be stored."""
    if isinstance(item, Signal):
        files = tuple(clean(file, limits.text) for file in item.files[: limits.files])
        return structs.replace(
            item, link=_clean(item.link, limits.url), files=files, **_texts(item, _SIGNAL_TEXTS, limits)
        )
    if isinstance(item, TestFailure):
        return structs.replace(
            item,
            message=_clean(item.message, limits.message),
            stack=_clean(item.stack, limits.stack),
            link=_clean(item.link, limits.url),
            url=_clean(item.url, limits.url),
            locator=_clean(item.locator, limits.message),
            element=item.element and _element(item.element, limits),
            **_page(item, limits),
            **_texts(item, _TEST_TEXTS, limits),
        )
    return structs.replace(
        item,
        message=_clean(item.message, limits.message),
        template=_clean(item.template, limits.message),
        url=_clean(item.url, limits.url),
        link=_clean(item.link, limits.url),
        tags={
            clean(key, limits.tag_name): clean(value, limits.tag_value)
            for key, value in islice(item.tags.items(), limits.tags)
        },
        fingerprint=tuple(clean(part, limits.text) for part in item.fingerprint[: limits.tags]),
        identity=tuple(clean(part, limits.text) for part in item.identity[: limits.tags]),
        exceptions=tuple(_exception(each, limits) for each in _ends(item.exceptions, limits)),
        **_texts(item, _EVENT_TEXTS, limits),
    )


def clean(text: str, length: int) -> str:
    """The text up to a length; what can not be stored becomes U+FFFD."""
    kept = text if len(text) <= length else text[: length - 1] + ELLIPSIS
    return _UNSTORABLE.sub(REPLACEMENT, kept)


def _page(failure: TestFailure, limits: Limits) -> dict[str, Any]:
    """The page whole, or nothing of it: what is unique in a part of a page may be there twice."""
    dom = failure.dom and _UNSTORABLE.sub(REPLACEMENT, failure.dom)
    candidates = tuple(_element(each, limits) for each in failure.candidates)
    fits = len(_ENCODER.encode((dom, candidates))) <= limits.page
    return {"dom": dom, "candidates": candidates} if fits else {"dom": None, "candidates": ()}


def _without_page(item: Told) -> Told:
    return structs.replace(item, dom=None, candidates=()) if isinstance(item, TestFailure) else item


def _element(element: Element, limits: Limits) -> Element:
    """The element with as many words, classes and attributes as an event has tags."""
    listed = {name: getattr(element, name)[: limits.tags] for name in _ELEMENT_WORDS}
    return structs.replace(
        element,
        attributes={
            clean(name, limits.tag_name): clean(value, limits.text)
            for name, value in islice(element.attributes.items(), limits.tags)
        },
        **{name: tuple(clean(word, limits.text) for word in words) for name, words in listed.items()},
        **_texts(element, _ELEMENT_TEXTS, limits),
    )


def _clean(text: str | None, length: int) -> str | None:
    return text and clean(text, length)


def _texts(part: Told | Frame | Element, names: tuple[str, ...], limits: Limits) -> dict[str, str | None]:
    return {name: _clean(getattr(part, name), limits.text) for name in names}


def _ends(exceptions: tuple[ExceptionInfo, ...], limits: Limits) -> tuple[ExceptionInfo, ...]:
    """The first causes and what was raised last; of one alone, the last."""
    if len(exceptions) <= limits.exceptions:
        return exceptions
    first = limits.exceptions // 2
    return (*exceptions[:first], *exceptions[first - limits.exceptions :])


def _exception(exception: ExceptionInfo, limits: Limits) -> ExceptionInfo:
    frames = exception.frames
    if len(frames) > limits.outer_frames + limits.inner_frames:
        frames = (*frames[: limits.outer_frames], *frames[-limits.inner_frames :])
    return structs.replace(
        exception,
        type=_clean(exception.type, limits.text),
        value=_clean(exception.value, limits.message),
        module=_clean(exception.module, limits.text),
        frames=tuple(structs.replace(frame, **_texts(frame, _FRAME_TEXTS, limits)) for frame in frames),
    )
