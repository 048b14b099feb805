"""Names as linkers see them, read as their source spells them: Itanium's (C++, older Rust) and Swift's.

Only what a frame's key needs: the qualified name. What is not understood is given back as it came.
"""

import re

_CXX = re.compile(r"_{1,3}ZN[rVKRO]*")
_CXX_FREE = re.compile(r"_{1,3}Z(?=\d)")
_SWIFT = re.compile(r"_?\$[sS](?=\d)")
_SIZE = re.compile(r"([1-9]\d{0,2})")
_CONSTRUCTOR = re.compile(r"[CD][0-3]")
_RUST_HASH = re.compile(r"h[0-9a-f]{16}")
_KINDS = frozenset("CVOPN")  # class, struct, enum, protocol: what is before it holds what is after it


def plain(name: str) -> str:
    """``shop::Cart::add`` of ``_ZN4shop4Cart3addEi``, ``Cart.add`` of ``$s4Shop4CartC3addyyF``."""
    if not name.startswith(("_", "$")):
        return name
    if swift := _SWIFT.match(name):
        return ".".join(_swift(name, swift.end())) or name
    if nested := _CXX.match(name):
        return "::".join(_cxx(name, nested.end())) or name
    free = _CXX_FREE.match(name)
    return _identifier(name, free.end())[0] if free else name


def _identifier(name: str, at: int) -> tuple[str, int]:
    """The name that is told as its length and its letters, and where it ends; empty if there is none."""
    size = _SIZE.match(name, at)
    if size is None:
        return "", at
    end = size.end() + int(size[1])
    return name[size.end() : end], end


def _cxx(name: str, at: int) -> list[str]:
    """The parts of a nested name; none where it holds what stands for an earlier part."""
    parts: list[str] = []
    while at < len(name) and name[at] != "E":
        part, after = _identifier(name, at)
        if part:
            parts.append(part)
        elif name.startswith("St", at):
            parts.append("std")
            after = at + 2
        elif parts and _CONSTRUCTOR.match(name, at):
            parts.append(f"~{parts[-1]}" if name[at] == "D" else parts[-1])
            after = at + 2
        elif name[at] == "I":
            after = _past(name, at)
        else:
            return []
        at = after
    return parts[:-1] if parts and _RUST_HASH.fullmatch(parts[-1]) else parts


def _past(name: str, at: int) -> int:
    """The end of a template's arguments."""
    depth = 0
    while at < len(name):
        _, after = _identifier(name, at)
        if after == at:
            depth += (name[at] in "INJX") - (name[at] == "E")
            after = at + 1
            if depth == 0:
                return after
        at = after
    return at


def _swift(name: str, at: int) -> list[str]:
    """Types and function, without the module, which is the binary's; labels of arguments are no part."""
    parts: list[str] = []
    module, at = _identifier(name, at)
    while module:
        part, after = _identifier(name, at)
        if not part:
            break
        parts.append(part)
        if after >= len(name) or name[after] not in _KINDS:
            break
        at = after + 1
    return parts
