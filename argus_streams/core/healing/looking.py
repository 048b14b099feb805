"""What the page says about a broken locator, where a failure tells the page."""

from argus_streams.core.healing.advice import Advice
from argus_streams.core.healing.case import Case


def look(case: Case) -> Advice:
    """Which element of the page is meant, and how it is named best."""
    told = case.told
    if told.dom is None and not told.candidates:
        return Advice("ask", "no_page", "Neither the page nor its elements were told.")
    return Advice("ask", "not_sure", "No element of the page is sure to be meant.")


def accept(case: Case, number: int) -> Advice:
    """What may be done with the element that a model chose: it passes the same guards as one that was ranked first."""
    del case, number
    return Advice("ask", "not_sure", "No element of the page is sure to be meant.")
