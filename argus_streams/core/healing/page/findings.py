"""What a guard says."""

from typing import Literal

from msgspec import Struct

Guard = Literal[
    "unique", "visible", "enabled", "role", "place", "frame", "neighbor", "text", "target",
    "blank_page", "error_page", "login_page", "other_page", "many_broken",
]  # fmt: skip


class Finding(Struct, frozen=True):
    """One guard's decision: ``pass``, ``ask`` = there is doubt, ``refuse`` = the product is broken or another page."""

    guard: Guard
    verdict: Literal["pass", "ask", "refuse"]
    detail: str  # one sentence for people


def passed(guard: Guard, detail: str) -> Finding:
    """Nothing speaks against it."""
    return Finding(guard, "pass", detail)


def asked(guard: Guard, detail: str) -> Finding:
    """A person should look."""
    return Finding(guard, "ask", detail)


def refused(guard: Guard, detail: str) -> Finding:
    """Nothing is to be healed here."""
    return Finding(guard, "refuse", detail)
