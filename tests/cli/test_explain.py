import json

import pytest
from commands import argus

from argus_streams.adapters.contracts import data_folder
from argus_streams.core import packed

SAMPLES = sorted(data_folder("samples").glob("*.json"))
GOOD = {"message": "stock of 7 is negative", "type": "StockError"}


def lines(result):
    return [json.loads(line) for line in result.stdout.splitlines()]


def written(folder, name, content):
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
    return file


def ndjson(*told):
    return b"\n".join(each if isinstance(each, bytes) else json.dumps(each).encode() for each in told) + b"\n"


def test_an_event_is_told_with_all_that_decides_about_it(tmp_path):
    result = argus("explain", "--json", "--source", "argus", written(tmp_path, "body.json", GOOD))
    (line,) = lines(result)
    assert result.exit_code == 0
    assert {"source", "index", "event", "fingerprint", "parts", "route"} <= line.keys()
    assert (line["source"], line["index"], line["route"]) == ("argus", 0, "argus.events.normalized")
    assert line["event"]["message"] == "stock of 7 is negative"
    assert line["fingerprint"].startswith("v1:")
    assert ["type", "StockError"] in line["parts"]


def test_several_events_of_a_body_are_a_line_each_in_order(tmp_path):
    body = {"events": [{"message": "one"}, {"message": "two"}, {"message": "three"}]}
    result = argus("explain", "--json", "--source", "argus", written(tmp_path, "b.json", body))
    assert [(each["index"], each["event"]["message"]) for each in lines(result)] == [
        (0, "one"), (1, "two"), (2, "three"),
    ]  # fmt: skip


def test_a_malformed_body_is_one_line_and_exit_1(tmp_path):
    result = argus("explain", "--json", "--source", "argus", written(tmp_path, "b.json", b'{"message": "cut'))
    (line,) = lines(result)
    assert (line["source"], line["malformed"]) == ("argus", "truncated")
    assert result.exit_code == 1


def test_an_ignored_body_is_one_line_and_exit_0(tmp_path):
    capture = {"headers": {"X-GitHub-Event": "star"}, "body": {"action": "created"}}
    result = argus("explain", "--json", "--source", "github", written(tmp_path, "b.json", capture))
    (line,) = lines(result)
    assert line.keys() == {"source", "ignored"}
    assert (line["source"], result.exit_code) == ("github", 0)


def test_a_deploy_goes_to_the_signals(tmp_path):
    body = {"id": "7", "kind": "deploy", "service": "stock", "environment": "production", "status": "success"}
    (line,) = lines(argus("explain", "--json", "--source", "argus", written(tmp_path, "b.json", body)))
    assert (line["signal"]["kind"], line["route"]) == ("deploy", "argus.signals")


def test_one_bad_item_is_told_beside_its_neighbours(tmp_path):
    result = argus("explain", "--json", "--source", "argus", written(tmp_path, "b.json", {"events": [GOOD, 7]}))
    told = lines(result)
    assert "event" in told[0]
    assert told[1]["index"] == 1
    assert "malformed" in told[1]
    assert result.exit_code == 1


def test_lines_keep_their_order_and_each_has_its_own_source():
    given = ndjson(
        {"source": "argus", "body": GOOD},
        {"source": "rumours", "body": {}},
        b"no line of input",
        {"source": "argus", "body": "{cut"},
        {"source": "github", "headers": {"X-GitHub-Event": "star"}, "body": {}},
        {"source": "argus", "body": json.dumps(GOOD)},
    )
    result = argus("explain", "--json", "-", given=given)
    kinds = [next(key for key in ("event", "malformed", "ignored") if key in line) for line in lines(result)]
    assert kinds == ["event", "malformed", "malformed", "malformed", "ignored", "event"]
    assert result.exit_code == 1


def test_a_text_body_is_taken_as_it_stands():
    raw = '{"message":  "spaces  matter", "type": "X"}'
    one, other = lines(
        argus(
            "explain",
            "--json",
            "-",
            given=ndjson({"source": "argus", "body": raw}, {"source": "argus", "body": json.loads(raw)}),
        )
    )
    assert one["fingerprint"] == other["fingerprint"]


@pytest.mark.parametrize("body", ["cut \\ud83d", "nul \\u0000", "\\udfff\\ud800"])
def test_no_character_stops_the_output(body):
    given = b'{"source": "argus", "body": {"message": "' + body.encode() + b'"}}\n{"source": "\\ud800", "body": {}}\n'
    result = argus("explain", "--json", "-", given=given)
    assert len(lines(result)) == 2
    assert argus("explain", "-", given=given).exit_code == 1


def test_a_sample_file_is_a_case_after_the_other_and_names_its_source_by_itself():
    for file in SAMPLES:
        mapping = ("--mapping", file.with_suffix(".yaml")) if file.stem == "mapped" else ()
        result = argus("explain", "--json", *mapping, file)
        assert result.exit_code == 0, result.output
        assert {line["source"] for line in lines(result)} == {file.stem}


def test_a_capture_is_unwrapped(tmp_path):
    capture = {"topic": "x", "headers": {"X-GitHub-Event": "star"}, "body": {}}
    (line,) = lines(argus("explain", "--json", written(tmp_path, "github/star.json", capture)))
    assert "ignored" in line


def test_a_folder_names_the_source(tmp_path):
    (line,) = lines(argus("explain", "--json", written(tmp_path, "argus/deep/body.json", GOOD)))
    assert line["source"] == "argus"


def test_a_file_that_names_no_source_says_so(tmp_path):
    result = argus("explain", written(tmp_path, "body.json", GOOD))
    assert result.exit_code == 1
    assert "no source (give --source, or name " in result.stdout


def test_a_packed_file_names_its_source_as_well(tmp_path):
    (line,) = lines(
        argus("explain", "--json", written(tmp_path, "argus.json.gz", packed.pack(json.dumps(GOOD).encode())))
    )
    assert line["source"] == "argus"


def test_a_header_can_be_named_by_hand(tmp_path):
    report = written(tmp_path, "testreports.xml", b'<testsuite><testcase name="adds"/></testsuite>')
    (line,) = lines(argus("explain", "--json", "-H", "Branch: main", "-H", "repository: shop/cart", report))
    assert (line["signal"]["branch"], line["signal"]["repository"]) == ("main", "shop/cart")
    wrong = argus("explain", "-H", "branch=main", report)
    assert (wrong.exit_code, "'branch=main' is not 'name: value'" in wrong.stderr) == (2, True)


def test_people_read_what_each_sample_shows_and_programs_do_not(tmp_path):
    samples = written(
        tmp_path, "argus.json", [{"case": "Stock is gone.", "body": GOOD}, {"case": "So is\na page.", "body": 1}]
    )
    told = [line for line in argus("explain", samples).stdout.splitlines() if not line.startswith(" ")]
    assert (told[0], told[2]) == ("# Stock is gone.", "# So is a page.")
    assert len(lines(argus("explain", "--json", samples))) == 2


def test_no_word_is_told_twice(tmp_path):
    body = {"kind": "error", "severity": "error", "type": "StockError", "message": "StockError"}
    result = argus("explain", "--source", "argus", written(tmp_path, "body.json", body))
    assert result.stdout.startswith("argus[0]: error, firing: StockError\n")


def test_an_unknown_source_is_a_wrong_command_line(tmp_path):
    result = argus("explain", "--source", "sentri", written(tmp_path, "body.json", GOOD))
    assert result.exit_code == 2
    assert "no source is named 'sentri'" in result.stderr


def test_a_body_with_a_field_called_body_is_not_taken_for_a_capture(tmp_path):
    body = {"message": "mail was refused", "body": "Dear customer", "type": "MailError"}
    (line,) = lines(argus("explain", "--json", "--source", "argus", written(tmp_path, "b.json", body)))
    assert line["event"]["message"] == "mail was refused"


def test_people_read_why(tmp_path):
    result = argus("explain", "--source", "argus", written(tmp_path, "body.json", GOOD))
    assert "StockError" in result.stdout
    assert "goes to argus.events.normalized" in result.stdout
    assert "type: StockError" in result.stdout


def test_rules_and_prefix_are_those_of_the_settings(tmp_path):
    rules = written(tmp_path, "rules.yaml", b'explained:\n- {name: stock, match: {type: "Stock*"}, parts: [stock]}\n')
    body = written(tmp_path, "body.json", GOOD)
    result = argus(
        "explain", "--json", "--source", "argus", body, ARGUS_RULES_FILE=str(rules), ARGUS_TOPIC_PREFIX="g2."
    )
    assert lines(result)[0]["route"] == "g2.events.normalized"


@pytest.mark.parametrize("arguments", [(), ("/nowhere/at/all",), ("--nonsense", "-")])
def test_wrong_usage_is_exit_2(arguments):
    assert argus("explain", *arguments).exit_code == 2


def test_an_oversized_body_is_malformed(tmp_path):
    file = written(tmp_path, "argus.json", b'{"message": "' + b"x" * 2_000 + b'"}')
    assert argus("explain", file, ARGUS_BODY_LIMIT="1024").exit_code == 1
    assert argus("explain", file).exit_code == 0


def test_times_without_a_broker_are_the_senders_own():
    given = ndjson({"source": "argus", "body": GOOD | {"occurred_at": "2026-11-20T09:20:11.030Z"}})
    (line,) = lines(argus("explain", "--json", "-", given=given))
    assert line["event"]["occurred_at"] == 1_795_166_411_030


@pytest.mark.parametrize("told", [None, "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", 1e300, "soon", [], True])
def test_a_body_whose_time_is_of_no_use_is_told_at_once(told):
    result = argus("explain", "--json", "-", given=ndjson({"source": "argus", "body": GOOD | {"occurred_at": told}}))
    assert len(lines(result)) == 1


REPORT = b'<testsuite name="cart"><testcase name="adds" file="a.js"><failure message="no"/></testcase></testsuite>'


@pytest.mark.parametrize("content", [REPORT, packed.pack(REPORT)], ids=["plain", "gzip"])
def test_a_report_goes_to_the_signals_and_to_the_failed_tests(tmp_path, content):
    file = written(tmp_path, "report.xml", content)
    signal, failure = lines(argus("explain", "--json", "--source", "testreports", file))
    assert (signal["index"], signal["signal"]["kind"], signal["route"]) == (0, "ci", "argus.signals")
    assert (failure["index"], failure["test_failure"]["test"], failure["route"]) == (1, "adds", "argus.tests.failed")
    text = argus("explain", "--source", "testreports", file).stdout
    assert "testreports[1]: failed junit test: adds (a.js): no\n  goes to argus.tests.failed" in text


def test_a_test_that_failed_by_its_locator_is_told_with_it(tmp_path):
    message = b"TimeoutError: locator.click: Timeout 5000ms exceeded.&#10;Call log:&#10;  - waiting for locator('#pay')"
    report = REPORT.replace(b"no", message)
    text = argus("explain", "--source", "testreports", written(tmp_path, "report.xml", report)).stdout
    assert "\n    not_found: locator('#pay'), looked for in cart\n" in text


def test_a_report_above_the_limit_is_explained_as_it_would_be_read(tmp_path):
    body = REPORT.replace(b"<failure", b"<!--" + b" " * 2_000_000 + b"--><failure")
    assert len(lines(argus("explain", "--json", "--source", "testreports", written(tmp_path, "r.xml", body)))) == 2
    (line,) = lines(
        argus("explain", "--json", "--source", "argus", written(tmp_path, "b.json", b"[" + b" " * 2_000_000))
    )
    assert line["malformed"] == "too large"


def test_a_captured_request_that_was_packed_is_text_already(tmp_path):
    capture = {"headers": {"Content-Encoding": "gzip"}, "body": GOOD}
    (line,) = lines(argus("explain", "--json", "--source", "argus", written(tmp_path, "b.json", capture)))
    assert line["event"]["message"] == GOOD["message"]
