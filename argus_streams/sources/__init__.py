"""One vendor per module, found by discovery: a new sender is one module with a ``SOURCE`` and one file of samples."""

import importlib
import pkgutil
from collections.abc import Mapping

from argus_streams.core.source import Source


def load() -> Mapping[str, Source]:
    """Every source of this package by its name, in alphabetical order."""
    found: dict[str, Source] = {}
    for module in sorted(pkgutil.iter_modules(__path__), key=lambda info: info.name):
        source = getattr(importlib.import_module(f"{__name__}.{module.name}"), "SOURCE", None)
        if isinstance(source, Source):
            found[source.name] = source
    return found
