import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec import json

from argus_streams.core.events import Event, ExceptionInfo, Frame, Signal
from argus_streams.core.scrub import SCRUBBED, scrubber
from argus_streams.errors import Misconfigured

SCRUBBER = scrubber()
JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U"
KEY = "-----BEGIN RSA PRIVATE KEY-----\nMIIEow\nIBAAK\n-----END RSA PRIVATE KEY-----"
CARDS = ("4111111111111111", "5555 5555 5555 4444", "3782-822463-10005", "6011 1111 1111 1117", "4222222222222")
X = "aB3dE5fG7hJ9kL1mN3pQ"  # as what is random in a token
TOKENS = (
    *(f"gh{letter}_{X}{X}" for letter in "pousr"),
    *(f"xox{letter}-1234-{X}" for letter in "abeprs"),
    *(f"github_pat_{X}_{X}", f"glpat-{X}", f"sk-proj-{X}-{X}", f"sk-ant-api03-{X}_{X}", f"sk_test_{X}"),
    *(f"dckr_pat_{X}", f"shpat_{X}", f"whsec_{X}"),
    *(f"AIza{X}{X[:15]}", f"SG.{X}.{X}-{X}", f"npm_{X}{X}", f"pypi-AgEIcHlw{X}", "ASIAIOSFODNN7EXAMPLE"),
)
SECRETS = {
    "password=hunter2 refused": "password=[scrubbed] refused",
    "PASSWORD = 'two words', x": "PASSWORD = '[scrubbed]', x",
    '{"token": "a b\\"c", "x": 1}': '{"token": "[scrubbed]", "x": 1}',
    '{\\"token\\": \\"abc\\", \\"x\\": 1}': '{\\"token\\": \\"[scrubbed]\\", \\"x\\": 1}',
    "{'password': ['hunter2']}": "{'password': ['[scrubbed]']}",
    "{:password=>'hunter2'}": "{:password=>'[scrubbed]'}",
    "Server=db;Uid=sa;Pwd=abc;Database=x": "Server=db;Uid=sa;Pwd=[scrubbed];Database=x",
    "postgres://shop:p@ss:w0rd@db/shop": "postgres://[scrubbed]@db/shop",
    "redis://:secret@cache:6379": "redis://[scrubbed]@cache:6379",
    "https://0123456789abcdef0123456789abcdef@o1.ingest.example/1": "https://[scrubbed]@o1.ingest.example/1",
    "https://shop.example/a?access_token=abc.def&page=2#x": "https://shop.example/a?access_token=[scrubbed]&page=2#x",
    "/a;jsessionid=AB12CD": "/a;jsessionid=[scrubbed]",
    "/a?PHPSESSID=ab12cd": "/a?PHPSESSID=[scrubbed]",
    "AccountKey=Zm9v==;EndpointSuffix=x": "AccountKey=[scrubbed];EndpointSuffix=x",
    "//shop:pw1@db/shop": "//[scrubbed]@db/shop",
    f"https://discord.com/api/webhooks/1/{X} 404": "https://discord.com/api/webhooks/[scrubbed] 404",
    "Authorization: Bearer abc.def": "Authorization: [scrubbed]",
    "sent Bearer abcd1234efgh, refused": "sent Bearer [scrubbed], refused",
    "basic dXNlcjpwYXNz": "basic [scrubbed]",
    "Cookie: a=b; c=d\nHost: x": "Cookie: [scrubbed]\nHost: x",
    "aws_secret_access_key = wJalr/XUtn+FEMI": "aws_secret_access_key = [scrubbed]",
    "key AKIAIOSFODNN7EXAMPLE used": "key [scrubbed] used",
    "api-key: 12345": "api-key: [scrubbed]",
    "sk_live_abcdefghijklmnop1234": SCRUBBED,
    **{f"with {token}, refused": "with [scrubbed], refused" for token in TOKENS},
    f"https://hooks.slack.com/services/T0{X}/B0/{X} 404": "https://hooks.slack.com/services/[scrubbed] 404",
    f"https://x.blob.example/a?sv=2&sig={X}%3D&se=1": "https://x.blob.example/a?sv=2&sig=[scrubbed]&se=1",
    f"?X-Amz-Credential=me/eu/s3&X-Amz-Signature={X}": "?X-Amz-Credential=[scrubbed]&X-Amz-Signature=[scrubbed]",
    f"/callback?code={X}&state=7": "/callback?code=[scrubbed]&state=7",
    "<user><password>a b</password></user>": "<user><password>[scrubbed]</password></user>",
    '<w:Password Type="text">x</w:Password>': '<w:Password Type="text">[scrubbed]</w:Password>',
    "mysqldump --password x --db-password hunter2": "mysqldump --password [scrubbed] --db-password [scrubbed]",
    '[\\"--api-key\\", \\"ab\\"]': '[\\"--api-key\\", \\"[scrubbed]\\"]',
    "passphrase=correct": "passphrase=[scrubbed]",
    f"jwt {JWT}!": "jwt [scrubbed]!",
    f"key:\n{KEY}\nend": "key:\n[scrubbed]\nend",
    '"private_key": "-----BEGIN PRIVATE KEY-----\\nMII': '"private_key": "[scrubbed]',
    **{f"card\t{number}.": f"card\t{SCRUBBED}." for number in CARDS},
}
HARMLESS = [
    "550e8400-e29b-41d4-a716-446655440000",
    "41111111-1111-1111-1111-111111111111",
    "da39a3ee5e6b4b0d3255bfef95601890afd80709",
    "4bf92f3577b34da6a3ce929d0e0e4736",
    "1783728000000 1783728000000000 1783728000000000000",
    "2026-07-11T00:00:00.123456789+00:00",
    "order 4111111111111112, order 9999999999999995",
    "0.4111111111111111 and 4111111111111111.5",
    "ref-4111111111111111-a",
    "SyntaxError: Unexpected token '<', \"<!DOCTYPE \"... is not valid JSON",
    "SyntaxError: Unexpected token: punc",
    "KeyError: 'password'",
    "token: undefined, password=null",
    "Basic authentication failed, Bearer token is expired",
    "Cookie: consent was not given",
    "https://unpkg.example/@scope/pkg@1.2.3/index.js:4:11",
    "webpack://app/./src/pages/session.ts",
    "user@shop.example",
    "password=%s",
    "-[Login setPassword:]: unrecognized selector",
    "npm_lifecycle_event npm_config_user_agent, ghp_short, glpat-short, xoxo-love, sk-project",
    f"highs_{X} task-proj-{X} disk-ant-{X} pypi-{X} MSG.{X}.{X}-{X}",
    "EURASIA, ASIAPACIFIC, ASIAN MARKETS ARE OPEN, AIzawa",
    "killed by sig=11, /a?sig=9&x=1, signature=short, method signature=handleTheRequest(int)",
    f"exit code=137, /a?code={X}, /a?code=404&state=7",
    "<b>Forgot password</b>, <title>Reset your token</title>, Map<String, Token> of a",
    "option --password is required, --token must be set, --password --verbose, --token-count 5",
    "--password=%s, pass --password, or be asked",
    "order ORD-2026-0711-000123, commit 8502147, shop-web-7d9f8b6c5d-x2x9q, 01J2Z3Y4X5W6V7U8T9S0R1Q2P3",
    "https://hooks.slack.com/services/",
]
PIECES = st.sampled_from(
    (
        *(*SECRETS, *HARMLESS, *CARDS, SCRUBBED, JWT, KEY),
        *("Bearer ", "basic ", "token", "password", "secretKey", "cookie", "authorization", "api key", "patient id"),
        *("=", ": ", '"', "'", "\\", '\\"', "@", "://", "[", "]", "a=b", "-", "\n", ".", "&", ";", " ", "\x19"),
        *("-----BEGIN PRIVATE KEY-----", "-----END PRIVATE KEY-----", "AKIA", "eyJ", "0", "4", "\u017f", "é"),
        *(X, *TOKENS, "--password", "--", "<", ">", "</password>", "<token>", "?sig=", "&code=", "&state=", "', '"),
    )
)
TEXTS = st.lists(PIECES | st.text(max_size=3), max_size=12).map("".join)


def event_with(text, tags=None):
    exception = ExceptionInfo(value=text, frames=(Frame(file=text, package=text, context=text),))
    return Event(message=text, url=text, tags=tags or {}, exceptions=(exception,), occurred_at=1783728000000)


@pytest.mark.parametrize(("text", "expected"), SECRETS.items())
def test_a_secret_in_a_text_is_scrubbed(text, expected):
    assert SCRUBBER.text(text) == expected


@pytest.mark.parametrize("text", HARMLESS)
def test_what_only_looks_like_a_secret_stays(text):
    assert SCRUBBER.text(text) == text


@given(TEXTS)
@example(f"{KEY}4111111111111111")
@example(f"4111111111111111{KEY}")
@example("Cookie: a=b\\c=d")
@example("authorization: bearer [scrubbed]")
@example("token=[[scrubbed]]")
@example("token==token=a")
@example("cookie: <password>a b</password>=")
@example(">a cookie: b=c>d'rest</password>")
@example(f"sk_live_{X}--password x")
@example('<password token="a">x</password>')
def test_scrubbing_twice_is_scrubbing_once(text):
    for each in (SCRUBBER, scrubber(["patient id"])):
        once = each.text(text)
        assert each.text(once) == once
        line = each.item(event_with(text))
        assert each.item(line) == line


@given(TEXTS, st.dictionaries(TEXTS, TEXTS, max_size=3))
def test_an_event_that_is_not_suspicious_has_no_secret(text, tags):
    event = event_with(text, tags)
    for each in (SCRUBBER, scrubber(["patient id"])):
        assert each.suspicious(json.encode(event)) or each.item(event) == event


@given(st.text())
def test_a_text_without_a_mark_is_left_alone(text):
    assert SCRUBBER.suspicious(text.encode("utf-8", "replace")) or SCRUBBER.text(text) == text


def test_the_time_stamp_of_an_event_is_not_suspicious_but_a_card_beside_it_is():
    event = Event(message="late", occurred_at=1783728000000)
    assert not SCRUBBER.suspicious(json.encode(event))
    assert SCRUBBER.suspicious(json.encode(Event(message="4111 1111 1111 1111", occurred_at=1783728000000)))


@pytest.mark.parametrize(
    "event",
    [
        Event(message="occurred_at: 4111111111111111"),
        Event(message='{"occurred_at":4111111111111111}'),
        Event(tags={"occurred_at": "4111111111111111"}),
        Event(message="occurred_at: 4111111111111111", occurred_at=1783728000000),
    ],
)
def test_a_card_is_no_time_stamp_whatever_stands_before_it(event):
    assert SCRUBBER.suspicious(json.encode(event))
    assert b"4111" not in json.encode(SCRUBBER.item(event))


def _holds_secret(pattern, text):
    return any(not found["card"] for found in pattern.finditer(text))


@given(TEXTS)
def test_an_item_is_scrubbed_of_all_that_its_text_is_scrubbed_of(text):
    frame = Frame(file=text, context=text)
    event = SCRUBBER.item(Event(message=text, exceptions=(ExceptionInfo(value=text, frames=(frame,)),)))
    told = event.exceptions[0]
    assert (event.message, told.value, told.frames[0].file) == (SCRUBBER.text(text),) * 3
    assert "[scrubbed]" in told.frames[0].context or not _holds_secret(SCRUBBER.source, text)


@pytest.mark.parametrize(
    ("name", "secret"),
    [
        ("authorization", True),
        ("http.request.header.Cookie", True),
        ("csrfToken", True),
        ("X-Api-Key", True),
        ("db_password", True),
        ("passwordHash", True),
        ("client_secret", True),
        ("session.id", True),
        ("PHPSESSIONID", True),
        ("key.passphrase", True),
        ("token_count", False),
        ("author", False),
        ("key", False),
        ("cookie_consent", False),
        ("session", False),
        ("patient.id", False),
    ],
)
def test_a_tag_is_secret_by_its_name(name, secret):
    assert SCRUBBER.secret(name) is secret
    assert not secret or SCRUBBER.suspicious(json.encode({name: "x"}))


def test_every_place_that_may_quote_a_secret_is_scrubbed_and_ids_are_not():
    text, clean = "token=abc", "token=[scrubbed]"
    card = "4111111111111111"
    frame = Frame(
        function="read:token:",
        package="/opt/password=abc/lib.so",
        file="https://a:b@cdn/x.js?token=abc",
        context='token = "abc"; token = read()',
    )
    event = Event(
        message=text,
        title=text,
        template=text,
        url=text,
        link=text,
        tags={"secret": "abc", "note": text, "card": card},
        fingerprint=(text, "{{ default }}"),
        identity=(text,),
        exceptions=(ExceptionInfo(type="TokenError", value=text, frames=(frame, Frame(function="f"))),),
        vendor_id=card,
        trace_id=card,
        user=card,
    )
    scrubbed = SCRUBBER.item(event)
    assert {scrubbed.message, scrubbed.title, scrubbed.template, scrubbed.url, scrubbed.link} == {clean}
    assert scrubbed.tags == {"secret": SCRUBBED, "note": clean, "card": SCRUBBED}
    assert scrubbed.fingerprint == (clean, "{{ default }}")
    assert scrubbed.identity == (clean,)
    assert scrubbed.exceptions[0].value == clean
    assert scrubbed.exceptions[0].frames[0] == Frame(
        function="read:token:",
        package="/opt/password=[scrubbed]",
        file="https://[scrubbed]@cdn/x.js?token=[scrubbed]",
        context='token = "[scrubbed]"; token = read()',
    )
    assert (scrubbed.vendor_id, scrubbed.trace_id, scrubbed.user) == (card, card, card)


def test_a_signal_is_scrubbed_too():
    signal = Signal(kind="push", subject="shop/web@1", title="set password=hunter2", link="https://a:b@git/x")
    scrubbed = SCRUBBER.item(signal)
    assert (scrubbed.title, scrubbed.link) == ("set password=[scrubbed]", "https://[scrubbed]@git/x")


def test_what_was_made_of_texts_holds_no_secret_either():
    event = Event(
        type="login with password=hunter2",
        exceptions=(ExceptionInfo(type="token=abc"),),
        tags={"password=hunter2": "true", "https": "//bob:pw@web-1/"},
        vendor_id="build:https://bob:pw@ci.example.com/job/shop/7/:7:failure",
        instance="url:https://bob:pw@web-1/",
    )
    found = json.encode(SCRUBBER.item(event)).decode()
    assert SCRUBBER.suspicious(json.encode(event))
    assert not any(secret in found for secret in ("hunter2", "abc", "bob:pw")), found
    signal = Signal(kind="deploy", subject="https://bob:pw@web-1/production", title="x", vendor_id="change:token=abc:1")
    found = json.encode(SCRUBBER.item(signal)).decode()
    assert not any(secret in found for secret in ("abc", "bob:pw")), found


def test_a_url_in_source_code_tells_no_token():
    frame = Frame(context='get("https://shop.example.com/?a=1&private_token=x1&b=2"); x = a ? token : b')
    scrubbed = SCRUBBER.item(Event(exceptions=(ExceptionInfo(frames=(frame,)),))).exceptions[0].frames[0]
    assert scrubbed.context == 'get("https://shop.example.com/?a=1&private_token=[scrubbed]&b=2"); x = a ? token : b'


def test_settings_add_names_of_keys():
    own = scrubber(["patient id", "cvv2"])
    assert own.text("patientId=7 patient-id: 8") == "patientId=[scrubbed] patient-id: [scrubbed]"
    assert own.secret("Patient.ID")
    assert own.secret("card_cvv2")
    assert own.suspicious(b'{"patient_id": 7}')
    assert not SCRUBBER.suspicious(b'{"patient_id": 7}')


def test_a_name_without_a_letter_is_misconfigured():
    with pytest.raises(Misconfigured, match="letter or digit"):
        scrubber(["--"])


@pytest.mark.parametrize(
    "unit",
    [
        *("token", "token=", "token ", "token\\", "password = [", "api ", "secret access ", "cookie:", "cookie="),
        *("://", "://a:", "a@", "//", "eyJa-", "eyJaaaaaaaaaa.", "bearer ", "basic aaaaaaaaa", "AKIA", "sk_live_"),
        *("-----BEGIN PRIVATE KEY-----", "-----BEGIN ", "4 ", "4111 ", "4111-1111-", "4", "0", "-", '"', "\\", "="),
        *(
            "a b ",
            "_a",
            "k",
            "w",
            "pass",
            "ghp_",
            "AIza-",
            "SG.",
            f"SG.{X}.",
            "glpat-",
            "sk-ant-",
            "xoxb-",
            "?sig=",
            "&code=",
        ),
        *(
            "&code=aaaaaaaaaaaaaaaaaaaa",
            "--",
            "--a",
            " --",
            " --a-",
            "--password ",
            " --password",
            "</password",
            ">",
            "<",
            ">a<",
        ),
        *(">a</password", "</", "/services/", "hooks.slack.com/services/", "passphrase "),
    ],
)
def test_scrubbing_takes_linear_time(unit):
    def seconds(size):
        text = unit * (size // len(unit))
        start = time.process_time()
        SCRUBBER.suspicious(text.encode())
        SCRUBBER.text(text)
        return time.process_time() - start

    # Ten times the text: linear is 10, quadratic 100. A run that other work on the machine has disturbed is made again.
    assert any(seconds(200_000) < 40 * max(seconds(20_000), 0.002) for _ in range(6))
