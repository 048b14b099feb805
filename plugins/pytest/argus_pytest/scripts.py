"""What is evaluated in the page: one JavaScript function a file."""

from functools import cache
from pathlib import Path

_HERE = Path(__file__).parent
_CHECKOUT = _HERE.parents[1] / "playwright" / "page"  # where they stand before they are packed


@cache
def script(name: str) -> str:
    """The function that a file holds."""
    path = next(folder / name for folder in (_HERE, _CHECKOUT) if (folder / name).exists())
    return "\n".join(line for line in path.read_text("utf-8").splitlines() if not line.startswith("//"))
