"""What is evaluated in the page, held against what healing reads out of the page's HTML, in a real browser."""

import msgspec
import pytest
from argus_pytest.scripts import script
from playwright.sync_api import sync_playwright

from argus_streams.core.elements import Element
from argus_streams.core.healing.page.snapshot import snapshot

LIMIT = 100_000
SAME = ("tag", "id", "name", "class_list", "alt", "id_xpath", "is_button", "visible_text", "role", "label", "landmark")
SECRETS = """
<p title="password-secret">They typed password-secret</p>
<p contenteditable>edited-secret</p>
<textarea>area-secret</textarea>
<a href="/x?page=2&amp;api_key=query-secret#access_token=hash-secret" onclick="click('handler-secret')">Link</a>
<p data-session-id="attribute-secret">eyJhbGciOi.eyJzdWIiOi.token-secret</p>
<template>template-secret</template><noscript>noscript-secret</noscript><!-- comment-secret -->
"""


@pytest.fixture(scope="module")
def page(chromium):
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield browser.new_page()
        browser.close()


@pytest.fixture
def shop(page, shops):
    page.goto(f"{shops['new']}/shop.html")
    return page


def recorded(locator):
    return msgspec.convert(locator.evaluate_all(script("element.js")), Element, strict=True)


def told(page):
    return page.evaluate(script("snapshot.js"), LIMIT)


def test_an_element_is_recorded_as_healing_reads_it_from_the_snapshot(shop):
    read = {(each.frame, each.xpath): each for each in snapshot(told(shop)).elements}
    found = [shop.locator("main *").nth(number) for number in range(shop.locator("main *").count())]
    found += [shop.locator("#note"), shop.frame_locator("iframe").locator("button")]
    for one in map(recorded, found):
        other = read[one.frame, one.xpath]
        assert [(name, getattr(one, name)) for name in SAME] == [(name, getattr(other, name)) for name in SAME]


def test_what_the_browser_does_not_show_is_told_as_hidden(shop):
    hidden = {each.attributes.get("data-testid") for each in snapshot(told(shop)).elements if each.visible is False}
    assert hidden - {None} == {"coupon"}


def test_nothing_is_recorded_of_no_element_or_several(shop):
    assert shop.locator("button").evaluate_all(script("element.js")) is None
    assert shop.locator("#nowhere").evaluate_all(script("element.js")) is None


def test_no_secret_is_in_the_snapshot_and_the_page_stays_as_it_is(shop):
    shop.evaluate("html => document.querySelector('main').insertAdjacentHTML('beforeend', html)", SECRETS)
    shop.locator("[name=password]").fill("password-secret")
    before = shop.content()
    html = told(shop)
    assert "-secret" not in html
    assert '<a href="/x?page=2&amp;api_key=***#access_token=***">Link</a>' in html
    assert shop.content() == before


def test_no_secret_is_in_the_record_of_an_element(shop):
    for name in ("card", "password"):
        shop.locator(f"[name={name}]").fill("typed-secret")
    for selector in ("[name=card]", "[name=password]", "[name=csrf]", "[data-testid=terms]"):
        assert "-secret" not in msgspec.json.encode(recorded(shop.locator(selector))).decode()


def test_a_snapshot_is_never_larger_than_asked_for(shop):
    shop.evaluate("document.querySelector('main').append('x'.repeat(200_000))")
    assert len(told(shop)) == LIMIT
