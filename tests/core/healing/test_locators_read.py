"""What a locator means, whatever it is written in."""

import csv
import gzip
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from argus_streams.core.healing.locators.canonical import canonical
from argus_streams.core.healing.locators.locator import Condition, Step
from argus_streams.core.healing.locators.reading import LONGEST, parsed

KNOWN = 0.97  # of the locators of real projects, at the least
_STEEPER = 2.5  # than linear
_LOOKS = 5
_SHORTEST = 0.02  # CPU seconds that are measured, rather than disturbed


def means(text):
    return canonical(parsed(text))


@pytest.mark.parametrize(
    ("language", "text", "meaning"),
    [
        ("css", "#x", 'id="x"'),
        ("css", 'div.a > .b[href^="/x" i]:not(.c, .d) ~ p', 'class="a"&tag="div" > attribute[href]^="/x"i&'),
        ("css", "li:nth-child(2)", 'pseudo[nth-child]="2"&tag="li"'),
        ("css", "#a\\.b", 'id="a.b"'),
        ("css", ".a, .b", 'any(class="a", class="b")'),
        ("css", "[data-cy=save", 'test_id[data-cy]="save"'),
        ("xpath", "//div[@id='a']//a[contains(text(),'Go')]", 'id="a"&tag="div" tag="a"&text*="Go"'),
        ("xpath", "(//a[normalize-space()='Save'])[2]", 'tag="a"&text="Save" | nth="1"'),
        ("xpath", "//a[contains(concat(' ', normalize-space(@class), ' '), ' b ')]", 'class="b"&tag="a"'),
        ("xpath", "//li/..", 'tag="li" < tag="*"'),
        ("xpath", "//a[@id='x' or @id='y' and @rel]", "pseudo[xpath]=\"@id='x' or @id='y' and @rel\"&tag=\"a\""),
        ("playwright", "page.getByRole('button', { name: 'Save' })", 'name*="Save"i&role="button"'),
        ("playwright", "page.getByRole('heading', { level: 2 })", 'role="heading"&state[level]="2"'),
        ("playwright", 'page.get_by_role("button", name="Save", exact=True)', 'name="Save"&role="button"'),
        (
            "playwright",
            'page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Save"))',
            'name*="Save"i&role="button"',
        ),
        ("playwright", 'Page.GetByRole(AriaRole.Link, new() { Name = "Save" })', 'name*="Save"i&role="link"'),
        ("playwright", "page.locator('li').filter({ hasText: 'x' }).first()", 'tag="li"&text*="x"i | nth="0"'),
        ("playwright", "page.locator('ul').filter({ has: page.getByText('x') })", 'has(text*="x"i)&tag="ul"'),
        ("playwright", 'page.locator("#a").first.click()', 'id="a" | nth="0"'),
        ("playwright", "page.frameLocator('#f').getByLabel('User')", 'id="f" >> label*="User"i'),
        ("playwright", "page.locator('#a').or(page.getByTestId('b'))", 'any(id="a", test_id[data-testid]="b")'),
        ("playwright", "page.getByText(/save/i)", 'text~"save"i'),
        ("playwright", "page.click('#a', { timeout: 3 })", 'id="a"'),
        ("playwright", "text=Save", 'text*="Save"i'),
        ("playwright", 'css=#a >> text="Save" >> nth=1', 'id="a" text="Save" | nth="1"'),
        ("playwright", 'internal:role=button[name="Save"i]', 'name*="Save"i&role="button"'),
        ("playwright", "expect(page.locator('#x')).toBeVisible()", 'id="x"'),
        ("testing_library", "screen.getByRole('button', { name: /save/i })", 'name~"save"i&role="button"'),
        ("testing_library", "queryAllByPlaceholderText('Name')[1]", 'placeholder="Name" | nth="1"'),
        ("testing_library", "within(screen.getByTestId('d')).findByText('x')", 'test_id[data-testid]="d" text="x"'),
        ("cypress", "cy.get('#a').find('b').eq(1)", 'id="a" tag="b" | nth="1"'),
        ("cypress", "cy.contains('button', 'Save').should('be.visible')", 'tag="button"&text*="Save"'),
        ("cypress", "cy.get('li:first').parent()", 'tag="li" | nth="0" < tag="*"'),
        ("cypress", "cy.findByRole('button', { name: 'Save' })", 'name="Save"&role="button"'),
        ("selenium", 'By.ID, "x"', 'id="x"'),
        ("selenium", 'driver.find_element(By.CSS_SELECTOR, "#x > a")', 'id="x" > tag="a"'),
        ("selenium", 'driver.findElement(By.linkText("Sign in")).click();', 'tag="a"&text="Sign in"'),
        ("selenium", '@FindBy(how = How.CSS, using = ".y")', 'class="y"'),
        ("selenium", '@FindBy(id = "x")', 'id="x"'),
        ("selenium", 'driver.find_element(:id, "x")', 'id="x"'),
        ("selenium", 'driver.find_element_by_name("q")', 'attribute[name]="q"'),
        ("selenium", '{"method":"css selector","selector":"[id=\\"x\\"]"}', 'id="x"'),
        ("selenium", '{"method":"css selector","selector":"[id="x"]"}', 'id="x"'),
        ("selenium", "By.cssSelector: #x", 'id="x"'),
        ("webdriverio", "await $('#a').$('.b')", 'id="a" class="b"'),
        ("webdriverio", "$$('button*=Sav')[0]", 'tag="button"&text*="Sav" | nth="0"'),
        ("webdriverio", "~login", 'label="login"'),
        ("webdriverio", "$('aria/Save')", 'name="Save"'),
    ],
)
def test_a_locator_of_each_language_is_read(language, text, meaning):
    read = parsed(text)
    assert (read.language, read.reason) == (language, "")
    assert canonical(read).startswith(meaning)


# Each pair was worked out by reading the documentation of its language.
FORMS = [
    ("cy.get(small ? '#a' : '#b')", "dynamic=\"${small ? '#a' : '#b'}\""),
    ("page.getByText(a || 'b')", "text*=\"${a || 'b'}\"i"),
    ("page.locator(`a` + b)", 'dynamic="a${b}"'),
    ("//a[((@id='x'))]", 'id="x"&tag="a"'),
    ('internal:text="Save"s', 'text="Save"'),
    ('internal:label="User"i', 'label*="User"i'),
    ("internal:attr=[title=/x+/i]", 'title~"x+"i'),
    ("internal:role=checkbox[checked][name=/a/i]", 'name~"a"i&role="checkbox"&state[checked]="true"'),
    ("internal:testid=[data-testid=/^a/]", 'test_id[data-testid]~"^a"'),
    ("iframe >> internal:control=enter-frame >> text=x", 'tag="iframe" >> text*="x"i'),
    ('li >> internal:has-text="x"i', 'tag="li"&text*="x"i'),
    ('ul >> internal:has="li.b"', 'has(class="b"&tag="li")&tag="ul"'),
    ("button >> visible=true", 'pseudo[visible]=""&tag="button"'),
    ("id=a", 'id="a"'),
    ("data-testid=x", 'test_id[data-testid]="x"'),
    ("link=Sign in", 'tag="a"&text="Sign in"'),
    ("partial_link=Sign", 'tag="a"&text*="Sign"'),
    ("text=/sa.e/i", 'text~"sa.e"i'),
    ('"Save"', 'text="Save"'),
    ("css=li:nth-match(.b, 2)", 'any(class="b")&tag="li" | nth="1"'),
    ("li:nth-match(.b, 2)", 'any(class="b")&tag="li" | nth="1"'),
    ('input[type!="text"]', 'not(attribute[type]="text")&tag="input"'),
    ('a:text-matches("x.*", "i")', 'tag="a"&text~"x.*"i'),
    (".a:is(.b, .c)", 'any(class="b", class="c")&class="a"'),
    ("ul:has(> li.b)", 'has(> class="b"&tag="li")&tag="ul"'),
    ("a[href]", 'attribute[href]&tag="a"'),
    ("//a[not(@rel) and @href!='x']", 'not(attribute[href]="x")&not(attribute[rel])&tag="a"'),
    ("//a[@id='x'] | //b", 'any(id="x"&tag="a", tag="b")'),
    ("//ul/li[last()]", 'tag="ul" > tag="li"&pseudo[position]="last()"'),
    ("(//li)[last()]", 'tag="li" | nth="-1"'),
    ("(//li)[@a]/b", 'attribute[a]&tag="li" > tag="b"'),
    ("//a/parent::div", 'tag="a" < tag="div"'),
    ("//a/ancestor::form", 'tag="a" : axis[ancestor]=""&tag="form"'),
    ("//input/@value", 'tag="input" : axis[@value]=""'),
    ("//p/text()", 'tag="p" : axis[text()]=""'),
    ("//div[.//b]", 'pseudo[xpath]=".//b"&tag="div"'),
    ("//*[local-name()='svg']", 'tag="svg"'),
    ("//*[@class='a b']", 'attribute[class]="a b"'),
    ("//button[normalize-space(@title)='x']", 'tag="button"&title="x"'),
    ("//a[starts-with(@href,'/x')]", 'attribute[href]^="/x"&tag="a"'),
    ('//a[contains(., concat("it\'s ", \'"x"\'))]', 'tag="a"&text*="it\'s \\"x\\""'),
    ("//div[@id=concat('a','b')]", 'id="ab"&tag="div"'),
    ("//tr[position()=2]", 'pseudo[xpath]="position()=2"&tag="tr"'),
    ("./b", '> tag="b"'),
    ("//div[${n}]", 'pseudo[xpath]="${n}"&tag="div"'),
    ("//a[@id='x-${id}']", 'id="x-${id}"&tag="a"'),
    ("page.getByText(`a ${b}` + c + 'd')", 'text*="a ${b}${c}d"i'),
    ('page.getByText("a" "b")', 'text*="ab"i'),
    ('page.get_by_text(f"Row {n} of {{x}}")', 'text*="Row ${n} of {x}"i'),
    ('page.get_by_text(r"a\\d")', 'text*="a\\\\d"i'),
    ("page.getByText('\\u00e4\\x41\\n')", 'text*="äA"i'),
    ("page.getByText(new RegExp('sa', 'i'))", 'text~"sa"i'),
    ('page.getByText(re.compile(r"sa"))', 'text~"sa"'),
    ("page.getByRole('button', { name, exact: true })", 'name="${name}"&role="button"'),
    ("page.getByRole('button', { ...options, name: 'x' })", 'name*="x"i&role="button"'),
    ("page.locator(rows[0].selector)", 'dynamic="${rows[0].selector}"'),
    ("page.locator('a', (x) => { return x; })", 'tag="a"'),
    ("page.locator((await getSel()))", 'dynamic="${getSel()}"'),
    ("(await page.$('#a')).click()", 'id="a"'),
    ("page.locator('li').and(page.getByText('x'))", 'any(text*="x"i)&tag="li"'),
    ("page.locator('li').filter({ hasNotText: 'x', visible: true })", 'not(text*="x"i)&pseudo[visible]=""&tag="li"'),
    ("page.locator('li', { hasNot: page.locator('b') })", 'not(has(tag="b"))&tag="li"'),
    (
        "page.getByRole('tab', { selected: true, checked: 'mixed' })",
        'role="tab"&state[checked]="mixed"&state[selected]="true"',
    ),
    ("page.getByDisplayValue('x')", 'attribute[value]="x"'),
    ("page!.locator('#a')", 'id="a"'),
    ("page?.locator('#a')", 'id="a"'),
    ("page.locator('a')[0]", 'tag="a" | nth="0"'),
    ("cy.get('#a').not('.b').parents('form').next()", 'id="a"&not(class="b") : axis[parents]=""&tag="form" + tag="*"'),
    ("cy.contains('x', { matchCase: false })", 'text*="x"i'),
    ("cy.get('li').eq(i)", 'tag="li" | nth="${i}"'),
    ("cy.get('li').eq(-1)", 'tag="li" | nth="-1"'),
    ("cy.xpath('//a')", 'tag="a"'),
    ("cy.get('#a').siblings()", 'id="a" : axis[siblings]=""'),
    ("cy.get('#a').shadow().find('b')", 'id="a" tag="b"'),
    ('driver.findElement(By.className("a")).findElement(By.tagName("b"))', 'class="a" tag="b"'),
    ('driver.findElement(By.partialLinkText("Sign"))', 'tag="a"&text*="Sign"'),
    ('driver.find_element(AppiumBy.ACCESSIBILITY_ID, "x")', 'label="x"'),
    ('{"using":"accessibility id","value":"x"}', 'label="x"'),
    ("$(selector)", 'dynamic="${selector}"'),
    ("$('=Save')", 'tag="a"&text="Save"'),
    ("$('//a')", 'tag="a"'),
    ("$('.a[b=c]*=x')", 'attribute[b]="c"&class="a"&text*="x"'),
    ("$$('li')[i]", 'tag="li" | nth="${i}"'),
    ("browser.$('a').$$('b')", 'tag="a" tag="b"'),
    ("screen.getByLabelText(label)", 'label="${label}"'),
    ("container.querySelectorAll('.a')[1]", 'class="a" | nth="1"'),
    ("within(dialog).getByText('x')", 'dynamic="${dialog}" text="x"'),
    ("page.locator('#a\\\\.b')", 'id="a.b"'),
    ('cy.get(\'[data-x="a\\\\"b"]\')', 'attribute[data-x]="a\\"b"'),
]


@pytest.mark.parametrize(("text", "meaning"), FORMS)
def test_each_form_of_a_locator_is_read(text, meaning):
    assert means(text) == meaning


@pytest.mark.parametrize("text", ['driver.find_element(By.JQUERY, "x")', "By.foo: x", "svg|rect"])
def test_a_form_that_nobody_knows_is_none(text):
    assert parsed(text).language == "unknown"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ('cy.get("#a")', "cy.get( '#a' )"),
        ("cy.get('[data-cy=x]')", "cy.get('[data-cy=\"x\"]', { timeout: 10000 })"),
        ("cy.get('#a')", "page.locator('#a')"),
        ("page.locator('li', { hasText: 'x' })", "page.locator('li').filter({ hasText: 'x' })"),
        ("page.getByText('Hi  there')", "page.get_by_text('Hi there')"),
        ("cy.get('.a.b')", "cy.get('.b.a')"),
        ("cy.get('[data-cy=x-' + id + ']')", "cy.get(`[data-cy=x-${id}]`)"),
        ("page.getByTestId('x')", "page.locator('[data-testid=\"x\"]')"),
        ('By.ID, "x"', 'driver.findElement(By.id("x"))'),
        ("//*[@id='x']", "#x"),
    ],
)
def test_locators_that_mean_the_same_are_one(one, other):
    assert means(one) == means(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("cy.get('#a b')", "cy.get('#a > b')"),
        ("cy.get('#a').first()", "cy.get('#a')"),
        ("page.getByText('x')", "page.getByText('x', { exact: true })"),
        ("page.getByText('x')", "page.getByLabel('x')"),
        ("//a[@rel][2]", "//a[2][@rel]"),
        ("cy.get('[id=\"a b\"]')", "cy.get('#a b')"),
    ],
)
def test_locators_that_mean_something_else_are_two(one, other):
    assert means(one) != means(other)


def test_parts_that_only_the_running_test_knows_are_marked():
    read = parsed("page.locator(`#row-${id} > .name`)")
    assert read.dynamic
    assert read.steps == (
        Step((Condition("id", "row-${id}", dynamic=True),)),
        Step((Condition("class", "name"),), "child"),
    )
    assert parsed("cy.get(selectors.save)").dynamic
    assert parsed("page.getByText(message)").dynamic
    assert not parsed("page.getByText('message')").dynamic


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "an empty selector"),
        ("cy.login('x')", "a command that only the project knows"),
        ("page.goto('/x')", "a call that no framework is known by"),
        ("the button at the top", "no language that is known"),
        ("}{", "no selector"),
        ("#" * 100, "no selector"),
        ("a" * (LONGEST + 1), "too long"),
        (":has(" * 20 + "a" + ")" * 20, "nested too deep"),
        ("\U000f0000", "letters that no page uses"),
    ],
)
def test_what_is_in_no_language_says_why(text, reason):
    read = parsed(text)
    assert (read.language, read.reason, read.steps) == ("unknown", reason, ())


_PIECES = st.sampled_from(
    [
        *(
            "cy.get(",
            "page.locator(",
            "By.ID, ",
            "$(",
            "screen.getByText(",
            ")",
            "(",
            "[",
            "]",
            "{",
            "}",
            "'",
            '"',
            "`",
        ),
        *("${", "\\", "//", "/", ":has(", ":not(", ":nth-match(", ">>", ">", ",", "=", "@", "#a", ".b", "text=", "+"),
        *(
            "first()",
            ".",
            " ",
            "and",
            "or",
            "not(",
            "::",
            "await ",
            "new ",
            "re.compile(",
            "name:",
            ";",
            "é",
            "\n",
            "0",
        ),
    ]
)


@given(st.one_of(st.text(max_size=60), st.lists(_PIECES, max_size=25).map("".join)))
def test_any_text_is_a_locator_or_says_why_it_is_none(text):
    read = parsed(text)
    assert (read.language == "unknown") == bool(read.reason)
    assert read.steps or read.reason
    assert canonical(read) == canonical(parsed(text))


def _cpu(text):
    spent = []
    for _ in range(3):
        start = time.process_time()
        parsed(text)
        spent.append(time.process_time() - start)
    return min(spent)


def _grows_evenly(small, large):
    spent = _cpu(large)
    return spent < _SHORTEST or spent < _cpu(small) * 4 * _STEEPER


@pytest.mark.parametrize("begin", ["", "cy.get('", "page.locator(`", "//a[", "By.id(", "css=", "$(", "page.x("])
def test_time_grows_with_the_text(begin):
    units = (
        "(",
        "[",
        "{",
        "'",
        '"',
        "`",
        "${",
        "\\",
        "\\'",
        ":has(",
        "a b",
        ".a",
        "[a=",
        "//",
        " and ",
        "f(",
        "a,",
        ">>",
    )
    for unit in (*units, "not(", "$ {", "@a ", "/a/", "=", "+a", "'+", "_by_", "By."):
        small, large = (begin + unit * ((size - len(begin)) // len(unit)) for size in (LONGEST // 4, LONGEST))
        # a neighbour's load makes one look steep, never all of them
        assert any(_grows_evenly(small, large) for _ in range(_LOOKS)), unit


@pytest.mark.shared
def test_the_locators_of_real_projects_are_read(shared_dir):
    with gzip.open(shared_dir / "benchmarks" / "reprobreak.dev.csv.gz", "rt") as file:
        rows = list(csv.DictReader(file))
    unknown = [
        row for row in rows if "unknown" in {parsed(row[each]).language for each in ("old_locator", "new_locator")}
    ]
    assert len(unknown) <= (1 - KNOWN) * len(rows)


@pytest.mark.parametrize("mark", ["}", ")", "]", "{", ",", ";", "=", "+", "await", "//"])
def test_a_text_is_not_taken_for_code(mark):
    assert means(f"page.getByText('{mark}', {{ exact: true }}).first()") == f'text="{mark}" | nth="0"'
