"""A report as it is kept: under an id that people pass on."""

from hashlib import blake2b
from typing import Literal

from msgspec import Struct

from argus_streams.core.reports import html, markdown
from argus_streams.core.reports.page import Page

ReportKind = Literal["incident", "week"]


class Report(Struct, frozen=True, kw_only=True):
    """One page as it was when it was made."""

    id: str  # "r-" and 16 hexadecimal digits
    project: str
    kind: ReportKind
    subject: str  # the incident, or the week's first day
    created_at: int  # ms
    markdown: str
    html: str


def report(page: Page, *, project: str, kind: ReportKind, subject: str, at: int) -> Report:
    """The page in both languages; its id is the same for the same subject at the same time."""
    named = "\0".join((project, kind, subject, str(at)))
    return Report(
        id=f"r-{blake2b(named.encode('utf-8', 'surrogatepass'), digest_size=8).hexdigest()}",
        project=project,
        kind=kind,
        subject=subject,
        created_at=at,
        markdown=markdown.written(page),
        html=html.written(page),
    )
