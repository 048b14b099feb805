"""A page as one HTML document that is whole by itself: no script, no address, nothing that a browser would fetch."""

from html import escape

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

# Should a text ever get past the escaping, a browser still runs and fetches nothing.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
_STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; color: #1c2430; max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
h1 { font-size: 1.5rem; overflow-wrap: anywhere } h2 { font-size: 1.1rem; margin: 1.6rem 0 .4rem }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .1rem 1rem; margin: 0 } dt { color: #5a6575 }
dd { margin: 0; overflow-wrap: anywhere } table { border-collapse: collapse; width: 100%; font-size: .9rem }
th, td { text-align: left; vertical-align: top; padding: .25rem .6rem .25rem 0; border-bottom: 1px solid #dde2e8 }
td { overflow-wrap: anywhere } .caution { border-left: 4px solid #d08700; padding-left: .8rem }
@media (prefers-color-scheme: dark) { body { background: #14181f; color: #dfe5ec } th, td { border-color: #2c3440 } }
@media print { body { margin: 0; font-size: 11px } }
"""


def written(page: Page) -> str:
    """The document."""
    title = _text(page.title, LINE)
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{title}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<h1>{title}</h1>\n"
        + "".join(map(_section, page.sections))
        + "</body>\n</html>\n"
    )


def _section(section: Section) -> str:
    blocks = "".join(map(_block, section.blocks))
    return f"<section>\n<h2>{_text(section.title, LINE)}</h2>\n{blocks}</section>\n"


def _block(block: Block) -> str:
    match block:
        case Facts():
            return f"<dl>\n{''.join(_fact(name, value) for name, value in block.rows if value)}</dl>\n"
        case Prose():
            return f"<p>{_text(block.text, TEXT)}</p>\n"
        case Caution():
            return f'<p class="caution"><strong>Beware:</strong> {_text(block.text, TEXT)}</p>\n'
        case Points():
            return f"<ul>\n{''.join(map(_point, block.texts))}</ul>\n"
        case Grid():
            rows = "".join(map(_row, block.rows))
            head = "".join(f"<th>{_text(cell, LINE)}</th>" for cell in block.head)
            return f"<table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}</tbody>\n</table>\n"


def _fact(name: str, value: str) -> str:
    return f"<dt>{_text(name, LINE)}</dt><dd>{_text(value, LINE)}</dd>\n"


def _point(text: str) -> str:
    return f"<li>{_text(text, LINE)}</li>\n"


def _row(cells: tuple[str | Code, ...]) -> str:
    return f"<tr>{''.join(f'<td>{_cell(cell)}</td>' for cell in cells)}</tr>\n"


def _cell(cell: str | Code) -> str:
    return f"<code>{_text(cell.text, LINE)}</code>" if isinstance(cell, Code) else _text(cell, LINE)


def _text(text: str, length: int) -> str:
    """The text so that nothing in it is markup, inside an attribute neither."""
    return escape(shortened(text, length), quote=True)
