import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from argus_streams.core.analysis.plain import plain


@given(st.text(), st.integers(1, 200))
def test_a_plain_text_is_bounded_printable_and_holds_no_markup(text, length):
    told = plain(text, length)
    assert len(told) <= length
    assert told.isprintable()
    assert not re.search(r"[<>`]|\]\(", told)


pieces = st.sampled_from(
    (
        *("<", ">", "script", "javascript:", "java", "[", "](", ")", "http", "https://", "evil.example", "`", "**"),
        *("\u200b", "\n# ", "ht", "tps://"),
    )
)


@given(st.lists(pieces, max_size=12).map("".join))
def test_nothing_that_can_be_followed_or_run_is_left(text):
    told = plain(text, 500).lower()
    assert not re.search(r"https?://\S|javascript:\S|\]\(|[<>`]", told)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("**Bold** and `code`", "Bold and code"),
        ("See [the docs](https://evil.example/x) now", "See the docs now"),
        ("Go to https://evil.example/x?y=1 now", "Go to (link left out) now"),
        (f"{'a' * 30}https://evil.example", f"{'a' * 14}(link left out)"),  # it need not stand at a word's beginning
        ("_https://evil.example", "_(link left out)"),
        ("List<String> is null", "List\u2039String\u203a is null"),
        ("# Title\n\n- one\n- two", "Title one two"),
        ("a\u202eb\u0000c\x1b[31md", "a b c [31md"),
        ("x" * 20, "xxxxxxxxx…"),
        ("__init__ of snake_case * 2", "__init__ of snake_case * 2"),
    ],
)
def test_what_a_text_says_stays(text, told):
    assert plain(text, 10 if text.startswith("xx") else 100) == told
