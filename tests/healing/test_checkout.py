"""Files of a checkout are found as reports name them, and never outside of it."""

import subprocess

import pytest
from stored_rows import a_decision

from argus_streams.healing.checkout import diffed

LINE = "cy.get('#pay-now').click()\n"


@pytest.fixture
def folder(tmp_path):
    for name in ("e2e/cart.spec.ts", "e2e/more/pay.spec.ts", "other/pay.spec.ts", "node_modules/x/only.spec.ts"):
        path = tmp_path / "checkout" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(LINE)
    (tmp_path / "secret.ts").write_text(LINE)
    return tmp_path / "checkout"


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("e2e/cart.spec.ts", "e2e/cart.spec.ts"),
        ("./e2e/cart.spec.ts", "e2e/cart.spec.ts"),
        ("/home/ci/build/shop/e2e/cart.spec.ts", "e2e/cart.spec.ts"),
        ("C:\\build\\e2e\\cart.spec.ts", "e2e/cart.spec.ts"),
        ("cart.spec.ts", "e2e/cart.spec.ts"),
        ("more/pay.spec.ts", "e2e/more/pay.spec.ts"),
    ],
)
def test_a_file_is_found_as_a_report_names_it(folder, name, found):
    told = diffed(folder, [a_decision(file=name, line=1)])
    assert told.diff.startswith(f"--- a/{found}\n+++ b/{found}\n")
    assert told.diff.endswith("\n-cy.get('#pay-now').click()\n+cy.get('#pay').click()\n")
    assert (len(told.done), told.left, told.absent) == (1, [], [])


@pytest.mark.parametrize("name", ["pay.spec.ts", "only.spec.ts", "none.ts", "../secret.ts", "..", "/", None])
def test_a_file_that_is_not_there_once_is_named(folder, name):
    told = diffed(folder, [a_decision(file=name, line=1)])
    assert (told.diff, told.done, len(told.absent)) == ("", [], 1)


def test_a_link_out_of_the_checkout_is_not_followed(folder):
    (folder / "link.ts").symlink_to(folder.parent / "secret.ts")
    assert diffed(folder, [a_decision(file="link.ts", line=1)]).diff == ""


def test_one_name_that_no_diff_can_tell_does_not_spoil_the_others(folder):
    for name in ("new\nline.ts", ".git/hook.ts"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(LINE)
    (folder / "inner.ts").symlink_to(folder / "e2e/cart.spec.ts")
    (folder / "inside").symlink_to(folder / "e2e")
    strange = ["new\nline.ts", ".git/hook.ts", "inner.ts", "x" * 300, "a\0b", "\ud800"]
    told = diffed(folder, [a_decision(file=name, line=1) for name in (*strange, "e2e/cart.spec.ts")])
    assert (told.diff.count("--- a/"), len(told.done)) == (1, 1)
    assert sorted(told.absent) == sorted(strange)


def test_a_file_that_reports_name_in_two_ways_is_changed_at_once(folder):
    (folder / "e2e/cart.spec.ts").write_text(LINE * 2)
    told = diffed(folder, [a_decision(file="e2e/cart.spec.ts", line=1), a_decision(file="/x/cart.spec.ts", line=2)])
    subprocess.run(["git", "apply", "-"], cwd=folder, input=told.diff.encode(), check=True)  # noqa: S607
    assert (folder / "e2e/cart.spec.ts").read_text() == LINE.replace("-now", "") * 2


def test_what_is_no_text_is_left_alone(folder):
    (folder / "binary.ts").write_bytes(b"\xff\xfe#pay-now")
    assert diffed(folder, [a_decision(file="binary.ts", line=1)]).absent == ["binary.ts"]


def test_what_is_left_is_told_with_its_decision(folder):
    told = diffed(folder, [a_decision(file="e2e/cart.spec.ts", line=2), a_decision(file="e2e/cart.spec.ts", line=1)])
    assert ([each.line for each in told.done], [(each.line, why.why) for each, why in told.left]) == (
        [1],
        [(2, "no_line")],
    )
