"""Whose failure it is, from the words of each framework; the shapes are the vendors', the values are ours."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from argus_streams.core.events import TestFailure
from argus_streams.core.healing.failures.reading import read
from argus_streams.core.healing.locators.canonical import canonical
from argus_streams.core.healing.locators.reading import parsed
from argus_streams.core.source import Body
from argus_streams.sources import load

_STEEPER = 2.5  # than linear
_SHORTEST = 0.02  # CPU seconds that are measured, rather than disturbed
_LONG = 16 * 1024

PLAYWRIGHT = {
    "an action on nothing": (
        (
            "TimeoutError: locator.click: Timeout 5000ms exceeded.\nCall log:\n"
            "  - waiting for getByRole('button', { name: 'Save' })\n\n"
            "   9 |   await expect(page).toHaveURL('/cart');\n> 10 |   await save.click();\n     |              ^"
        ),
        ("not_found", "getByRole('button', { name: 'Save' })"),
    ),
    "an action on nothing when the whole test was out of time": (
        "Error: locator.fill: Test timeout of 30000ms exceeded.\nCall log:\n  - waiting for locator('#mail').first()",
        ("not_found", "locator('#mail').first()"),
    ),
    "an action on nothing, of the first versions": (
        (
            "page.click: Timeout 30000ms exceeded.\n=========================== logs ===========================\n"
            'waiting for selector "#pay >> text=Now"\n============================================================'
        ),
        ("not_found", "#pay >> text=Now"),
    ),
    "an action on nothing, in Python": (
        (
            "playwright._impl._errors.TimeoutError: Locator.click: Timeout 30000ms exceeded.\nCall log:\n"
            'waiting for get_by_role("button", name="Save")'
        ),
        ("not_found", 'get_by_role("button", name="Save")'),
    ),
    "a wait for what never came": (
        (
            "TimeoutError: page.waitForSelector: Timeout 3000ms exceeded.\nCall log:\n"
            "  - waiting for locator('.toast') to be visible"
        ),
        ("not_found", "locator('.toast')"),
    ),
    "an element that is not visible": (
        (
            "TimeoutError: locator.click: Timeout 5000ms exceeded.\nCall log:\n  - waiting for locator('#save')\n"
            '    - locator resolved to <button id="save" hidden>Save</button>\n  - attempting click action\n'
            "    2 \u00d7 waiting for element to be visible, enabled and stable\n      - element is not visible"
        ),
        ("not_usable", None),
    ),
    "an element that is covered, of the first versions": (
        (
            'page.click: Timeout 30000ms exceeded.\nwaiting for selector "#save"\n'
            '  selector resolved to visible <button id="save">Save</button>\nattempting click action\n'
            '  <div class="veil"></div> intercepts pointer events'
        ),
        ("not_usable", None),
    ),
    "more than one": (
        (
            "Error: locator.click: Error: strict mode violation: getByText('Row') resolved to 3 elements:\n"
            "    1) <td>Row 1</td> aka getByRole('cell', { name: 'Row 1' })"
        ),
        ("ambiguous", "getByText('Row')"),
    ),
    "more than one, in Python": (
        'Error: strict mode violation: get_by_text("Row") resolved to 4 elements:\n    1) <td>',
        ("ambiguous", 'get_by_text("Row")'),
    ),
    "more than one, of the first versions": (
        "locator.click: Error: strict mode violation: \"//button[text()='3']\" resolved to 2 elements:\n",
        ("ambiguous", "//button[text()='3']"),
    ),
    "more than one in an assertion": (
        (
            "Error: expect(locator).toBeVisible() failed\n\nLocator: getByTestId('row')\nExpected: visible\n"
            "Error: strict mode violation: getByTestId('row') resolved to 2 elements:\n"
        ),
        ("ambiguous", "getByTestId('row')"),
    ),
    "an assertion on nothing": (
        (
            "Error: expect(locator).toBeVisible() failed\n\nLocator: getByTestId('total')\nExpected: visible\n"
            'Timeout: 5000ms\nError: element(s) not found\n\nCall log:\n  - Expect "toBeVisible" with timeout 5000ms\n'
            "  - waiting for getByTestId('total')\n"
        ),
        ("not_found", "getByTestId('total')"),
    ),
    "an assertion on nothing, before version 1.45": (
        (
            "Error: Timed out 5000ms waiting for expect(locator).toBeVisible()\n\nLocator: locator('#total')\n"
            "Expected: visible\nReceived: hidden\nCall log:\n  - expect.toBeVisible with timeout 5000ms\n"
            "  - waiting for locator('#total')\n"
        ),
        ("not_found", "locator('#total')"),
    ),
    "an assertion on a text of nothing": (
        (
            "Error: expect(locator).toHaveText(expected) failed\n\nLocator: locator('#total')\n"
            'Expected string: "3"\nReceived: <element(s) not found>\nTimeout: 5000ms\n'
        ),
        ("not_found", "locator('#total')"),
    ),
    "an assertion on nothing, in Python": (
        (
            "AssertionError: Locator expected to be visible\nActual value: None\nError: element(s) not found \n"
            'Call log:\n  - Expect "to_be_visible" with timeout 5000ms\n  - waiting for locator("#total")\n'
        ),
        ("not_found", 'locator("#total")'),
    ),
    "another text": (
        (
            "Error: expect(locator).toHaveText(expected) failed\n\nLocator:  locator('#total')\n"
            'Expected string: "3"\nReceived string: "4"\nTimeout:  5000ms\n\nCall log:\n'
            "  - waiting for locator('#total')\n    9 \u00d7 locator resolved to <b id=\"total\">4</b>\n"
            '      - unexpected value "4"\n'
        ),
        ("assertion", None),
    ),
    "an element that is there but hidden": (
        (
            "Error: expect(locator).toBeVisible() failed\n\nLocator:  locator('#total')\nExpected: visible\n"
            "Received: hidden\nTimeout:  5000ms\n\nCall log:\n  - waiting for locator('#total')\n"
            '    9 \u00d7 locator resolved to <b id="total" hidden>4</b>\n      - unexpected value "hidden"\n'
        ),
        ("assertion", None),
    ),
    "a number of elements": (
        (
            "Error: expect(locator).toHaveCount(expected) failed\n\nLocator:  locator('li')\nExpected: 3\nReceived: 0\n"
            "Call log:\n  - waiting for locator('li')\n"
        ),
        ("assertion", None),
    ),
    "what must not be there": (
        (
            "Error: expect(locator).not.toBeVisible() failed\n\nLocator:  locator('.err')\nExpected: not visible\n"
            "Received: visible\nCall log:\n  - waiting for locator('.err')\n"
        ),
        ("assertion", None),
    ),
    "a page that was closed": (
        (
            "Error: locator.click: Target page, context or browser has been closed\nCall log:\n"
            "  - waiting for locator('#save')\n"
        ),
        ("crash", None),
    ),
    "a page that does not answer": (
        (
            "Error: page.goto: net::ERR_CONNECTION_REFUSED at http://localhost:3000/\nCall log:\n"
            '  - navigating to "http://localhost:3000/", waiting until "load"\n'
        ),
        ("network", None),
    ),
    "a selector that is none": (
        (
            'Error: locator.click: Unexpected token "]" while parsing css selector "a]".\n'
            "Call log:\n  - waiting for locator('a]')\n"
        ),
        ("bad_locator", "locator('a]')"),
    ),
}
PUPPETEER = {
    "nothing": ("Error: No element found for selector: #pay", ("not_found", "page.$('#pay')")),
    "a wait for what never came": (
        "TimeoutError: Waiting for selector `.toast` failed: Waiting failed: 30000ms exceeded",
        ("not_found", "page.$('.toast')"),
    ),
}
CYPRESS = {
    "nothing": (
        "AssertionError: Timed out retrying after 4000ms: Expected to find element: `#save`, but never found it.",
        ("not_found", "cy.get('#save')"),
    ),
    "nothing inside of an element": (
        (
            'AssertionError: Timed out retrying after 4000ms: Expected to find element: `.row [data-cy="x"]`, but '
            "never found it. Queried from:\n\n              > cy.get(.table)"
        ),
        ("not_found", "cy.get('.row [data-cy=\"x\"]')"),
    ),
    "nothing, of version 3": (
        "CypressError: Timed out retrying: Expected to find element: 'a > :nth-child(1)', but never found it.",
        ("not_found", "cy.get('a > :nth-child(1)')"),
    ),
    "no text": (
        "AssertionError: Timed out retrying after 4000ms: Expected to find content: 'Total' but never did.",
        ("not_found", "cy.contains('Total')"),
    ),
    "no text in a selector": (
        (
            "AssertionError: Timed out retrying after 4000ms: Expected to find content: 'Total' within the selector: "
            "'td' but never did."
        ),
        ("not_found", "cy.contains('td', 'Total')"),
    ),
    "no text in an element": (
        (
            "AssertionError: Timed out retrying after 4000ms: Expected to find content: 'Total' within the element: "
            "<div.cart> but never did."
        ),
        ("not_found", "cy.contains('Total')"),
    ),
    "no selector": (
        "AssertionError: Timed out retrying: Expected to find element: `undefined`, but never found it.",
        ("bad_locator", None),
    ),
    "a selector that is none": (
        "Error: Syntax error, unrecognized expression: [data-cy=a b]",
        ("bad_locator", "cy.get('[data-cy=a b]')"),
    ),
    "several": (
        (
            "CypressError: `cy.click()` can only be called on a single element. Your subject contained 3 elements. "
            "Pass `{ multiple: true }`."
        ),
        ("ambiguous", None),
    ),
    "covered": (
        (
            "CypressError: Timed out retrying after 4050ms: `cy.click()` failed because this element:\n\n"
            "`<span>Show</span>`\n\nis being covered by another element:\n\n`<div></div>`"
        ),
        ("not_usable", None),
    ),
    "detached": (
        "CypressError: `cy.click()` failed because the page updated while this command was executing.",
        ("not_usable", None),
    ),
    "disabled": (
        "CypressError: Timed out retrying after 4050ms: `cy.type()` failed because this element is `disabled`:\n",
        ("not_usable", None),
    ),
    "another text": (
        "AssertionError: Timed out retrying after 4000ms: expected '<b#total>' to have text '3', but the text was '4'",
        ("assertion", None),
    ),
    "what must not be there": (
        (
            "AssertionError: Timed out retrying after 4000ms: Expected <div.err> not to exist in the DOM, but it was "
            "continuously found."
        ),
        ("assertion", None),
    ),
    "a page that does not answer": (
        (
            "CypressError: `cy.visit()` failed trying to load:\n\nhttp://localhost:3000/\n\nWe attempted to make an "
            "http request to this URL but the request failed without a response."
        ),
        ("network", None),
    ),
    "no such role": (
        (
            "TestingLibraryElementError: Timed out retrying after 4000ms: Unable to find an accessible element with "
            'the role "button" and name "Save"'
        ),
        ("not_found", "cy.findByRole('button', { name: 'Save' })"),
    ),
}
WEBDRIVER = {
    "nothing, in Python": (
        (
            "selenium.common.exceptions.NoSuchElementException: Message: no such element: Unable to locate element: "
            '{"method":"css selector","selector":"[id=\\"save\\"]"}\n  (Session info: chrome=131.0.6778.85)'
        ),
        ("not_found", 'By.cssSelector: [id="save"]'),
    ),
    "nothing, with quotes as ChromeDriver writes them": (
        (
            "selenium.common.exceptions.NoSuchElementException: Message: no such element: Unable to locate element: "
            '{"method":"css selector","selector":"[id="save"] .a\\:b"}\n  (Session info: chrome=156.0.8078.108)'
        ),
        ("not_found", 'By.cssSelector: [id="save"] .a\\:b'),
    ),
    "nothing, in Firefox": (
        "org.openqa.selenium.NoSuchElementException: Unable to locate element: #save\nFor documentation on this error",
        ("not_found", "By.cssSelector: #save"),
    ),
    "nothing, in C#": (
        (
            "OpenQA.Selenium.NoSuchElementException : no such element: Unable to locate element: "
            '{"method":"xpath","selector":"//a[text()=\'Go\']"}'
        ),
        ("not_found", "By.xpath: //a[text()='Go']"),
    ),
    "nothing, in Ruby": (
        (
            "Selenium::WebDriver::Error::NoSuchElementError: no such element: Unable to locate element: "
            '{"method":"link text","selector":"Sign in"}'
        ),
        ("not_found", "By.linkText: Sign in"),
    ),
    "nothing, in JavaScript": (
        "TimeoutError: Waiting for element to be located By(css selector, #save)\nWait timed out after 10002ms",
        ("not_found", "By.cssSelector: #save"),
    ),
    "nothing, of a page object": (
        "org.openqa.selenium.NoSuchElementException: Cannot locate an element using By.id: save",
        ("not_found", "By.id: save"),
    ),
    "a wait that names what it waited for": (
        (
            "org.openqa.selenium.TimeoutException: Expected condition failed: waiting for presence of element located "
            "by: By.xpath: //div[@id='x'] (tried for 10 second(s) with 500 milliseconds interval)"
        ),
        ("not_found", "By.xpath: //div[@id='x']"),
    ),
    "a wait that names it in the next line": (
        (
            "org.openqa.selenium.NoSuchElementException: Expected condition failed: waiting for visibility of element "
            "located by\nBy.id: save (tried for 10 second(s) with 500 MILLISECONDS interval)"
        ),
        ("not_found", "By.id: save"),
    ),
    "nothing, of WebdriverIO 4": (
        'Error: An element could not be located on the page using the given search parameters ("a[data-x="1"]").',
        ("not_found", "$('a[data-x=\"1\"]')"),
    ),
    "a wait that names nothing": ("selenium.common.exceptions.TimeoutException: Message: \n", ("other", None)),
    "a wait for an element that was found": (
        (
            "org.openqa.selenium.TimeoutException: Expected condition failed: waiting for visibility of "
            "[[ChromeDriver: chrome on linux (a1)] -> css selector: #x] (tried for 10 second(s))"
        ),
        ("not_usable", None),
    ),
    "Java's own exception of that name": ("java.util.NoSuchElementException: No value present", ("other", None)),
    "stale": (
        "StaleElementReferenceException: stale element reference: stale element not found in the current frame",
        ("not_usable", None),
    ),
    "covered": (
        "ElementClickInterceptedException: element click intercepted: Element <a> is not clickable at point (1, 2)",
        ("not_usable", None),
    ),
    "a selector that is none": (
        (
            "InvalidSelectorException: invalid selector: Unable to locate an element with the xpath expression //a[ "
            "because of the following error"
        ),
        ("bad_locator", None),
    ),
    "a session that ended": ("InvalidSessionIdException: invalid session id", ("crash", None)),
    "a page that does not answer": (
        "selenium.common.exceptions.WebDriverException: Message: unknown error: net::ERR_NAME_NOT_RESOLVED",
        ("network", None),
    ),
    "nothing, in WebdriverIO": (
        'Error: Can\'t call click on element with selector "button[type="submit"]" because element wasn\'t found',
        ("not_found", "$('button[type=\"submit\"]')"),
    ),
    "nothing after a wait, in WebdriverIO": (
        'Error: element ("~login") still not existing after 5000ms',
        ("not_found", "$('~login')"),
    ),
    "hidden, in WebdriverIO": ('Error: element ("#x") still not displayed after 5000ms', ("not_usable", None)),
    "another text, in WebdriverIO": (
        'Error: Expect $(`#flash`) to have text\n\nExpected: "In"\nReceived: "Out"',
        ("assertion", None),
    ),
}
LIBRARY = {
    "no role": (
        (
            'TestingLibraryElementError: Unable to find an accessible element with the role "button" and name "Save"\n'
            "\nHere are the accessible roles:\n\n  heading:"
        ),
        ("not_found", "screen.getByRole('button', { name: 'Save' })"),
    ),
    "no role, by a pattern": (
        'TestingLibraryElementError: Unable to find an accessible element with the role "link" and name `/log in/i`',
        ("not_found", "screen.getByRole('link', { name: /log in/i })"),
    ),
    "no text": (
        (
            "TestingLibraryElementError: Unable to find an element with the text: It's done. This could be because the "
            "text is broken up by multiple elements."
        ),
        ("not_found", 'screen.getByText("It\'s done")'),
    ),
    "no label": (
        "Error: Unable to find a label with the text of: User",
        ("not_found", "screen.getByLabelText('User')"),
    ),
    "a label of nothing": (
        "Error: Found a label with the text of: User, however no form control was found associated to that label.",
        ("not_found", "screen.getByLabelText('User')"),
    ),
    "no test id": (
        'Unable to find an element by: [data-testid="total"]\n\n<body />',
        ("not_found", "screen.getByTestId('total')"),
    ),
    "no placeholder": (
        "Unable to find an element with the placeholder text of: Search",
        ("not_found", "screen.getByPlaceholderText('Search')"),
    ),
    "several of a role": (
        'TestingLibraryElementError: Found multiple elements with the role "row" and name "A"',
        ("ambiguous", "screen.getByRole('row', { name: 'A' })"),
    ),
    "several of a text": (
        "TestingLibraryElementError: Found multiple elements with the text: /save/i",
        ("ambiguous", "screen.getByText(/save/i)"),
    ),
}
ANY = {
    "an assertion of jest": ("Error: expect(received).toEqual(expected) // deep equality", ("assertion", None)),
    "an assertion of pytest": ("assert 3 == 4\n +  where 3 = len([1, 2, 3])", ("assertion", None)),
    "an assertion about words": (
        "AssertionError: expected 'connect ECONNREFUSED' to equal 'connected'",
        ("assertion", None),
    ),
    "no connection": ("Error: connect ECONNREFUSED 127.0.0.1:5432", ("network", None)),
    "a mistake of the code": ("TypeError: Cannot read properties of undefined (reading 'click')", ("other", None)),
    "nothing": ("", ("other", None)),
}
ALL = [
    pytest.param(*case, id=f"{name}: {words}")
    for name, cases in {
        "playwright": PLAYWRIGHT,
        "puppeteer": PUPPETEER,
        "cypress": CYPRESS,
        "webdriver": WEBDRIVER,
        "testing library": LIBRARY,
        "any": ANY,
    }.items()
    for words, case in cases.items()
]


LOCATORS = sorted({told[1] for told in (each.values[1] for each in ALL) if told[1] and told[0] != "bad_locator"})


@pytest.mark.parametrize(("text", "told"), ALL)
def test_the_words_of_each_framework_tell_whose_failure_it_is(text, told):
    found = read(text)
    assert (found.failure, found.locator) == told


@pytest.mark.parametrize("locator", LOCATORS)
def test_a_locator_that_is_told_can_be_read(locator):
    assert parsed(locator).language != "unknown"


def test_a_selector_of_an_error_is_the_same_as_that_of_the_test():
    told = read(CYPRESS["nothing"][0]).locator
    assert canonical(parsed(told)) == canonical(parsed('cy.get("#save", { timeout: 9000 })'))
    told = read(WEBDRIVER["nothing, in Python"][0]).locator
    assert canonical(parsed(told)) == canonical(parsed('By.ID, "save"'))


def test_the_stack_is_read_where_the_message_says_nothing():
    stack = "Error: locator.click: Test timeout of 300ms exceeded.\nCall log:\n  - waiting for locator('#a')"
    assert read("Test timeout of 300ms exceeded.", stack)[:2] == ("not_found", "locator('#a')")


def test_code_that_is_shown_beside_an_error_is_none_of_its_words():
    shown = "TypeError: x is undefined\n\n  6 |   expect(locator).toBeVisible();\n> 7 | throw new Error('ECONNREFUSED')"
    assert read(shown).failure == "other"


@given(st.text(max_size=300), st.text(max_size=300), st.text(max_size=40))
def test_any_words_are_read(message, stack, kind):
    assert read(message, stack, kind).failure


def _cpu(text):
    spent = []
    for _ in range(3):
        start = time.process_time()
        read(text, text)
        spent.append(time.process_time() - start)
    return min(spent)


@pytest.mark.parametrize(
    "unit",
    [
        *("strict mode violation: ", "waiting for locator(", 'waiting for selector "', "Expected to find element: `"),
        *("Expected to find content: '", "By.id: ", '{"method":"a","selector":"', 'with selector "', 'element ("'),
        *("Unable to find an element with the text: ", "Timed out retrying: ", "Expect $(`", "unknown error", "   | "),
        *("Locator: ", "page.goto: ", "waiting for presence of element", "\n", " ", "x", "By(", "to be visible"),
    ],
)
def test_time_grows_with_the_words(unit):
    small, large = (unit * (size // len(unit)) for size in (_LONG // 4, _LONG))
    spent = _cpu(large)
    assert spent < _SHORTEST or spent < _cpu(small) * 4 * _STEEPER


@pytest.mark.shared
@pytest.mark.parametrize(
    ("file", "kinds"),
    [
        ("testreports/dorny_mocha_json.json", ["other", "assertion", "other", "other", "assertion"]),
        ("testreports/dorny_python_xunit_pytest.xml", ["assertion", "other"]),
        ("testreports_generated/jest_30_json_report.json", ["other", "assertion", "other"]),
        ("testreports_generated/playwright_1_65_json_report.json", ["assertion", "other", "network", "other"]),
        ("testreports_generated/playwright_1_65_junit.xml", ["assertion", "other", "other"]),
        ("testreports_generated/pytest_json_report_collection_errors.json", ["other"] * 4),
    ],
)
def test_the_failures_of_real_reports_are_told_apart(shared_dir, file, kinds):
    body = Body((shared_dir / "payloads" / file).read_bytes(), {}, 0)
    failures = [each for each in load()["testreports"].read(body) if isinstance(each, TestFailure)]
    assert [each.failure for each in failures] == kinds
    assert not any(each.locator for each in failures)
