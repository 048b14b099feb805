"""What can be set of the pytest plugin, with a driver that needs no browser."""

import shutil
from pathlib import Path

import pytest
from repairs import repair, written
from told import told

HERE = Path(__file__).parent
TESTS = """
from fake_driver import By, FakeDriver, element


def driver():
    return FakeDriver([element(("name", "store")), element(("name", "pay"))])


def test_sure(heal):
    heal(driver()).find_element(By.ID, "save")


def test_unsure(heal):
    heal(driver()).find_element(By.ID, "card")


def test_component(heal):
    heal(driver(), scope="basket").find_element(By.ID, "card")
"""


@pytest.fixture
def project(tmp_path):
    shutil.copy(HERE / "fake_driver.py", tmp_path)
    (tmp_path / "test_a.py").write_text(TESTS)
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    written(
        tmp_path / "argus-heals.json",
        repair('find_element(By.ID, "save")', 'find_element(By.NAME, "store")'),
        repair('find_element(By.ID, "card")', 'find_element(By.NAME, "pay")', verdict="validate"),
        repair('find_element(By.ID, "card")', 'find_element(By.NAME, "store")', scope="basket"),
    )
    return tmp_path


@pytest.fixture
def ran(project, run_tests):
    """Runs the project's tests: the counts at the end, all that was printed, failures and outcomes that were told."""

    def run(*arguments):
        output = run_tests(project, *arguments).stdout
        return output.splitlines()[-1], output, *told(project / "argus-heals.ndjson")

    return run


def test_nothing_is_healed_unless_it_is_asked_for(ran):
    end, _, failures, outcomes = ran()
    assert "3 failed" in end
    assert (len(failures), outcomes) == (3, [])


@pytest.mark.parametrize("more", [(), ("-p", "xdist", "-n", "2")])
def test_the_run_says_where_it_wrote_what_broke_and_what_comes_next(ran, more):
    _, output, _, _ = ran(*more)
    assert output.count("argus heal submit --project shop argus-heals.ndjson") == 1
    _, output, _, _ = ran("-k", "none", *more)
    assert "argus heal" not in output


def test_a_file_of_repairs_that_is_not_there_is_named_with_what_writes_it(ran):
    wanted = ("-k", "sure", "--argus-repairs=none.json")
    assert (
        "there is no none.json: argus heal export --project PROJECT > none.json"
        in ran("--argus-heal=apply", *wanted)[1]
    )
    assert "there is no" not in ran(*wanted)[1]


def test_what_is_to_be_validated_is_not_tried_where_only_what_is_sure_may_be(ran):
    end, _, failures, outcomes = ran("--argus-heal=apply")
    assert "1 failed, 2 passed" in end
    assert [each["test"] for each in outcomes] == ["test_a.py::test_sure", "test_a.py::test_component"]
    assert [each["test"] for each in failures] == ["test_a.py::test_unsure"]


def test_a_repair_of_a_component_is_told_as_one(ran):
    *_, outcomes = ran("--argus-heal=validate", "-k", "component")
    assert [(each["scope"], each["healed"]) for each in outcomes] == [("basket", 'find_element(By.NAME, "store")')]


def test_under_strict_a_test_that_passed_by_an_unsure_repair_fails(ran):
    end, output, _, outcomes = ran("--argus-heal=validate", "--argus-strict")
    assert "1 failed, 2 passed" in end
    assert "passed with a repair that is to be validated" in output
    assert [each["worked"] for each in outcomes] == [True, True, True]


def test_a_run_that_is_told_again_has_the_same_ids_and_each_run_others(ran):
    once = [{each["outcome_id"] for each in ran("--argus-heal=validate")[-1]} for _ in range(2)]
    other = {each["outcome_id"] for each in ran("--argus-heal=validate", "-o", "argus_report=other.ndjson")[-1]}
    assert (len(once[0]), once[1], other) == (3, once[0], once[0])


def test_the_patch_of_several_processes_is_one(ran):
    _, output, _, _ = ran("--argus-heal=validate", "-p", "xdist", "-n", "2")
    assert output.count("--- a/test_a.py") == 1
    assert output.count("+    heal(driver()).find_element(By.NAME, ") == 2
    assert output.count('+    heal(driver(), scope="basket").find_element(By.NAME, "store")') == 1


def test_what_may_not_be_set_and_a_file_without_repairs_are_mistakes_of_the_user(project, run_tests):
    for argument in ("--argus-repairs=pytest.ini", "--override-ini=argus_heal=always"):
        ran = run_tests(project, argument)
        assert ran.returncode == pytest.ExitCode.USAGE_ERROR
        assert "pytest.ini" in ran.stderr or "always" in ran.stderr
