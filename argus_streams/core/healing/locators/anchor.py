"""What a new locator holds on to, before it is written in any language."""

from typing import Literal

from msgspec import Struct

AnchorKind = Literal["test_id", "role", "label", "placeholder", "text", "alt", "title", "id", "name", "css"]


class Anchor(Struct, frozen=True, kw_only=True):
    """One way to name one element of a page; texts are whole, their white space is folded."""

    by: AnchorKind
    value: str  # of `role` the role, of `name` the attribute of that name, of `css` the whole selector
    name: str | None = None  # of `role`: the accessible name
    attribute: str | None = None  # of `test_id`: the attribute that holds it; ``None`` = data-testid
