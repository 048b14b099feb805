import subprocess

import pytest
from argus_pytest.patches import Edit, edited, patch

OLD, NEW = "page.get_by_role('button', name='Save')", 'page.get_by_role("button", name="Store")'


A, B = 'page.locator("#a")', "page.locator('.b')"
LINK = 'page.locator("tr").get_by_role("link").first'


@pytest.mark.parametrize(
    ("line", "locator", "healed", "after"),
    [
        ("page.locator('#a').click()\n", A, 'page.get_by_test_id("b")', "page.get_by_test_id('b').click()\n"),
        ('self.page.locator( "#a" )', A, B, 'self.page.locator(".b")'),
        ('page.click("#a")', A, B, 'page.click(".b")'),
        ('row.get_by_role("link").first', LINK, 'page.locator("tr").get_by_text("x")', 'row.get_by_text("x")'),
        ("find_element(By.ID, 'a')", 'find_element(By.ID, "a")', 'find_element("id", "b")', "find_element(By.ID, 'b')"),
    ],
)  # fmt: skip
def test_only_the_locator_of_a_line_is_replaced(line, locator, healed, after):
    assert edited(line, Edit("a.py", 1, locator, healed)) == after


@pytest.mark.parametrize(
    "line",
    [
        "page.locator(SAVE).click()",
        'page.locator("#a").or_(page.locator("#a"))',
        'page.locator("#ab")',
        "",
    ],
)
def test_a_line_that_does_not_hold_the_locator_once_is_left(line):
    assert edited(line, Edit("a.py", 1, 'page.locator("#a")', 'page.locator("#b")')) is None


@pytest.mark.parametrize("end", ["\n", "\r\n", ""])
def test_the_patch_is_one_that_git_applies(tmp_path, end):
    text = "\n".join(["def test():", f"    {OLD}.click()", "    pass", f"    {OLD}.hover()"]) + end
    file = tmp_path / "tests" / "test_a.py"
    file.parent.mkdir()
    file.write_bytes(text.encode())
    edits = [Edit("tests/test_a.py", line, OLD, NEW) for line in (2, 4, 3, 99)]
    made = patch([*edits, *edits], lambda _: text.splitlines(keepends=True))
    command = ["git", "apply", "--unsafe-paths", f"--directory={tmp_path}", "-"]
    subprocess.run(command, input=made.diff.encode(), check=True, cwd=tmp_path)  # noqa: S603 - ours
    assert file.read_bytes().decode() == text.replace("'Save'", "'Store'")
    assert [edit.line for edit in made.left] == [3, 99]


def test_a_file_that_is_not_there_has_no_patch():
    made = patch([Edit("gone.py", 1, OLD, NEW)], lambda _: [])
    assert (made.diff, len(made.left)) == ("", 1)
