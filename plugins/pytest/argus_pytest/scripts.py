"""Looks at the page: what is evaluated in it is one JavaScript function a file."""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")
_HERE = Path(__file__).parent
_CHECKOUT = _HERE.parents[1] / "playwright" / "page"  # where they stand before they are packed


@cache
def script(name: str) -> str:
    """The function that a file holds."""
    path = next(folder / name for folder in (_HERE, _CHECKOUT) if (folder / name).exists())
    return "\n".join(line for line in path.read_text("utf-8").splitlines() if not line.startswith("//"))


def quiet(look: Callable[[], T]) -> T | None:
    """What a look at the page tells; a page that can not be looked at is no reason to fail."""
    try:
        return look()
    except Exception:  # noqa: BLE001  (of a library that this plugin does not need to have)
        return None
