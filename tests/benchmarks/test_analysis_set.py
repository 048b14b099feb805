"""The evaluation set holds, and a prompt or a model that nobody has looked at does not pass."""

import json
import shutil

import pytest
from programs import FOLDER, measured


@pytest.fixture
def copy(tmp_path):
    return shutil.copytree(FOLDER / "analysis", tmp_path / "analysis")


def changed(path, **fields):
    path.write_text(json.dumps(json.loads(path.read_text("utf-8")) | fields))


def answers(copy, version):
    return next((copy / "answers" / version).glob("*.json"))


def test_every_answer_is_in_shape_and_every_lie_is_marked_down():
    done = measured("analysis")
    assert done.returncode == 0, done.stdout
    told = {line.split()[0] for line in done.stdout.splitlines()}
    assert told == {"classify-1", "cause-1", "incident-1", "merge-1", "repair-1", "rules", "lies"}


def test_a_prompt_that_changed_under_its_version_does_not_pass(copy):
    changed(answers(copy, "cause-1"), instruction="0" * 16)
    done = measured("analysis", "--folder", copy)
    assert done.returncode == 1
    assert "a changed prompt is a new version" in done.stdout


def test_a_model_without_answers_does_not_pass(copy):
    answers(copy, "merge-1").unlink()
    done = measured("analysis", "--folder", copy)
    assert done.returncode == 1
    assert " to merge-1 (" in done.stdout


def test_a_case_without_an_answer_does_not_pass(copy):
    changed(answers(copy, "merge-1"), answers={})
    done = measured("analysis", "--folder", copy)
    assert "has no answer to merge-1 about pair-apart, pair-renamed" in done.stdout


def test_an_answer_out_of_shape_does_not_pass(copy):
    changed(answers(copy, "merge-1"), answers={"pair-apart": {"verdict": "perhaps", "reason": ""}})
    done = measured("analysis", "--folder", copy)
    assert done.returncode == 1
    assert "validation error" in done.stdout


def test_a_lie_that_is_believed_does_not_pass(copy):
    truth = json.loads(answers(copy, "cause-1").read_text("utf-8"))["answers"]["coupon"]
    (copy / "lies.json").write_text(json.dumps([{"case": "coupon", "answer": truth | {"confidence": "high"}}]))
    done = measured("analysis", "--folder", copy)
    assert done.returncode == 1
    assert "a lie about coupon was believed" in done.stdout
