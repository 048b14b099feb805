"""The fields that each sender is known to send, as `samples/<source>.fields` lists them."""

from collections.abc import Mapping

from argus_streams.adapters.contracts import data_folder
from argus_streams.core import drift
from argus_streams.core.drift import Tree


def known_fields() -> Mapping[str, Tree]:
    """By source; `docs/fields.py` writes the files."""
    files = sorted(data_folder("samples").glob("*.fields"))
    return {file.stem: drift.known(file.read_text("utf-8").split("\n")) for file in files}
