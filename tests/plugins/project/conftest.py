"""As in a project that uses the plugin: its page, with repairs."""

import os

import pytest
from playwright.sync_api import sync_playwright


@pytest.fixture(scope="session")
def browser():
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=os.environ["CHROMIUM"], args=["--no-sandbox"])


@pytest.fixture(scope="session")
def tab(browser):
    page = browser.new_page(base_url=os.environ["SHOP"])
    page.set_default_timeout(1_000)
    page.set_default_navigation_timeout(30_000)
    return page


@pytest.fixture
def page(tab, heal):
    tab.goto("/shop.html")
    return heal(tab)
