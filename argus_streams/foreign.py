"""Text that others wrote, on a terminal: shown, never obeyed."""

from rich.text import Text

# Escape sequences move the cursor, set colours and titles, and write over what stands there; overrides of the reading
# direction show one text as another (https://trojansource.codes). Each shows as a sign of its own.
_SIGNS = {
    **{code: 0x2400 + code for code in range(0x20) if chr(code) not in "\n\t"},  # the block "Control Pictures"
    0x7F: 0x2421,
    **dict.fromkeys((*range(0x80, 0xA0), *range(0x202A, 0x202F), *range(0x2066, 0x206A)), 0xFFFD),
}


def harmless(text: str) -> str:
    """The text with a visible sign in place of each character that a terminal would obey."""
    return text.translate(_SIGNS)


def foreign(text: str, style: str = "") -> Text:
    """The text for a page of ours: no markup, nothing that a terminal would obey."""
    return Text(harmless(text), style)
