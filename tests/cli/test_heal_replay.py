"""`argus heal replay`: what the knowledge base had said of repairs before it saw them."""

import gzip
import json

import pytest
from commands import argus

HEADER = "id,repository,old_locator,new_locator,category\n"
PAIR = "a/b,cy.get('#old'),cy.get('#new'),x\n"


def replayed(tmp_path, content, name="rows.csv"):
    file = tmp_path / name
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    result = argus("heal", "replay", file)
    return result, [json.loads(line) for line in result.stdout.splitlines()]


def test_each_row_is_told_before_it_is_learned(tmp_path):
    result, lines = replayed(tmp_path, HEADER + f"7,{PAIR}8,{PAIR}9,other/b,cy.get('#old'),cy.get('#new'),x\n")
    assert result.exit_code == 0
    assert [line["result"] for line in lines] == ["unseen", "hit", "unseen"]
    assert [line["verdict"] for line in lines] == ["ask", "validate", "ask"]
    assert [line["source"] for line in lines] == ["none", "exact", "none"]
    assert (lines[1]["proposed"], lines[1]["repository"], lines[1]["id"]) == ("cy.get('#new')", "a/b", "8")
    assert "3 repairs: 1 answered rightly" in result.stderr


def test_a_rule_of_two_repairs_answers_for_a_locator_never_seen(tmp_path):
    rows = "".join(f"{n},a/b,cy.get('.pf-c-{name}'),cy.get('.pf-v5-c-{name}'),x\n" for n, name in enumerate("xyz"))
    _, lines = replayed(tmp_path, HEADER + rows)
    assert (lines[2]["source"], lines[2]["by"], lines[2]["result"]) == ("rule", "rule", "hit")


def test_columns_are_found_by_their_names(tmp_path):
    _, lines = replayed(tmp_path, "new_locator,repository,old_locator\n" + "b,r,a\n" * 2)
    assert lines[1]["proposed"] == "b"
    assert lines[1]["id"] is None


def test_a_packed_file_and_standard_input_are_read_alike(tmp_path):
    content = (HEADER + f"1,{PAIR}2,{PAIR}").encode()
    plain = replayed(tmp_path, content)[1]
    assert replayed(tmp_path, gzip.compress(content), "rows.csv.gz")[1] == plain
    for given in (content, gzip.compress(content), b"\xef\xbb\xbf" + content):
        assert [json.loads(line) for line in argus("heal", "replay", "-", given=given).stdout.splitlines()] == plain


def test_malformed_rows_are_told_and_stop_no_other(tmp_path):
    rows = f"1,{PAIR}2,a/b,cy.get('#old'),,x\n3\n4,a/b,{'x' * 70_000},y,x\n5,{'x' * 200_000}\n\n6,{PAIR}"
    result, lines = replayed(tmp_path, HEADER + rows)
    assert result.exit_code == 1
    assert [line["id"] for line in lines] == ["1", "6"]
    assert [line["row"] for line in lines] == [1, 7]
    assert "4 malformed" in result.stderr
    assert "row 2: no new_locator" in result.stderr


@pytest.mark.parametrize(
    ("content", "told"), [("", "header"), ("a,b\n1,2\n", "no column repository"), (b"\x1f\x8bnot", "gzip")]
)
def test_a_file_of_another_kind_is_refused(tmp_path, content, told):
    result, lines = replayed(tmp_path, content)
    assert (result.exit_code, lines) == (1, [])
    assert told in result.stderr
    assert "Traceback" not in result.stderr


def test_columns_that_lack_are_told_with_those_that_were_found(tmp_path):
    result, _ = replayed(tmp_path, "repository;old_locator;new_locator\na;b;c\n")
    assert "it names 'repository;old_locator;new_locator'" in result.stderr
    result, _ = replayed(tmp_path, ",".join(f"\x1b[3{number}m{'x' * 10_000}" for number in range(50)))
    assert "\x1b" not in result.stderr
    assert len(result.stderr) < 2_000


def test_one_row_is_told_as_one(tmp_path):
    result, _ = replayed(tmp_path, HEADER + f"1,{PAIR}")
    assert "1 row;" in result.stderr
    assert "1 repair:" in result.stderr


def test_a_cut_file_gives_the_rows_that_can_be_read(tmp_path):
    packed = gzip.compress((HEADER + "".join(f"{n},a/b,o{n * n},n{n},x\n" for n in range(4_000))).encode())
    result, lines = replayed(tmp_path, packed[: len(packed) // 2])
    assert result.exit_code == 1
    assert 100 < len(lines) < 4_000
    assert "gzip" in result.stderr


def test_bytes_that_are_no_text_stop_nothing(tmp_path):
    result, lines = replayed(
        tmp_path, HEADER.encode() + b"1,a/b,\xff\xfe(,\xed\xa0\x80,x\n2,a/b,[[[['\"`,\0,x\n3," + PAIR.encode()
    )
    assert lines[-1]["id"] == "3"
    assert result.exit_code in {0, 1}
