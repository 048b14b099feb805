"""What the plugins tell is what healing reads, and what healing answers is what the plugins can try."""

import json
import subprocess

import parts
import pytest
from argus_pytest.chains import read
from argus_pytest.scopes import scope_of

from argus_streams.core.events import TestFailure
from argus_streams.core.healing import case
from argus_streams.core.healing.locators.anchor import Anchor
from argus_streams.core.healing.locators.canonical import canonical
from argus_streams.core.healing.locators.reading import parsed
from argus_streams.core.healing.locators.writing import written

ANCHORS = [
    Anchor(by="test_id", value="store"),
    Anchor(by="test_id", value="it's", attribute="data-test"),
    Anchor(by="role", value="button", name='Say "hello"'),
    Anchor(by="role", value="button"),
    Anchor(by="label", value="Card"),
    Anchor(by="placeholder", value="0000\\0000"),
    Anchor(by="text", value="it's"),
    Anchor(by="alt", value="a"),
    Anchor(by="title", value="ä"),
    Anchor(by="id", value="a:b"),
    Anchor(by="name", value="card"),
    Anchor(by="css", value="form > .b[x='y']"),
]
PYTHON = [
    'page.locator("#save")',
    'page.get_by_role("button", name="Save")',
    'page.locator("#pay").get_by_text("x", exact=True).first',
    'page.frame_locator("iframe").get_by_label("Card")',
    'driver.find_element(By.ID, "save")',
    'driver.find_element(By.XPATH, "//a[1]")',
]
JAVASCRIPT = [
    "page.locator('#save')",
    "page.getByRole('button', { name: 'Save' })",
    "page.locator('#pay').getByText('x', { exact: true }).first()",
    "page.frameLocator('iframe').getByLabel(/^Card/i)",
]
READ = "for (const each of JSON.parse(fs.readFileSync(0))) require(process.argv[1] + '/chains').read(each)"


@pytest.mark.parametrize("locator", [*PYTHON, *JAVASCRIPT])
def test_a_locator_that_a_plugin_tells_is_understood(locator):
    assert parsed(locator).language != "unknown"


@pytest.mark.parametrize("locator", PYTHON)
def test_what_healing_writes_in_the_style_of_a_locator_is_read_by_the_pytest_plugin(locator):
    for anchor in ANCHORS:
        assert read(written(anchor, parsed(locator)))


def test_what_healing_writes_in_the_style_of_a_locator_is_read_by_the_playwright_plugin(node):
    healed = [written(anchor, parsed(locator)) for locator in JAVASCRIPT for anchor in ANCHORS]
    command = [node, "-e", READ, parts.ROOT / "plugins" / "playwright"]
    ran = subprocess.run(command, input=json.dumps(healed), capture_output=True, text=True, check=False)  # noqa: S603
    assert ran.returncode == 0, ran.stderr


@pytest.mark.parametrize("locator", [*PYTHON[:4], *JAVASCRIPT])
def test_a_plugin_tells_the_same_locator_as_a_report_does(locator):
    assert canonical(parsed(locator)) == canonical(parsed(locator.removeprefix("page.")))


@pytest.mark.parametrize(
    "url",
    [
        "https://shop.example/orders/17/items?page=2",
        "http://h/u/123e4567-e89b-12d3-a456-426614174000",
        "http://h/u/ada@shop.example/reset/AbCdEfGhIjKlMnOpQr01",
        "http://[",
    ],
)
def test_a_plugin_tells_the_same_page_as_healing_would(url):
    told = TestFailure(test="a", framework="pytest", status="error", url=url)
    assert scope_of(url) == case.scope_of(told)
