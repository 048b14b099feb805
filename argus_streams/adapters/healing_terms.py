"""By which numbers broken locators are repaired: the program's own."""

from msgspec import Struct

from argus_streams.adapters.contracts import data_folder
from argus_streams.adapters.yaml_files import read
from argus_streams.core.healing.knowledge.limits import Limits
from argus_streams.core.healing.page.terms import PageTerms


class _File(Struct, frozen=True, forbid_unknown_fields=True):
    knowledge: Limits
    page: PageTerms


def load_knowledge_limits() -> Limits:
    """The numbers that the knowledge base decides by. Raises ``Misconfigured`` with the line of a mistake."""
    return _read().knowledge


def load_page_terms() -> PageTerms:
    """The numbers that guards and anchors go by. Raises ``Misconfigured`` with the line of a mistake."""
    return _read().page


def _read() -> _File:
    return read(data_folder("defaults") / "healing.yaml", _File, "healing.yaml")
