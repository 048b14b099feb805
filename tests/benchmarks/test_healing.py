"""The benchmark of what is known of repairs runs."""

import gzip

from programs import measured

HEADER = "id,repository,old_locator,new_locator,category\n"


def rows(tmp_path, *told):
    file = tmp_path / "rows.csv.gz"
    with gzip.open(file, "wt") as out:
        out.write(HEADER + "".join(f"{number},{row},x\n" for number, row in enumerate(told)))
    return file


def test_repairs_are_answered_before_they_are_learned(tmp_path):
    file = rows(tmp_path, *["a/b,cy.get('#old'),cy.get('#new')"] * 4, "a/b,cy.get('.x'),cy.get(\".x\")")

    done = measured("healing/patterns", file)

    assert "4 repairs: 3 answered rightly, 75.0 % of all" in done.stdout
    assert "1 change style alone" in done.stdout
    assert done.returncode == 0


def test_a_missed_bar_is_told(tmp_path):
    answers = (f"a/b,cy.get('#old'),cy.get('#new{number}')" for number in range(6))
    assert measured("healing/patterns", rows(tmp_path, *answers)).returncode == 1


def test_the_numbers_are_judged_by_repositories_that_they_never_saw(tmp_path):
    file = rows(tmp_path, *[f"{name},cy.get('#old'),cy.get('#new')" for name in "abcd" for _ in range(2)])

    done = measured("healing", "--only", "patterns", file, "--cross")

    assert "quarter 4" in done.stdout
    assert done.returncode == 0
