"""A page as Markdown that shows every text as it is: in CommonMark, in GitHub's dialect, and read as bare HTML."""

import re

from argus_streams.core.reports.page import (
    LINE,
    TEXT,
    Block,
    Caution,
    Facts,
    Grid,
    Page,
    Points,
    Prose,
    Section,
    shortened,
)

_ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})  # no tag, whoever reads it
_MARKS = re.compile(r"([\\`*_\[\]#!|~$^])")
_ADDRESS = re.compile(r":(?=//)|(?<=www)\.|@", re.IGNORECASE)  # a dialect makes links of bare addresses
_BEGINNING = re.compile(r"\A(\d{1,9}|)(?:([.)+](?=\s|\Z))|([-=](?=[-=\s]|\Z)))")  # of a list, a rule or an underline


def written(page: Page) -> str:
    """The page, each block apart from the next."""
    return "\n\n".join([f"# {_text(page.title, LINE)}", *map(_section, page.sections)]) + "\n"


def _section(section: Section) -> str:
    return "\n\n".join([f"## {_text(section.title, LINE)}", *map(_block, section.blocks)])


def _block(block: Block) -> str:
    match block:
        case Facts():
            return "\n".join(f"- **{_text(name, LINE)}**: {_text(value, LINE)}" for name, value in block.rows if value)
        case Prose():
            return _text(block.text, TEXT)
        case Caution():
            return f"> **Beware:** {_text(block.text, TEXT)}"
        case Points():
            return "\n".join(f"- {_text(text, LINE)}" for text in block.texts)
        case Grid():
            return "\n".join([_row(block.head), f"|{' --- |' * len(block.head)}", *map(_row, block.rows)])


def _row(cells: tuple[str, ...]) -> str:
    return f"| {' | '.join(_text(cell, LINE) for cell in cells)} |"


def _text(text: str, length: int) -> str:
    """The text so that nothing in it is markup."""
    line = _MARKS.sub(r"\\\1", shortened(text, length).translate(_ENTITIES))
    line = _ADDRESS.sub(lambda found: f"\\{found[0]}", line)
    return _BEGINNING.sub(r"\1\\\2\3", line)
