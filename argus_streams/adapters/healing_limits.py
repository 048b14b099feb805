"""By which numbers broken locators are repaired: the program's own."""

from msgspec import Struct

from argus_streams.adapters.contracts import data_folder
from argus_streams.adapters.yaml_files import read
from argus_streams.core.healing.knowledge.limits import Limits


class _File(Struct, frozen=True):
    """The part of it that is told here."""

    knowledge: Limits


def load_knowledge_limits() -> Limits:
    """The numbers that the knowledge base decides by. Raises ``Misconfigured`` with the line of a mistake."""
    return read(data_folder("defaults") / "healing.yaml", _File, "healing.yaml").knowledge
