"""The numbers that guards and anchors go by: data, in ``defaults/healing.yaml``."""

from typing import Annotated

from msgspec import Meta, Struct

from argus_streams.core.healing.locators.anchor import AnchorKind

Share = Annotated[float, Meta(ge=0, le=1)]


class PageTerms(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Of the section `page`."""

    most_broken: Annotated[int, Meta(ge=1)]  # locators of one page at once, beyond which the page is broken
    everything: Share  # of a page's elements: what finds more of them than this finds no particular one
    same_text: Share  # likeness of two texts from which on they say the same
    other_text: Share  # and below which they say something else
    other_title: Share  # likeness of two titles below which they are of two pages
    small_page: Annotated[int, Meta(ge=0)]  # fields, buttons and links that an error or login page has at most
    apart: Annotated[float, Meta(gt=0, le=3)]  # how much closer than its like an element has to be to what was known
    about: Share  # two anchors that differ by no more are about equally stable
    awkward: Share  # what an anchor loses that the test's language has no words for
    stability: dict[AnchorKind, Share]  # share of such anchors that is unchanged after four months
    path: Share  # likewise of a path from an element that has a name
    root: Share  # and of one from the root of the page
    test_ids: tuple[str, ...]  # attributes that are made for tests, beside those that a project's own locators use
