"""By which numbers a page is looked at when a locator broke: the program's own."""

from msgspec import Struct

from argus_streams.adapters.contracts import data_folder
from argus_streams.adapters.yaml_files import read
from argus_streams.core.healing.page.terms import PageTerms


class _File(Struct, frozen=True):
    """The part of it that is told here."""

    page: PageTerms


def load_page_terms() -> PageTerms:
    """The numbers that guards and anchors go by. Raises ``Misconfigured`` with the line of a mistake."""
    return read(data_folder("defaults") / "healing.yaml", _File, "healing.yaml").page
