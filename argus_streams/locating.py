"""Pages as ``argus locate`` reads them, a JSON line each, and what is decided about them."""

from collections.abc import Sequence

import msgspec
from msgspec import Struct, field

from argus_streams.core.elements import Box, Element
from argus_streams.core.healing.similarity.ranker import Ranker
from argus_streams.core.healing.similarity.ranking import Ranked, located
from argus_streams.errors import Malformed

CANDIDATES = 100_000  # of a page
TARGETS = 1_000  # of a page
LONGEST = 1 << 29  # bytes of a line

_Texts = Sequence[str | None] | None


class Told(Struct, frozen=True, kw_only=True):
    """An element as anybody records it: each key may be missing or null, others are passed over."""

    tag: str | None = None
    id: str | None = None
    name: str | None = None
    class_list: _Texts = field(default=None, name="classList")
    href: str | None = None
    alt: str | None = None
    xpath: str | None = None
    id_xpath: str | None = field(default=None, name="idxpath")
    is_button: bool | None = field(default=None, name="isButton")
    location: Box | None = None
    area: float | None = None
    shape: float | None = None
    visible_text: _Texts = field(default=None, name="visibleText")
    neighbor_text: _Texts = field(default=None, name="neighborText")
    role: str | None = None
    label: str | None = None
    attributes: dict[str, str | None] | None = None
    landmark: str | None = None


class _Page(Struct, frozen=True):
    targets: list[Told]
    candidates: list[Told]


class Decisions(Struct, frozen=True):
    """The answer to one page: one decision a target, in their order."""

    decisions: Sequence[Ranked]


class Complaint(Struct, frozen=True):
    """The answer to a line that is no page."""

    error: str


def answer(ranker: Ranker, line: bytes) -> Decisions:
    """The decisions about one page. Raises ``Malformed``, which says what is wrong and where."""
    if len(line) > LONGEST:
        raise Malformed("too long", f"a line may have {LONGEST:,} bytes")
    try:
        page = msgspec.json.decode(line, type=_Page)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Malformed("not a page", str(error)) from error
    for name, most, found in (("targets", TARGETS, page.targets), ("candidates", CANDIDATES, page.candidates)):
        if len(found) > most:
            raise Malformed("too many", f"{len(found):,} {name}, of which a page may have {most:,}")
    return Decisions(located(ranker, map(element, page.targets), map(element, page.candidates)))


def element(told: Told) -> Element:
    """The element as we know it."""
    return Element(
        tag=told.tag or "",
        id=told.id,
        name=told.name,
        class_list=_texts(told.class_list),
        href=told.href,
        alt=told.alt,
        xpath=told.xpath or "",
        id_xpath=told.id_xpath,
        is_button=bool(told.is_button),
        location=told.location or Box(),
        area=told.area,
        shape=told.shape,
        visible_text=_texts(told.visible_text),
        neighbor_text=_texts(told.neighbor_text),
        role=told.role,
        label=told.label,
        attributes={name: value for name, value in (told.attributes or {}).items() if value is not None},
        landmark=told.landmark,
    )


def _texts(told: _Texts) -> tuple[str, ...]:
    return tuple(filter(None, told or ()))
