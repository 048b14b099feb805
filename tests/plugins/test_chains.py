import pytest
from argus_pytest.chains import read, written
from hypothesis import given
from hypothesis import strategies as st

LOCATORS = [
    'page.get_by_role("button", name="Save")',
    'page.locator("#pay").get_by_text("Save", exact=True).first',
    'page.locator("tr").filter(has=page.get_by_text("Ada"), visible=True).nth(-1)',
    'page.frame_locator("iframe").get_by_label(re.compile("^Card", re.I))',
    'page.locator("a[title=\\"b\'s\\"]")',
]


@pytest.mark.parametrize("locator", LOCATORS)
def test_a_locator_is_written_as_it_was_read(locator):
    assert written(read(locator)) == locator


@pytest.mark.parametrize(
    "text",
    [
        "self.page.get_by_role( 'button' , name = 'Save' )",
        'get_by_role("button", name="Save")',
        'await page.get_by_role("button", name="Save").click();',
        'page.get_by_role("button",\n    name="Save",\n)',
    ],
)
def test_style_and_receiver_make_no_difference(text):
    assert read(text) == read('page.get_by_role("button", name="Save")')


def test_a_locator_of_selenium_names_its_strategy():
    assert read('driver.find_element(By.ID, "save")') == read("find_element('id', 'save')")
    assert written(read('find_element("id", "save")'), "driver") == 'driver.find_element(By.ID, "save")'


@pytest.mark.parametrize(
    "text",
    [
        "",
        "page",
        "page.click()",
        "__import__('os').system('true')",
        "page.locator(open('/etc/passwd').read())",
        "page.locator(selector)",
        "page.getByRole('button', { name: 'Save' })",
        "cy.get('#save')",
        "page.locator(re.compile('('))",
        "(" * 1_000,
        "page.locator('" + "x" * 3_000 + "')",
        "expect(page.locator('#a')).to_be_visible()",
    ],
)
def test_what_is_no_locator_of_literals_is_not_read(text):
    with pytest.raises(ValueError, match=r"\w"):
        read(text)


def taken(text):
    """What it is read as, or why it is refused."""
    try:
        return read(text)
    except ValueError as refused:
        return str(refused)


@given(st.text())
def test_any_text_is_read_or_refused(text):
    assert taken(text)


@given(st.text(st.characters(exclude_categories=["Cs"])), st.sampled_from("'\""))
def test_any_selector_is_written_so_that_it_is_read_again(selector, quote):
    chain = (("locator", (selector,), ()),)
    if len(selector) < 500:
        assert read(written([type(read("a.first")[0])(*call) for call in chain], quote=quote)) == chain
