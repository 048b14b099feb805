"""One element of a page as a repair sees it, whoever recorded it: a browser, a snapshot's reader, a test."""

from msgspec import Struct, field


class Box(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """Where an element stands on its page, in CSS pixels; ``None`` = not known."""

    x: float | None = None
    y: float | None = None
    width: float | None = None
    height: float | None = None


class Element(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One element; ``None`` or empty = it has none, or whoever recorded it does not say."""

    tag: str = ""
    id: str | None = None
    name: str | None = None
    class_list: tuple[str, ...] = field(default=(), name="classList")
    href: str | None = None
    alt: str | None = None
    xpath: str = ""  # absolute
    id_xpath: str | None = field(default=None, name="idxpath")  # from the nearest ancestor that has an id
    is_button: bool = field(default=False, name="isButton")
    location: Box = Box()
    area: float | None = None  # square pixels
    shape: float | None = None  # 100 * width / height
    visible_text: tuple[str, ...] = field(default=(), name="visibleText")  # its words, else its value or placeholder
    neighbor_text: tuple[str, ...] = field(default=(), name="neighborText")  # words that stand around it
    role: str | None = None  # as the accessibility tree has it: told, or that of the tag
    label: str | None = None  # accessible name
    attributes: dict[str, str] = {}  # all others, as the page has them
    visible: bool | None = None
    enabled: bool | None = None
    landmark: str | None = None  # nearest of main, navigation, form, dialog ... and its name
    frame: str | None = None  # XPath of the iframe that it is in; shadow roots are told likewise
