"""Healed locators written into files: the literal alone, never an assertion, never a guess."""

import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from argus_streams.core.healing.patch import Edit, Left, diff, patched

PAY = Edit(1, "#pay-now", "#pay")
TEST_ID = Edit(1, '[data-testid="pay-now"]', '[data-testid="pay"]')


@pytest.mark.parametrize(
    ("line", "edit", "after"),
    [
        ("cy.get('#pay-now').click();", PAY, "cy.get('#pay').click();"),
        ("cy.get('#pay-now').should('be.visible')", PAY, "cy.get('#pay').should('be.visible')"),
        ("cy.get('[data-testid=\"pay-now\"]')", TEST_ID, "cy.get('[data-testid=\"pay\"]')"),
        ("cy.get(\"[data-testid='pay-now']\")", TEST_ID, "cy.get(\"[data-testid='pay']\")"),
        (r'$("[data-testid=\"pay-now\"]")', TEST_ID, r'$("[data-testid=\"pay\"]")'),
        (
            'await page.getByRole("button", { name: "Pay now" }).click()',
            Edit(1, "getByRole('button', { name: 'Pay now' })", "getByRole('button', { name: 'Pay' })"),
            'await page.getByRole("button", { name: "Pay" }).click()',
        ),
        ("driver.find_element(By.ID, 'pay-now')", Edit(1, "pay-now", "pay"), "driver.find_element(By.ID, 'pay')"),
        ("get('#pay-now-later'); get('#pay-now')", PAY, "get('#pay-now-later'); get('#pay')"),
    ],
)
def test_the_literal_is_replaced_as_the_test_writes_it(line, edit, after):
    assert patched(f"{line}\r\nrest\n", [edit]).text == f"{after}\r\nrest\n"


@pytest.mark.parametrize(
    ("text", "edit", "why"),
    [
        ("cy.get('#other')", PAY, "gone"),
        ("cy.get('#pay-now-later')", PAY, "gone"),
        ("cy.get('#pay-now'); cy.get('#pay-now')", PAY, "several"),
        ("await expect(page.locator('#pay-now')).toBeVisible()", PAY, "assertion"),
        ('assert page.locator("#pay-now").is_visible()', PAY, "assertion"),
        ('assertThat(driver.findElement(By.cssSelector("#pay-now")))', PAY, "assertion"),
        ("expect(text).toBe('#pay-now')", PAY, "assertion"),
        ("await Expect(page.Locator('#pay-now')).ToBeVisibleAsync();", PAY, "assertion"),
        ("Assert.IsTrue(driver.FindElement(By.CssSelector('#pay-now')).Displayed);", PAY, "assertion"),
        ("await expectText('#pay-now', 'Pay')", PAY, "assertion"),
        ("soft_assert('#pay-now')", PAY, "assertion"),
        ("Element Should Be Visible    '#pay-now'", PAY, "assertion"),
        ("await expect(\n  page.locator('#pay-now'),\n).toBeVisible()", PAY._replace(line=2), "assertion"),
        ("expect(text)\n  .toBe('#pay-now')", PAY._replace(line=2), "assertion"),
        ("cy.get('#pay-now')", PAY._replace(line=2), "no_line"),
        ("cy.get('#pay-now')", PAY._replace(line=None), "no_line"),
        ("cy.get('#pay-now')", PAY._replace(line=-1), "no_line"),
        ("cy.get('#pay-now')", PAY._replace(healed="[a='b']"), "unwritable"),
        ("cy.get('#pay-now')", PAY._replace(healed="'); steal('"), "unwritable"),
        ("cy.get('#pay-now')", PAY._replace(healed="#a\n#b"), "unwritable"),
        ("cy.get('#pay-now')", PAY._replace(healed="#a\\"), "unwritable"),
        ("byRole(#pay-now)", PAY._replace(healed="'"), "unwritable"),
    ],
)
def test_what_is_not_plainly_the_locator_is_left_and_named(text, edit, why):
    assert patched(text, [edit]) == (text, (), (Left(edit, why),))


def test_an_assertion_that_is_closed_above_hinders_nothing():
    text = "expect(total).toBe(7)\ncy.get('#pay-now').click()\n"
    assert patched(text, [PAY._replace(line=2)]).text == "expect(total).toBe(7)\ncy.get('#pay').click()\n"


def test_a_test_whose_title_says_what_should_be_is_repaired_below_it():
    text = "it('should pay', async () => {\n  with_expected(1)\n  cy.get('#pay-now').click()\n"
    assert patched(text, [PAY._replace(line=3)]).done


def test_the_same_edit_is_made_once_and_others_of_its_file_beside_it():
    text = "cy.get('#pay-now')\ncy.get('#total')\n"
    found = patched(text, [PAY, PAY, Edit(2, "#total", "#sum")])
    assert (found.text, len(found.done), found.left) == ("cy.get('#pay')\ncy.get('#sum')\n", 2, ())


@given(st.text(), st.builds(Edit, st.integers(-1, 5), st.text(max_size=4), st.text(max_size=4)))
def test_no_text_and_no_edit_is_too_strange(text, edit):
    found = patched(text, [edit])
    assert len(found.done) + len(found.left) == 1
    assert found.text == text or found.done


@pytest.mark.parametrize("ending", ["\n", "\r\n", ""])
def test_git_takes_the_diff(tmp_path, ending):
    before = f"one\ntwo\ncy.get('#pay-now'){ending}"
    after = patched(before, [PAY._replace(line=3)]).text
    (tmp_path / "a b.js").write_bytes(before.encode())
    told = diff("a b.js", before, after)
    subprocess.run(["git", "apply", "-"], cwd=tmp_path, input=told.encode(), check=True)  # noqa: S607 - whichever git
    assert (tmp_path / "a b.js").read_bytes() == after.encode()
    assert diff("x", before, before) == ""
