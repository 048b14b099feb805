"""A new locator, written as the test that has the old one would."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from argus_streams.core.healing.locators.anchor import Anchor
from argus_streams.core.healing.locators.canonical import canonical
from argus_streams.core.healing.locators.conditions import TEST_ID, attribute
from argus_streams.core.healing.locators.locator import Condition, Locator, Step
from argus_streams.core.healing.locators.plain import css_of, xpath_of
from argus_streams.core.healing.locators.reading import parsed
from argus_streams.core.healing.locators.writing import replaced, written

SAVE = Anchor(by="role", value="button", name="Save")
ID = Anchor(by="id", value="save")
TEST = Anchor(by="test_id", value="save")
QA = Anchor(by="test_id", value="save", attribute="data-qa")
TEXT = Anchor(by="text", value="It's done")
CSS = Anchor(by="css", value="form > .save")


@pytest.mark.parametrize(
    ("old", "anchor", "new"),
    [
        ("page.locator('#x')", TEST, "page.getByTestId('save')"),
        ("page.locator('#x')", QA, "page.locator('[data-qa=\"save\"]')"),
        ("page.locator('#x')", SAVE, "page.getByRole('button', { name: 'Save', exact: true })"),
        ("await page.locator('.a').first().click();", ID, "await page.locator('#save').click();"),
        ("page.getByText('x')", TEXT, 'page.getByText("It\'s done", { exact: true })'),
        ("page.click('#x', { timeout: 5 })", SAVE, "page.click('role=button[name=\"Save\"]', { timeout: 5 })"),
        (
            "page.waitForSelector('.x', { state: 'visible' })",
            CSS,
            "page.waitForSelector('form > .save', { state: 'visible' })",
        ),
        ("page.frameLocator('#f').locator('b').nth(2)", TEST, "page.frameLocator('#f').getByTestId('save')"),
        ("expect(page.locator('#x')).toBeVisible()", TEST, "expect(page.getByTestId('save')).toBeVisible()"),
        ('page.get_by_text("x").first', SAVE, 'page.get_by_role("button", name="Save", exact=True)'),
        ('page.get_by_text("x")', TEST, 'page.get_by_test_id("save")'),
        (
            'page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName("x"))',
            SAVE,
            'page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Save").setExact(true))',
        ),
        ('Page.GetByText("x")', SAVE, 'Page.GetByRole(AriaRole.Button, new() { Name = "Save", Exact = true })'),
        ('page.locator("#x")', SAVE, "page.locator(\"role=button[name='Save']\")"),
        ("text=x", SAVE, 'role=button[name="Save"]'),
        (
            "cy.get(\"#x\", { timeout: 9 }).should('be.visible')",
            ID,
            "cy.get(\"#save\", { timeout: 9 }).should('be.visible')",
        ),
        ("cy.get('.a').find('b').eq(1).click()", TEST, "cy.get('[data-testid=\"save\"]').click()"),
        ("cy.contains('x')", TEXT, "cy.contains(/^It's done$/)"),
        ("cy.findByText('x')", SAVE, "cy.findByRole('button', { name: 'Save' })"),
        ("cy.getByTestId('x')", TEST, "cy.getByTestId('save')"),
        ("cy.getByTestId('x')", QA, "cy.get('[data-qa=\"save\"]')"),
        ("cy.get('#x')", Anchor(by="label", value="User"), "cy.get('[aria-label=\"User\"]')"),
        (
            "cy.get('#x')",
            Anchor(by="role", value="link", name="Go"),
            (
                'cy.get(\'a[href][aria-label="Go"], a[href]:contains("Go"), area[href][aria-label="Go"], '
                'area[href]:contains("Go"), [role="link"][aria-label="Go"], [role="link"]:contains("Go")\')'
            ),
        ),
        ("cy.get('#x')", Anchor(by="role", value="tab"), "cy.get('[role=\"tab\"]')"),
        ("//a", Anchor(by="css", value="a:unheard("), "a:unheard("),
        ("//a", Anchor(by="role", value="tab"), '//*[@role="tab"]'),
        ("cy.xpath('//a')", ID, "cy.xpath('//*[@id=\"save\"]')"),
        ("screen.queryByText('x')", SAVE, "screen.queryByRole('button', { name: 'Save' })"),
        ("within(dialog).findByText('x')", TEST, "screen.findByTestId('save')"),
        ("screen.getAllByRole('row')[2]", TEXT, 'screen.getByText("It\'s done")'),
        ("screen.getByText('x')", ID, "document.querySelector('#save')"),
        ('driver.find_element(By.CSS_SELECTOR, "#x").click()', ID, 'driver.find_element(By.ID, "save").click()'),
        ('By.ID, "x"', QA, "By.CSS_SELECTOR, \"[data-qa='save']\""),
        ('driver.findElement(By.id("x"))', QA, "driver.findElement(By.cssSelector(\"[data-qa='save']\"))"),
        ("driver.findElement(By.css('.x'))", CSS, "driver.findElement(By.css('form > .save'))"),
        ('driver.FindElement(By.Id("x"))', CSS, 'driver.FindElement(By.CssSelector("form > .save"))'),
        ('driver.find_element(:id, "x")', CSS, 'driver.find_element(:css, "form > .save")'),
        ('@FindBy(id = "x")', CSS, '@FindBy(css = "form > .save")'),
        ('@FindBy(how = How.ID, using = "x")', CSS, '@FindBy(how = How.CSS, using = "form > .save")'),
        ('driver.find_element_by_id("x")', CSS, 'driver.find_element_by_css_selector("form > .save")'),
        ("By.id: x", CSS, "By.cssSelector: form > .save"),
        ("await $('#x').$('b').click()", TEST, "await $('[data-testid=\"save\"]').click()"),
        ("$$('.x')[2]", ID, "$('#save')"),
        ("#x", TEST, '[data-testid="save"]'),
        ("//a", TEST, '//*[@data-testid="save"]'),
        ("nobody knows", TEST, '[data-testid="save"]'),
    ],
)
def test_a_new_locator_is_written_like_the_old_one(old, anchor, new):
    assert written(anchor, parsed(old)) == new


@pytest.mark.parametrize(
    ("old", "selector", "new"),
    [
        ("cy.get('#x').first().click()", ".b > a", "cy.get('.b > a').click()"),
        ('page.locator("#x")', "//a[@id='y']", "page.locator(\"//a[@id='y']\")"),
        ("page.getByRole('button')", ".b", "page.locator('.b')"),
        ('By.ID, "x"', "//a", 'By.XPATH, "//a"'),
        ("$('#x')", ".b", "$('.b')"),
        ("screen.getByText('x')", ".b", "document.querySelector('.b')"),
        (
            "await screen.findByText('x')",
            "//b",
            "await document.evaluate('//b', document, null, XPathResult.FIRST_ORDERED_NODE_TYPE, null).singleNodeValue",
        ),
        ("#x", ".b", ".b"),
    ],
)
def test_a_selector_is_put_where_the_old_one_stood(old, selector, new):
    assert replaced(parsed(old), selector) == new


_LETTERS = st.one_of(
    st.sampled_from("\"'\\`$&<>/|[]{}().#:*=^+~ ä€日a1-_"),
    st.characters(min_codepoint=32, max_codepoint=0xFFFF, categories=["L", "N", "P", "S"]),
)
VALUES = (
    st.text(_LETTERS, min_size=1, max_size=12)
    .map(lambda text: " ".join(text.split()))
    .filter(lambda text: text and "${" not in text)
)
IN_CODE = [
    *("page.locator('#x').first()", 'page.getByText("x", { exact: true })', 'page.get_by_text("x", exact=True)'),
    *('page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName("x"))', 'Page.GetByText("x")'),
    *("screen.getByText('x')", 'screen.findByText("x")', "cy.findByText('x')"),
]
PLAIN = [
    *("cy.get('#x')", 'cy.get("#x")', "$('#x')", "page.click('#x')", 'page.locator("#x")', 'By.ID, "x"', "#x", "//a"),
    *('driver.findElement(By.id("x"))', "driver.findElement(By.css('.x'))", '@FindBy(id = "x")', "css=#x"),
]
NAMED = st.sampled_from(["label", "text", "role", "placeholder", "alt", "title", "test_id", "id", "name"])
OF_ATTRIBUTES = st.sampled_from(["placeholder", "alt", "title", "test_id", "id", "name"])


def anchored(by, value):
    return Anchor(by=by, value="button", name=value) if by == "role" else Anchor(by=by, value=value)


def meaning(anchor):
    """What an anchor says, without any language."""
    if anchor.by == "role":
        conditions = (Condition("role", "button"), Condition("name", anchor.name))
    elif anchor.by in {"label", "text"}:
        conditions = (Condition(anchor.by, anchor.value),)
    else:
        conditions = (attribute(TEST_ID if anchor.by == "test_id" else anchor.by, anchor.value),)
    return canonical(Locator(language="css", text="", steps=(Step(conditions),)))


@given(st.sampled_from(IN_CODE), NAMED, VALUES)
def test_what_is_written_in_a_language_of_people_means_the_anchor(old, by, value):
    anchor, like = anchored(by, value), parsed(old)
    read = parsed(written(anchor, like))
    assert (read.language, canonical(read)) == (like.language, meaning(anchor))


@given(st.sampled_from(PLAIN), OF_ATTRIBUTES, VALUES)
def test_what_is_written_as_a_selector_means_the_anchor(old, by, value):
    anchor = anchored(by, value)
    assert canonical(parsed(written(anchor, parsed(old)))) == meaning(anchor)


def page(by, value):
    """A page on which one element is the anchor's, and others nearly."""
    body = html.Element("body")
    for name in (value, f"{value}x", "other"):
        element = html.Element("a" if by == "text" else "input" if by in {"label", "placeholder", "name"} else "button")
        if by in {"text", "role"}:
            element.text = f" {name} "
        else:
            element.set({"test_id": "data-testid", "label": "aria-label"}.get(by, by), name)
        element.set("class", "answer" if name == value else "decoy")
        body.append(element)
    return body


@given(NAMED, VALUES)
def test_xpath_finds_the_one_element_that_an_anchor_means(by, value):
    (found,) = page(by, value).xpath(xpath_of(anchored(by, value)))
    assert found.get("class") == "answer"


# cssselect takes two backslashes and a digit for a code point, which browsers do not.
@given(OF_ATTRIBUTES, VALUES.filter(lambda text: "\\" not in text), st.sampled_from(["'", '"']))
def test_css_finds_the_one_element_that_an_anchor_means(by, value, quote):
    (found,) = page(by, value).cssselect(css_of(anchored(by, value), quote))
    assert found.get("class") == "answer"


@pytest.mark.parametrize(
    "shown",
    [
        "<label for=u>User</label><input id=u class=answer>",
        "<label>User<input class=answer></label>",
        "<input aria-label=User class=answer>",
    ],
)
def test_a_label_is_found_whichever_way_it_is_told(shown):
    (found,) = html.fromstring(f"<body><p>User</p>{shown}</body>").xpath(xpath_of(Anchor(by="label", value="User")))
    assert found.get("class") == "answer"


@pytest.mark.parametrize(
    "shown",
    [
        "<button class=answer>Save</button>",
        "<input type=submit value=Save class=answer>",
        "<div role=button class=answer><b>Save</b></div>",
        "<button aria-label=Save class=answer>+</button>",
    ],
)
def test_a_role_is_found_whichever_way_it_is_told(shown):
    (found,) = html.fromstring(f"<body><p>Save</p><a href=x>Save</a>{shown}</body>").xpath(xpath_of(SAVE))
    assert found.get("class") == "answer"


def test_a_selector_is_translated_for_a_test_that_speaks_xpath():
    body = html.fromstring("<body><ul><li class='a b' id=x><li class=bb></ul></body>")
    (found,) = body.xpath(written(Anchor(by="css", value="li.b"), parsed("//a")))
    assert found.get("id") == "x"


def test_the_smallest_element_of_a_text_is_meant():
    (found,) = html.fromstring("<body><div><p><b class=answer>Save</b></p></div></body>").xpath(
        xpath_of(Anchor(by="text", value="Save"))
    )
    assert found.get("class") == "answer"


@given(st.text(max_size=40), st.sampled_from([*IN_CODE, *PLAIN]), NAMED, st.text(min_size=1, max_size=20))
def test_any_anchor_can_be_written_like_any_locator(text, old, by, value):
    anchor = anchored(by, value)
    assert written(anchor, parsed(old))
    assert written(anchor, parsed(text))
