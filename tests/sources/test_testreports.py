import json
import time
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from argus_streams.core.events import Signal, TestFailure
from argus_streams.core.source import Body
from argus_streams.errors import Malformed
from argus_streams.sources import load
from argus_streams.sources.testreports.pieces import listed, text
from argus_streams.sources.testreports.report import JOINT

SOURCE = load()["testreports"]
SAMPLES = json.loads((Path(__file__).resolve().parents[2] / "samples" / "testreports.json").read_text("utf-8"))
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
TAGS = [
    *("<testsuites>", "</testsuites>", "<testsuite>", "</testsuite>", '<testcase name="a">', "</testcase>"),
    *("<failure>", "</failure>", "<flakyError>", "</flakyError>", "<stackTrace>", "</stackTrace>", "<skipped/>", "x"),
    *("<system-out>", "</system-out>", "<properties>", "</properties>", '<property name="branch" value="b"/>', "&lt;"),
]
REPORT = '<testsuite name="cart"><testcase name="adds" classname="cart"><failure>{}</failure></testcase></testsuite>'


def read(body, **headers):
    value = body if isinstance(body, bytes) else (body if isinstance(body, str) else json.dumps(body)).encode()
    return SOURCE.read(Body(value, headers, 0))


def failures(body, **headers):
    return [item for item in read(body, **headers) if isinstance(item, TestFailure)]


def one(body, **headers):
    (failure,) = failures(body, **headers)
    return failure


def refusal(body):
    with pytest.raises(Malformed) as refused:
        read(body)
    return refused.value.reason


def sample(words):
    (body,) = [each["body"] for each in SAMPLES if words in each["case"]]
    return body


def junit(cases, attributes=""):
    return f"<testsuites><testsuite {attributes}>{cases}</testsuite></testsuites>"


def failed(text, message="m", tag="failure", suite="", **case):
    attributes = " ".join(f'{name}="{told}"' for name, told in case.items())
    return junit(f'<testcase {attributes}><{tag} message="{message}">{text}</{tag}></testcase>', suite)


def playwright(*specs, **more):
    return {"config": {}, "suites": [{"title": "a.spec.ts", "specs": list(specs)}], **more}


def spec(status="unexpected", *results, **more):
    test = {"status": status, "projectName": "chromium", "results": list(results)}
    return {"title": "pays", "id": "a-1", "file": "a.spec.ts", "line": 4, "tests": [test], **more}


def jest(*tests, **file):
    return {"testResults": [{"name": "/w/a.test.js", "status": "failed", "assertionResults": list(tests), **file}]}


def pytest_report(**test):
    return {"exitcode": 1, "summary": {}, "tests": [{"nodeid": "tests/test_a.py::test_b", "outcome": "failed", **test}]}


class TestTheSignal:
    def test_counts_what_ran_and_comes_first(self):
        signal, *rest = read(jest({"status": "passed"}, {"status": "failed", "title": "x"}, {"status": "pending"}))
        assert isinstance(signal, Signal)
        assert (signal.kind, signal.title, signal.status) == ("ci", "1 of 2 tests failed", "failed")
        assert len(rest) == 1

    def test_says_passed_where_a_test_was_only_flaky(self):
        (signal, _) = read(jest({"status": "passed", "retryReasons": ["Error: once"]}, status="passed"))
        assert (signal.title, signal.status) == ("1 of 1 tests passed, 1 flaky", "passed")

    def test_is_about_the_commit_where_one_is_told(self):
        told = {"repository": "example/shop", "commit": "9fceb02", "branch": "main", "link": "https://ci.example.com/1"}
        (signal,) = read(jest({"status": "passed"}, status="passed"), **told)
        assert signal.subject == "example/shop@9fceb02"
        assert (signal.branch, signal.link) == ("main", "https://ci.example.com/1")

    def test_is_about_the_name_of_the_report_else(self):
        (signal,) = read('<testsuites name="nightly"><testsuite><testcase name="a"/></testsuite></testsuites>')
        assert signal.subject == "nightly"

    def test_is_not_named_by_one_of_several_suites(self):
        (signal,) = read(junit('<testcase name="a"/>', 'name="cart"'))
        assert signal.subject == "junit tests"

    def test_and_the_failures_are_known_by_the_delivery_when_it_comes_again(self):
        report = junit('<testcase name="a"><failure/></testcase><testcase name="a"><failure/></testcase>')
        ids = [each.vendor_id for each in read(report, ce_id="run-512")]
        assert ids == [each.vendor_id for each in read(report, ce_id="run-512")]
        assert len({*ids, *(each.vendor_id for each in read(report, ce_id="run-513"))}) == 6
        assert [each.vendor_id for each in read(report)] == [None] * 3


class TestEveryFormat:
    def test_headers_go_before_what_the_report_says(self):
        body = sample("Playwright can not find")
        assert {each.branch for each in failures(body)} == {"main"}
        assert {each.branch for each in failures(body, branch="next")} == {"next"}

    def test_no_text_has_the_colours_of_a_terminal(self):
        texts = [each.message or "" for case in SAMPLES for each in failures(case["body"])]
        assert not [text for text in texts if "\x1b" in text or "[39m" in text or "#x1B" in text]

    def test_a_locator_and_what_was_waited_for_stay_whole(self):
        failure = failures(sample("Playwright can not find"))[0]
        assert "getByTestId('pay-now')" in failure.message
        assert "page.getByTestId('pay-now').click();" in failure.message
        assert "[data-cy=pay-now]" in one(sample("told by mochawesome")).message
        assert "cy.get('.cart-item').click()" in one(sample("told by mocha's own")).message

    @pytest.mark.parametrize(
        "body", [{}, [], 7, "null", {"stats": {}}, {"tests": []}, "<html></html>", '<assemblies name="x"/>']
    )
    def test_what_is_no_report_is_malformed(self, body):
        assert refusal(body) == "not a test report"

    @pytest.mark.parametrize("case", SAMPLES, ids=lambda case: case["case"])
    def test_a_report_that_is_cut_off_is_malformed(self, case):
        body = case["body"] if isinstance(case["body"], str) else json.dumps(case["body"])
        for end in range(20, len(body.rstrip()), len(body) // 20):
            assert refusal(body.encode()[:end]) in {"truncated", "not XML", "not UTF-8"}

    def test_more_failures_than_a_body_may_have_are_one_letter_and_are_not_all_built(self):
        assert refusal(jest(*[{"status": "failed", "title": f"{n}"} for n in range(20_000)])) == "too many items"


class TestPlaywright:
    def test_the_last_attempt_that_failed_is_told(self):
        first = {"status": "failed", "startTime": "2026-11-20T09:14:00Z", "errors": [{"message": "Error: one"}]}
        second = {"status": "timedOut", "startTime": "2026-11-20T09:15:00Z", "errors": [{"message": "Error: two"}]}
        failure = one(playwright(spec("unexpected", first, second)))
        assert (failure.status, failure.message, failure.attempts) == ("timed_out", "Error: two", 2)

    def test_a_test_is_another_in_each_project_and_the_same_when_it_is_told_again(self):
        again = [each.vendor_id for each in failures(sample("Playwright can not find"))]
        assert again == [each.vendor_id for each in failures(sample("Playwright can not find"))]
        assert len(set(again)) == len(again)

    def test_every_soft_assertion_is_in_the_message(self):
        result = {
            "status": "failed",
            "errors": [{"message": "Error: a"}, {"message": "Error: b", "snippet": "> 5 | x"}],
        }
        assert one(playwright(spec("unexpected", result))).message == "Error: a\n\nError: b\n\n> 5 | x"

    def test_a_test_that_passed_and_should_not_says_so(self):
        failure = one(playwright(spec("unexpected", {"status": "passed", "errors": []})))
        assert (failure.status, failure.message) == ("failed", "it passed, and was expected to fail")

    def test_the_line_is_of_the_test_where_it_failed_in_another_file(self):
        error = {"message": "Error: x", "location": {"file": "/w/pages/cart.ts", "line": 90}}
        assert one(playwright(spec("unexpected", {"status": "failed", "error": error}))).line == 4

    def test_a_worker_that_broke_outside_of_tests_is_a_failure(self):
        failure = one(playwright(errors=[{"message": "Error: no browser"}]))
        assert (failure.test, failure.status) == ("outside of all tests", "error")

    def test_suites_inside_suites_are_read_to_a_depth(self):
        suite = {"title": "inner", "specs": [spec()]}
        for _ in range(20):
            suite = {"title": "s", "suites": [suite]}
        assert one({"config": {}, "suites": [suite]}).suite.endswith(f"s{JOINT}inner")
        for _ in range(20):
            suite = {"title": "s", "suites": [suite]}
        assert refusal({"config": {}, "suites": [suite]}) == "nested too deeply"

    def test_of_a_test_whose_time_was_up_the_place_is_that_of_the_call_that_waited(self):
        waited = {
            "message": "Error: locator.click: Test timeout of 30000ms exceeded.\n  - waiting for getByTestId('pay')",
            "stack": "Error: locator.click: Test timeout of 30000ms exceeded.\n    at /w/a.spec.ts:9:31",
            "location": {"file": "/w/a.spec.ts", "line": 9},
        }
        over = {"message": "Test timeout of 30000ms exceeded."}
        failure = one(playwright(spec("unexpected", {"status": "timedOut", "error": over, "errors": [over, waited]})))
        assert (failure.status, failure.line) == ("timed_out", 9)
        assert failure.message.startswith(f"{over['message']}\n\nError: locator.click")
        assert failure.stack == waited["stack"]

    def test_what_caused_an_error_is_in_its_message(self):
        cause = {"message": "Error: getByTestId('pay') is hidden", "cause": {"value": "'offline'"}}
        result = {"status": "failed", "errors": [{"message": "Error: can not pay", "cause": cause}]}
        told = "Error: can not pay\n\n[cause]: Error: getByTestId('pay') is hidden\n\n[cause]: 'offline'"
        assert one(playwright(spec("unexpected", result))).message == told


class TestJest:
    def test_a_file_that_could_not_be_run_is_an_error_with_its_lines_of_code(self):
        failure = one(jest(message="  ● Test suite failed to run\n\n    > 1 | require('./x')"))
        assert (failure.test, failure.status, failure.file) == ("/w/a.test.js", "error", "/w/a.test.js")
        assert "> 1 | require('./x')" in failure.message

    def test_a_file_with_a_failed_test_is_no_failure_of_its_own(self):
        assert one(jest({"status": "failed", "title": "pays"}, message="● pays")).test == "pays"

    def test_what_broke_after_the_tests_of_a_file_is_told_beside_their_failures(self):
        message = (
            "  \u25cf Test suite failed to run\n\n    no database\n      at a.test.js:3:5\n\n  \u25cf pays\n\n    x"
        )
        pays, broken = failures(jest({"status": "failed", "title": "pays"}, message=message))
        assert (pays.test, broken.test, broken.status, broken.line) == ("pays", "/w/a.test.js", "error", 3)
        assert broken.message == "Test suite failed to run\n\n    no database\n      at a.test.js:3:5"

    def test_vitest_leaves_the_failures_before_at_a_test_that_passed(self):
        failure = one(jest({"status": "passed", "title": "pays", "failureMessages": ["Error: once"]}, status="passed"))
        assert (failure.status, failure.message) == ("flaky", "Error: once")

    @pytest.mark.parametrize("message", [
        "Error: STACK_TRACE_ERROR\n    at task (file:///w/runner.js:1:2)",
        "Error: Test timed out in 5000ms.\nIf this is a long-running test, pass a timeout value",
        "Error: Hook timed out in 10000ms.",
    ])  # fmt: skip
    def test_vitest_has_words_of_its_own_for_time_that_was_up(self, message):
        assert one(jest({"status": "failed", "failureMessages": [message]})).status == "timed_out"

    def test_the_type_of_an_error_may_have_any_name_where_calls_follow(self):
        declined = "PaymentDeclined: card expired\n    at pay (/w/a.test.js:7:9)"
        assert one(jest({"status": "failed", "failureMessages": [declined]})).type == "PaymentDeclined"
        assert one(jest({"status": "failed", "failureMessages": ["note: card expired"]})).type is None

    @pytest.mark.parametrize("message", ["Failed to load /cart", "Error while paying", "Failed", "Exceptional: no"])
    def test_a_sentence_is_no_type(self, message):
        assert one(jest({"status": "failed", "failureMessages": [message]})).type is None

    def test_the_line_is_that_of_a_call_and_not_of_what_the_message_tells(self):
        message = "Error: see a.test.js:90\n    at /w/data.test.js:4:1\n    at /w/a.test.js:12:9"
        assert one(jest({"status": "failed", "failureMessages": [message]})).line == 12

    def test_results_as_reporters_get_them_are_read_too(self):
        pays = {"status": "failed", "title": "pays", "failureMessages": ["Error: no"]}
        error = {"message": "Cannot find module './y'", "stack": "Error: Cannot find\n    at /w/b.test.js:1:1"}
        files = [
            {
                "testFilePath": "/w/a.test.js",
                "failureMessage": "\u25cf pays",
                "testResults": [pays, {"status": "passed"}],
            },
            {"testFilePath": "/w/b.test.js", "testExecError": error, "testResults": []},
            {"testFilePath": "/w/c.test.js", "testExecError": None, "testResults": [{"status": "passed"}]},
        ]
        signal, first, second = read({"testResults": files})
        assert signal.title == "2 of 4 tests failed"
        assert (first.test, first.file, first.status) == ("pays", "/w/a.test.js", "failed")
        assert (second.test, second.status, second.line) == ("/w/b.test.js", "error", 1)


class TestPytest:
    @pytest.mark.parametrize(("stage", "status"), [("setup", "error"), ("call", "failed"), ("teardown", "error")])
    def test_the_stage_that_failed_decides(self, stage, status):
        crash = {"path": "/w/tests/test_a.py", "lineno": 9, "message": "ValueError: bad"}
        failure = one(pytest_report(**{stage: {"outcome": "failed", "crash": crash}}))
        assert (failure.status, failure.type, failure.line) == (status, "ValueError", 9)

    def test_a_parameter_with_colons_is_no_class(self):
        failure = one(pytest_report(nodeid="tests/test_a.py::test_b[x::y]", call={"outcome": "failed"}))
        assert (failure.file, failure.suite) == ("tests/test_a.py", None)

    def test_a_test_that_was_tried_again_is_flaky_where_its_last_attempt_passed(self):
        passed = {"outcome": "passed"}
        assert one(pytest_report(outcome="rerun", setup=passed, call=passed)).status == "flaky"
        assert one(pytest_report(outcome="rerun", setup=passed, call={"outcome": "failed"})).status == "failed"

    def test_a_plain_assert_has_its_type_at_the_end_of_the_text(self):
        longrepr = ">   assert total == 80\nE   assert 90 == 80\n\ntests/test_a.py:9: AssertionError"
        crash = {"path": "/w/tests/test_a.py", "lineno": 9, "message": "assert 90 == 80"}
        assert (
            one(pytest_report(call={"outcome": "failed", "crash": crash, "longrepr": longrepr})).type
            == "AssertionError"
        )

    def test_a_module_that_is_no_python_is_told_with_type_and_line(self):
        longrepr = 'E     File "/w/tests/test_a.py", line 4\nE       def test_x(: pass\nE   SyntaxError: invalid syntax'
        collector = {"nodeid": "tests/test_a.py", "outcome": "failed", "longrepr": longrepr}
        failure = one({"exitcode": 2, "summary": {}, "collectors": [collector]})
        assert (failure.type, failure.line) == ("SyntaxError", 4)


class TestMocha:
    def test_a_hook_that_failed_is_told_though_it_is_no_test(self):
        hook = {"title": '"after all" hook', "fullTitle": 'cart "after all" hook', "err": {"message": "gone"}}
        failure = one({"stats": {}, "passes": [], "failures": [hook], "tests": []})
        assert (failure.test, failure.suite) == ('cart "after all" hook', "cart")

    def test_a_hook_of_mochawesome_that_passed_is_not_counted(self):
        suite = {"beforeHooks": [{"state": "passed", "isHook": True}], "tests": [{"state": "passed"}]}
        (signal,) = read({"stats": {}, "results": [suite]})
        assert signal.title == "1 of 1 tests passed"


class TestJunit:
    def test_a_class_that_is_in_the_name_is_not_said_twice(self):
        assert one(REPORT.format("x").replace('"adds"', '"cart adds"')).test == "cart adds"
        assert one(REPORT.format("x")).test == f"cart{JOINT}adds"

    def test_output_is_no_part_of_a_failure(self):
        case = '<testcase name="a"><failure>b<system-out>c</system-out>d</failure><system-err>e</system-err></testcase>'
        assert one(junit(case)).stack == "bd"

    def test_namespaces_and_other_elements_do_not_matter(self):
        body = '<x:testsuite xmlns:x="urn:x"><x:testcase name="a"><x:error/><x:other/></x:testcase></x:testsuite>'
        assert one(body).status == "error"

    def test_a_raw_control_character_which_xml_does_not_have_is_forgiven(self):
        assert one(REPORT.format("\x1b[31mred\x1b[39m and \x00")).stack == "red and ?"

    @pytest.mark.parametrize("encoding", ["utf-16", "iso-8859-1", "windows-1251", "utf-8-sig"])
    def test_a_declared_encoding_is_followed(self, encoding):
        declared = encoding.removesuffix("-sig")
        text = "итог" if encoding == "windows-1251" else "é"
        body = f'<?xml version="1.0" encoding="{declared}"?>{REPORT.format(text)}'
        assert one(body.encode(encoding)).stack == text

    def test_a_suite_that_broke_before_its_tests_is_a_failure_by_its_name(self):
        body = '<testsuite name="shop.CartIT"><error message="no database"/><testcase name="adds"/></testsuite>'
        signal, failure = read(body)
        assert (failure.test, failure.status, failure.message) == ("shop.CartIT", "error", "no database")
        assert signal.title == "1 of 2 tests failed"

    def test_a_test_that_says_that_it_did_not_run_is_not_counted(self):
        (signal,) = read(junit('<testcase name="a" status="notrun"/><testcase name="b" status="run"/>'))
        assert signal.title == "1 of 1 tests passed"

    def test_a_message_that_says_nothing_is_not_told_where_the_text_says_more(self):
        go = "=== RUN   TestAdds\n    cart_test.go:31: total: got 90, want 80\n--- FAIL: TestAdds (0.00s)\n"
        failure = one(failed(go, "Failed", classname="example.com/shop/cart", name="TestAdds"))
        assert (failure.message, failure.type) == ("cart_test.go:31: total: got 90, want 80", None)
        assert (failure.file, failure.line) == ("cart_test.go", 31)

    def test_a_message_in_the_text_alone_ends_where_the_calls_begin(self):
        text = "Error: expect(received).toBe(expected)\n\nExpected: 80\n    at toBe (/w/shop/cart.test.js:3:40)"
        failure = one(failed(text, "", classname="cart adds", name="cart adds"))
        assert failure.message == "Error: expect(received).toBe(expected)\n\nExpected: 80"
        assert (failure.file, failure.line) == ("/w/shop/cart.test.js", 3)

    @pytest.mark.parametrize(("stack", "file", "line"), [
        ("AssertionError\n\tat org.junit.Assert.fail(Assert.java:5)\n\tat CartTest.adds(CartTest.java:17)",
         "CartTest.java", 17),
        ("   at Shop.CartTests.Adds() in /src/shop/CartTests.cs:line 27", "/src/shop/CartTests.cs", 27),
        ("thread 'adds' panicked at cart/src/lib.rs:7:9:", "cart/src/lib.rs", 7),
        ("Failure/Error: expect(total)\n./spec/cart_spec.rb:7:in `block'", "./spec/cart_spec.rb", 7),
    ])  # fmt: skip
    def test_a_file_that_is_told_by_the_stack_alone_is_read_from_it(self, stack, file, line):
        failure = one(failed(stack, classname="x", name="a"))
        assert (failure.file, failure.line) == (file, line)

    @pytest.mark.parametrize("text", [
        "    check()\n\ntests/test_cart.py:38: \n_ _ _\nE   LookupError: x\n\ntests/helper.py:2: LookupError",
        'Traceback (most recent call last):\n  File "/w/tests/test_cart.py", line 38, in test_helper\nLookupError: x',
    ])  # fmt: skip
    def test_a_python_test_that_failed_in_a_helper_has_its_own_file_and_line(self, text):
        failure = one(failed(text, classname="tests.test_cart.TestA", name="test_helper"))
        assert (failure.file, failure.line) == ("tests/test_cart.py", 38)

    def test_where_a_test_begins_pytest_counts_from_0(self):
        told = {"classname": "tests.test_cart", "name": "test_a", "file": "tests/test_cart.py", "line": 7}
        assert one(failed("[XPASS(strict)]", suite='name="pytest"', **told)).line == 8
        assert one(failed("x", suite='name="other"', **told)).line == 7

    def test_the_reason_of_a_module_that_was_not_collected_is_in_the_lines_that_pytest_marks(self):
        reason = "ModuleNotFoundError: No module named 'y'"
        text = f"ImportError while importing '/w/tests/test_a.py'.\ntests/test_a.py:1: in x\nE   {reason}"
        failure = one(failed(text, "collection failure", "error", classname="", name="tests.test_a"))
        assert (failure.message, failure.type) == (reason, "ModuleNotFoundError")
        assert (failure.file, failure.line) == ("tests/test_a.py", 1)

    @pytest.mark.parametrize(("text", "kind"), [
        ("late\nRangeError: late\n    at Context.x (test/cart.js:13:38)", "RangeError"),
        ("tests/test_a.py:13: in leaves\n    raise x\nE   RuntimeError: teardown broke", "RuntimeError"),
        ("late\n    at Context.x (test/cart.js:13:38)\nRangeError: of another", None),
    ])  # fmt: skip
    def test_a_type_may_stand_behind_the_message_or_in_a_marked_line(self, text, kind):
        assert one(failed(text, "late")).type == kind

    def test_vitest_joins_the_titles_of_suites_in_its_own_way(self):
        assert (
            one(failed("x", classname="src/cart.test.ts", name="cart &gt; totals &gt; adds up")).suite
            == "cart > totals"
        )

    def test_cypress_tells_a_file_once_before_its_suites(self):
        suites = "".join(
            f'<testsuite name="Root Suite" file="e2e/{file}.cy.js"/><testsuite name="{file}">'
            f'<testcase name="{file} pays" classname="pays"><failure message="m">at e2e/{file}.cy.js:9:5</failure>'
            "</testcase></testsuite>"
            for file in ("cart", "bank")
        )
        told = [(each.test, each.file, each.line) for each in failures(f"<testsuites>{suites}</testsuites>")]
        assert told == [("cart pays", "e2e/cart.cy.js", 9), ("bank pays", "e2e/bank.cy.js", 9)]

    def test_playwright_tells_its_project_as_the_host(self):
        text = f"[webkit]{JOINT}cart.spec.ts:14:3{JOINT}pays\n\n    Error: x\n        at /w/cart.spec.ts:18:37"
        of_webkit, of_host = (
            one(failed(text, suite=f'hostname="{host}"', classname="cart.spec.ts", name="pays"))
            for host in ("webkit", "ci-7")
        )
        assert (of_webkit.browser, of_webkit.line) == ("webkit", 18)
        assert of_host.browser is None

    def test_time_that_was_up_is_the_type_alone_with_cargo_nextest(self):
        assert one(junit('<testcase name="a"><failure type="test timeout"/></testcase>')).status == "timed_out"

    def test_a_file_that_failed_to_run_is_named_by_the_test(self):
        case = '<testcase classname="Test suite failed to run" name="libs/cart.spec.ts"><error>x</error></testcase>'
        assert one(junit(case)).file == "libs/cart.spec.ts"


DOCTYPES = {
    "billion laughs": f'<!DOCTYPE l [<!ENTITY l0 "ha">{LAUGHS}]>' + REPORT.format("&l9;"),
    "quadratic blowup": f'<!DOCTYPE l [<!ENTITY a "{"a" * 100_000}">]>' + REPORT.format("&a;" * 50_000),
    "an external entity": '<!DOCTYPE t [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + REPORT.format("&x;"),
    "an external document type": '<!DOCTYPE t SYSTEM "http://example.com/t.dtd">' + REPORT.format(""),
    "a parameter entity": '<!DOCTYPE t [<!ENTITY % x SYSTEM "http://example.com/x"> %x;]>' + REPORT.format(""),
    "attributes by default": '<!DOCTYPE t [<!ATTLIST testcase name CDATA "x">]>' + REPORT.format(""),
    "the plainest one": "<!DOCTYPE testsuite>" + REPORT.format(""),
}


class TestHostileXml:
    @pytest.mark.parametrize("name", DOCTYPES)
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le"])
    def test_a_document_type_is_refused(self, name, encoding):
        body = DOCTYPES[name].encode(encoding)
        assert refusal(b"\xff\xfe" + body if encoding == "utf-16-le" else body) == "a document type"

    @pytest.mark.parametrize("word", ["<!doctype t>", "<!DocType t>", "<!ENTITY a 'b'>"])
    def test_what_looks_like_one_is_no_xml(self, word):
        assert refusal(word + REPORT.format("")) == "not XML"

    @pytest.mark.parametrize("name", ["utf-7", "utf-32", "base64", "nonsense", "idna", "punycode", "cp037", "x" * 5000])
    def test_an_encoding_that_hides_or_does_not_exist_hides_nothing(self, name):
        hidden = "+ADwAIQ-DOCTYPE t+AD4-" + REPORT.format("")
        body = f'<?xml version="1.0" encoding="{name}"?>{hidden}'
        assert refusal(body) in {"not XML", "unknown encoding"}

    def test_a_mark_of_byte_order_may_be_followed_by_blank_lines(self):
        assert one(b"\xef\xbb\xbf\r\n" + REPORT.format("x").encode()).stack == "x"

    def test_an_encoding_that_is_not_the_bytes_own_is_refused(self):
        assert refusal(f'<?xml version="1.0" encoding="utf-8"?>{REPORT.format("é")}'.encode("latin-1")) == "not XML"
        assert refusal(f'<?xml version="1.0" encoding="utf-16"?>{REPORT.format("é")}') == "not XML"

    def test_an_undeclared_entity_is_refused(self):
        assert refusal(REPORT.format("&nbsp;")) == "not XML"

    def test_depth_is_bounded(self):
        assert refusal("<testsuite>" * 100_000) == "nested too deeply"
        assert refusal("<testsuite><testcase>" + "<a>" * 100_000) == "nested too deeply"

    def test_a_tag_of_many_megabytes_is_refused_before_it_is_read_whole(self):
        body = f'<testsuite><testcase name="{"a" * 30_000_000}"/></testsuite>'.encode()
        assert refusal(body) == "not XML"

    @pytest.mark.parametrize("unit", ["<testcase/>", "<!-- -->", "<?a?>", "&amp;", "]]&gt;", "<![CDATA[x]]>", "<a/>"])
    def test_many_of_anything_are_read_in_linear_time(self, unit):
        def seconds(times):
            body = REPORT.format(unit * times).encode()
            start = time.process_time()
            read(body)
            return time.process_time() - start

        assert min(seconds(100_000) for _ in range(3)) < 40 * min(seconds(10_000) for _ in range(3)) + 0.05

    @given(st.lists(st.sampled_from(TAGS), max_size=14))
    def test_tags_in_any_order_are_read_or_malformed(self, tags):
        body = "".join(("<testsuite>", *tags, "</testsuite>"))
        with suppress(Malformed):
            assert read(body)


class TestPieces:
    @given(st.lists(st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(st.sampled_from('a"\\[]{},: \n'), max_size=6),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text('a"[}\\', max_size=3), inner, max_size=3),
        max_leaves=8,
    ), min_size=1, max_size=5), st.sampled_from([None, 1]))  # fmt: skip
    def test_a_large_array_falls_into_the_same_elements_as_a_small_one(self, values, indent):
        padding = " " * 2_100_000
        large = json.dumps([*values, padding], indent=indent).encode()
        *pieces, last = listed(memoryview(large))
        assert [json.loads(bytes(piece)) for piece in pieces] == values
        assert json.loads(bytes(last)) == padding

    @pytest.mark.parametrize("unit", ["a", "\\n", "\\u00e9", "\\ud83d\\ude00", "é", "😀", '\\"', "\\\\"])
    def test_of_a_very_long_text_the_beginning_is_read_wherever_the_cut_goes_through(self, unit):
        for start in range(13):
            piece = f'"{"x" * start}{unit * 300_000}"'.encode()
            found = text(memoryview(piece))
            assert 20_000 < len(found) <= 262_144
            assert json.loads(piece).startswith(found.removesuffix("\ufffd"))

    def test_half_a_surrogate_pair_costs_its_glyph_alone(self):
        body = json.dumps(jest({"status": "failed", "title": "pays \ud83d"}))
        assert one(body).test == "pays \ufffd"

    def test_what_has_another_type_than_it_should_is_as_if_it_were_not_there(self):
        test = {"status": "failed", "title": {"a": 1}, "ancestorTitles": "cart", "failureMessages": 7, "duration": "x"}
        assert one(jest(test, name=[])).test == "a test without a name"


class TestLimits:
    def test_suites_of_mochawesome_are_read_to_a_depth(self):
        suite = {"title": "inner", "tests": [{"state": "failed", "title": "pays"}]}
        for _ in range(40):
            suite = {"title": "s", "suites": [suite]}
        assert refusal({"stats": {}, "results": [suite]}) == "nested too deeply"

    def test_a_report_that_tells_very_much_keeps_the_beginnings_of_its_later_texts(self):
        found = failures(jest(*[{"status": "failed", "failureMessages": ["Error: " + "x" * 99_993]}] * 200))
        sizes = [len(failure.message) for failure in found]
        assert (sizes[0], sizes[78], sizes[79], sizes[199]) == (100_000, 100_000, 1024, 1024)

    def test_of_letters_that_take_four_bytes_a_report_may_tell_a_quarter(self):
        found = failures(jest(*[{"status": "failed", "failureMessages": ["\U0001f600" * 20_000]}] * 120))
        sizes = [len(failure.message) for failure in found]
        assert (sizes[98], sizes[99]) == (20_000, 1024)


MISSING = "Error: locator.click: Timeout 5000ms exceeded.\nCall log:\n  - waiting for getByTestId(&apos;pay&apos;)\n"


def test_a_failure_says_whose_it_is_and_which_locator_broke():
    failure = one(failed(MISSING, message="pays", name="pays", classname="checkout"))
    assert (failure.failure, failure.locator) == ("not_found", "getByTestId('pay')")


def test_a_locator_is_looked_for_on_the_page_that_was_tested_else_in_its_suite():
    report = failed(MISSING, message="pays", name="pays", suite='name="checkout"')
    assert one(report, url="https://shop.example/pay").scope is None
    assert one(report, url="https://shop.example/").scope == "checkout"
    assert one(report).scope == "checkout"


def test_an_assertion_that_failed_names_no_locator():
    failure = one(failed("AssertionError: expected 3 to equal 4", name="adds"))
    assert (failure.failure, failure.locator, failure.scope) == ("assertion", None, None)
