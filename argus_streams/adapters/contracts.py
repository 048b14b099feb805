"""Where the files that travel with the program are: topics, schemas, migrations, samples, defaults."""

from importlib import resources
from pathlib import Path
from typing import Literal

from argus_streams.errors import Misconfigured

Folder = Literal["topics", "schemas", "migrations", "samples", "defaults"]

_IN_CHECKOUT: dict[Folder, str] = {
    "topics": "topics",
    "schemas": "schemas",
    "migrations": "supabase/migrations",
    "samples": "samples",
    "defaults": "defaults",
}


def data_folder(name: Folder) -> Path:
    """The folder in an installed wheel, else the one of the checkout that the package is imported from.

    The wheel goes first: beside an installed package a stranger's folder may have the same name.
    """
    package = Path(str(resources.files("argus_streams")))
    candidates = (package / "_data" / name, package.parent / _IN_CHECKOUT[name])
    for folder in candidates:
        if folder.is_dir():
            return folder
    raise Misconfigured(f"The folder {name} is missing: neither {candidates[0]} nor {candidates[1]} exists. Reinstall.")
