"""Run by the tests against the shop as it was and as it is."""

import pytest
from playwright.sync_api import expect


def test_saves(page):
    page.locator("#save").click()
    expect(page.locator("#done")).to_have_text("Saved")


def test_saves_by_the_short_way(page):
    page.click("#save")
    assert page.inner_text("#done") == "Saved"


def test_saves_in_the_form(page):
    form = page.locator("#pay")
    form.locator("#save").click()
    expect(page.locator("#done")).to_have_text("Saved")


def test_saves_and_expects_what_is_not_so(page):
    page.locator("#save").click()
    expect(page.locator("#done")).to_have_text("Sent", timeout=300)


def test_expects_the_button(page):
    expect(page.locator("#save")).to_be_visible(timeout=300)


def test_reads_the_button(page):
    assert page.locator("#save").inner_text(timeout=300) == "Store"


def test_removes(page):
    page.get_by_role("button", name="Remove").click()


def test_removes_by_id(page):
    page.locator("#remove").click(timeout=300)


def test_uses_a_coupon(page):
    page.locator("#coupon").click(timeout=300)


def test_asks_for_help(page):
    page.locator("#help").click(timeout=300)


def test_is_slow(page):
    page.locator("#slow").click(timeout=300)


def test_saves_on_another_page(page):
    page.goto("/other.html")
    page.locator("#save").click(timeout=300)


def test_reads_the_terms(page):
    page.locator("[name=card]").fill("typed-secret")
    page.locator("[name=password]").fill("password-secret")
    page.locator("#terms").click(timeout=300)


def test_has_no_repair(page):
    page.locator("#nowhere").click(timeout=300)


def test_clicks_what_is_no_selector(page):
    page.locator("[[").click()


@pytest.mark.parametrize("name", ["card"])
def test_fills(page, name):
    page.locator(f"[name={name}]").filter(visible=True).first.fill("4242")
    expect(page.locator(f"[name={name}]")).to_have_value("4242")
    assert page.locator("form").filter(has=page.locator(f"[name={name}]")).count() == 1
