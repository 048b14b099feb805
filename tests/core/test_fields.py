import json
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from argus_streams.core import fields
from argus_streams.errors import Malformed

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)
NESTED = b"[" * 10_000 + b"]" * 10_000
REFUSED = {
    "empty body": [b"", b" \r\n\t", b"\xef\xbb\xbf"],
    "nested too deeply": [NESTED, b"[" * 1_000_000, b'{"a":' * 10_000 + b"1" + b"}" * 10_000],
    "not UTF-8": [
        b'{"a": "\xe9"}',
        b'"\xed\xa0\xbd"',
        '{"a": 1}'.encode("utf-16"),
        '{"a": 1}'.encode("utf-16-le"),
        '{"a": 1}'.encode("utf-16-be"),
        '{"a": 1}'.encode("utf-32-be"),
        b"\x1f\x8b\x08\x00",
    ],
    "NaN or Infinity": [b'{"a": NaN}', b"[Infinity]", b"[-Infinity]", b"NaN"],
    "truncated": [b'{"a": "x', b'{"a": ', b"[1,", b'"\\ud83'],
    "number out of range": [b"[1e999]", b"[-1e999]", b"[" + b"9" * 5000 + b"]"],
    "not JSON": [b"{} {}", b"<xml/>", b"payload=%7B%7D", b'"\n"', b"{'a': 1}", b"[1 2]", b"{}\x00", b"[N]"],
}


@pytest.mark.parametrize(
    ("reason", "body"), [(reason, body) for reason, bodies in REFUSED.items() for body in bodies], ids=str
)
def test_a_body_that_is_no_json_is_refused_with_a_reason(reason, body):
    with pytest.raises(Malformed) as refused:
        fields.decode(body)
    assert refused.value.reason == reason
    assert len(refused.value.detail) < 200


def test_deep_nesting_is_refused_in_a_thread_with_a_small_stack_too():
    reasons = []

    def decode():
        try:
            fields.decode(NESTED)
        except Malformed as refused:
            reasons.append(refused.reason)

    before = threading.stack_size(4 * 1024 * 1024)
    try:
        thread = threading.Thread(target=decode)
        thread.start()
        thread.join()
    finally:
        threading.stack_size(before)
    assert reasons == ["nested too deeply"]


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b'\xef\xbb\xbf{"a": 1}', {"a": 1}),
        (b'{"a": 1, "a": 2}', {"a": 2}),
        (b'"\\u0000"', "\x00"),
        (b'"\\ud83d"', "\ufffd"),
        (b'"cut \\ud83d"', "cut \ufffd"),
        (b'"\\uDE00 \\ud83d\\u0041"', "\ufffd \ufffdA"),
        (b'"\\ud83d\\ude00 \\ud83d"', "\U0001f600 \ufffd"),
        (b'"\\ud83d\\ud83d\\ude00"', "\ufffd\U0001f600"),
        (b'["\\\\ud83d", "\\ud83d"]', ["\\ud83d", "\ufffd"]),
        (b'["\\\\\\ud83d"]', ["\\\ufffd"]),
        (b'{"\\ud83d": "\\udead"}', {"\ufffd": "\ufffd"}),
        (b"[99999999999999999999, 1e300]", [99999999999999999999, 1e300]),
    ],
)
def test_what_senders_get_wrong_and_can_be_read_is_read(body, value):
    assert fields.decode(body) == value


@given(st.lists(st.text(st.characters()) | st.text("\ud83d\ude00\\u0aA")))
def test_half_a_surrogate_pair_costs_its_glyph_alone(texts):
    body = json.dumps(texts).encode()
    expected = [text.encode("utf-16", "surrogatepass").decode("utf-16", "replace") for text in texts]
    assert fields.decode(body) == expected


@given(st.binary())
def test_any_bytes_are_read_or_refused(body):
    reason = None
    try:
        fields.decode(body)
    except Malformed as refused:
        reason = refused.reason
    assert reason is None or reason in REFUSED


@pytest.mark.parametrize(
    ("value", "ms"),
    [
        ("1970-01-01T00:00:00Z", 0),
        ("0001-01-01T00:00:00Z", -62_135_596_800_000),
        ("0001-01-01T00:00:00+14:00", None),
        ("9999-12-31T23:59:59.999Z", 253_402_300_799_999),
        ("9999-12-31T23:59:59.999-14:00", None),
        ("2013-12-03 17:23:34 UTC", 1386091414000),
        ("2013-12-03 17:23:34 +0000", 1386091414000),
        ("2013-12-03 17:23:34.123456789 +0000 UTC m=+85.628", 1386091414123),
        ("2013-12-03 18:23:34 +0100 CET", 1386091414000),
        ("0001-01-01 00:00:00 +0000 UTC", -62_135_596_800_000),
        ("2013-12-03T17:23:34", 1386091414000),
        ("2013-12-03t17:23:34z", 1386091414000),
        ("2026-01-01T00:00:00.123456789Z", 1767225600123),
        ("1969-12-31T23:59:59.9999Z", -1),
        (1386091414, 1386091414000),
        (1386091414.001, 1386091414001),
        (1386091414123, 1386091414123),
        (1386091414123456, 1386091414123),
        (1386091414123456789, 1386091414123),
        ("1386091414123456789", 1386091414123),
        ("1386091414.001", 1386091414001),
        ("-1", -1000),
        (-1.5, -1500),
        (10**300, None),
        (1e300, None),
        (float("nan"), None),
        (True, None),
        ("", None),
        ("Fri, 20 Nov 2026 09:14:00 GMT", 1795166040000),
        ("5 Nov 2026 09:14:00 +0100", 1793866440000),
        ("Fri, 30 Feb 2026 09:14:00 GMT", None),
        ("Fri, 20 Nix 2026 09:14:00 GMT", None),
        ("yesterday", None),
        ("--5", None),
        ("2026-02-30", None),
        (None, None),
        ({}, None),
    ],
)
def test_an_instant_is_read_from_each_spelling(value, ms):
    assert fields.instant(value) == ms


@given(ANYTHING)
def test_no_value_makes_a_reader_raise(value):
    assert isinstance(fields.mapping(value), dict)
    assert isinstance(fields.listing(value), list | tuple)
    assert fields.text(value) is None or fields.text(value)
    number = fields.integer(value)
    assert number is None or -(2**63) <= number < 2**63
    moment = fields.instant(value)
    assert moment is None or abs(moment) < 10**15


@given(st.datetimes())
def test_an_instant_is_exact_to_the_millisecond(moment):
    assert fields.instant(moment.isoformat()) == fields.instant(f"{moment.isoformat()}Z")
    assert fields.instant(moment.replace(microsecond=moment.microsecond // 1000 * 1000).isoformat()) == fields.instant(
        moment.isoformat()
    )


@pytest.mark.parametrize(
    ("value", "number"),
    [(" 42 ", 42), ("-42", -42), ("--42", None), ("4_2", None), ("٤٢", None), (42.9, 42), (2**63, None), ("", None)],
)
def test_a_whole_number_is_read_also_when_spelt(value, number):
    assert fields.integer(value) == number


def test_a_text_spells_numbers_and_nothing_else():
    values = ("a", "", 12, 1.5, True, None, [], {}, 10**4300)
    assert [fields.text(value) for value in values] == ["a", None, "12", "1.5", None, None, None, None, None]


@pytest.mark.parametrize(
    ("value", "commit"),
    [("7C1E0A9D4B52F36880E1D7A5C94B20F3BE6D8172", "7c1e0a9d4b52f36880e1d7a5c94b20f3be6d8172"), ("a" * 64, "a" * 64)]
    + [(value, None) for value in ("7c1e0a9", "v2.14.0", "g" * 40, "a" * 41, f"{'a' * 40}\n", 7, None)],
)
def test_a_commit_is_a_whole_sha(value, commit):
    assert fields.commit(value) == commit


def test_an_id_lacks_no_part():
    assert fields.composed("run", "7", "") == "run:7:"
    assert fields.composed("run", None, "1") is None
