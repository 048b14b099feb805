"""How much two texts of a page are alike."""

import re

from rapidfuzz.distance import Levenshtein
from rapidfuzz.fuzz import token_sort_ratio

_LONGEST = 200  # characters
_NUMBERS = re.compile(r"(?<!\w)-?\d+|\d+")  # of "2-3" the second has no sign
_WORD = re.compile(r"\w+")


def likeness(one: str, other: str) -> float:
    """0 to 1: of letters, in whatever order the words are; 1 = but for case, white space and punctuation the same."""
    folded = [" ".join(_WORD.findall(text[:_LONGEST].casefold())) for text in (one, other)]
    return max(token_sort_ratio(*folded) / 100, Levenshtein.normalized_similarity(*folded))


def same_numbers(one: str, other: str) -> bool:
    """Whether both have the same numbers: "Page 1" and "Page 2" are alike and are two things."""
    return sorted(_NUMBERS.findall(one[:_LONGEST])) == sorted(_NUMBERS.findall(other[:_LONGEST]))


def has_numbers(text: str) -> bool:
    """Whether a number is in it."""
    return _NUMBERS.search(text[:_LONGEST]) is not None
