"""A page as Markdown that shows every text as it is: in CommonMark, in GitHub's dialect, and read as bare HTML."""

import re

from argus_streams.core.reports.page import (
    LINE,
    TEXT,
    Block,
    Caution,
    Code,
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
_TICKS = re.compile("`+")
_NO_CODE = re.compile(r"<|\\\|")  # a tag in bare HTML, a pipe that looks escaped
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


def _row(cells: tuple[str | Code, ...]) -> str:
    return f"| {' | '.join(map(_cell, cells))} |"


def _cell(cell: str | Code) -> str:
    return _code(cell.text) if isinstance(cell, Code) else _text(cell, LINE)


def _code(text: str) -> str:
    """The text as a code span of a table's cell, or escaped where a span of it is not the same to all readers."""
    line = shortened(text, LINE)
    if not line or _NO_CODE.search(line):
        return _text(text, LINE)
    fence = "`" * (1 + max(map(len, _TICKS.findall(line)), default=0))
    pad = " " if line.startswith("`") or line.endswith("`") else ""
    return fence + pad + line.replace("|", "\\|") + pad + fence


def _text(text: str, length: int) -> str:
    """The text so that nothing in it is markup."""
    line = _MARKS.sub(r"\\\1", shortened(text, length).translate(_ENTITIES))
    line = _ADDRESS.sub(lambda found: f"\\{found[0]}", line)
    return _BEGINNING.sub(r"\1\\\2\3", line)
