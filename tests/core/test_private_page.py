"""The page of a test's failure: no secret of it is handed on, and it is whole or not there."""

import time

import pytest
from msgspec import json

from argus_streams.core import clip
from argus_streams.core.clip import Limits
from argus_streams.core.elements import Element
from argus_streams.core.events import TestFailure
from argus_streams.core.scrub import SCRUBBED, scrubber

SCRUBBER = scrubber()


def failed(**page):
    return TestFailure(test="pays", framework="cypress", status="failed", **page)


def html(text):
    return SCRUBBER.item(failed(dom=text)).dom


@pytest.mark.parametrize(
    ("shown", "kept"),
    [
        ('<input type="password" id="pw" value="hunter2">', f'<input type="password" id="pw" value="{SCRUBBED}">'),
        (
            "<input type=hidden name='csrf_token' value='abc'/>",
            f"<input type=hidden name='csrf_token' value=\"{SCRUBBED}\"/>",
        ),
        (
            '<input value="hunter2" type="PASSWORD" data-note="a > b">',
            f'<input value="{SCRUBBED}" type="PASSWORD" data-note="a > b">',
        ),
        ('<meta name="csrf-token" content="abc">', f'<meta name="csrf-token" content="{SCRUBBED}">'),
        ('<textarea name="api_key">abc</textarea>', f'<textarea name="api_key">{SCRUBBED}</textarea>'),
        ("<p>password: hunter2</p>", f"<p>password: {SCRUBBED}</p>"),
        ('<a href="/x?access_token=abcdef">x</a>', f'<a href="/x?access_token={SCRUBBED}">x</a>'),
    ],
)
def test_a_secret_of_a_page_is_gone(shown, kept):
    assert html(f"<form>{shown}</form>") == f"<form>{kept}</form>"


@pytest.mark.parametrize(
    "shown",
    [
        '<input type="text" name="city" value="Bonn">',
        '<label for="password">Password</label><input id="password" type="password">',
        '<button data-testid="reset-password">Reset</button>',
        '<meta name="viewport" content="width=device-width">',
    ],
)
def test_what_is_no_secret_stays(shown):
    assert html(shown) == shown


def test_what_is_typed_into_a_secret_field_is_gone_from_elements():
    typed = Element(
        tag="input", name="pin", visible_text=("hunter2",), attributes={"type": "password", "value": "hunter2"}
    )
    link = Element(tag="a", href="https://x.example/?token=abcdef", label="Bearer abcdefgh12345678")
    told = SCRUBBER.item(failed(candidates=(typed, link), element=typed))
    assert b"hunter2" not in json.encode(told)
    assert b"abcdef" not in json.encode(told)
    assert told.element.attributes["type"] == "password"


def test_a_secret_of_a_locator_is_gone():
    told = SCRUBBER.item(failed(locator="page.goto('/?password=hunter2').locator('#a')", scope="/?token=abcdef"))
    assert "hunter2" not in told.locator
    assert "abcdef" not in told.scope


@pytest.mark.parametrize("unit", ["<input ", '<input "', "<meta a='", "<textarea>", "<input a=b ", '"', "<", "data "])
def test_time_grows_with_the_page(unit):
    spent = []
    for size in (50_000, 200_000):
        page = failed(dom=unit * (size // len(unit)))
        start = time.process_time()
        SCRUBBER.item(page)
        spent.append(time.process_time() - start)
    assert spent[1] < 0.05 or spent[1] < spent[0] * 4 * 2.5


def test_a_page_is_larger_than_all_else_of_an_event():
    page = "<p>text</p>" * 50_000
    assert len(page) > Limits().encoded
    assert clip.bounded(failed(dom=page), Limits()).dom == page


@pytest.mark.parametrize(
    "page", [{"dom": "<p>" * 100_000}, {"candidates": (Element(tag="p", xpath="/html/body/p"),) * 5_000}]
)
def test_a_page_that_is_too_large_is_left_out_whole(page):
    told = clip.bounded(failed(message="m", **page), Limits(page=100_000))
    assert (told.dom, told.candidates, told.message) == (None, (), "m")


def test_texts_of_a_page_that_can_not_be_stored_are_repaired():
    odd = Element(tag="p\x00", visible_text=("\ud800",), attributes={"a\x00": "\udfff"})
    told = clip.bounded(failed(dom="<p>\x00\ud800</p>", locator="#\x00", element=odd), Limits())
    assert json.encode(told)
    assert b"\\u0000" not in json.encode(told)


def test_an_element_has_an_end():
    long = Element(
        tag="p",
        xpath="/p" * 5_000,
        visible_text=("word",) * 5_000,
        attributes={f"data-{n}": "x" * 5_000 for n in range(500)},
    )
    assert len(json.encode(clip.bounded(failed(element=long), Limits()))) <= Limits().encoded
