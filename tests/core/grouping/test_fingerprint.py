"""Which occurrences are one problem."""

import os
import subprocess
import sys
from itertools import permutations

import msgspec
import pytest
from builders import event, exception, frame
from hypothesis import given
from hypothesis import strategies as st
from parts import SHARED

from argus_streams import sources
from argus_streams.core.events import Event, Frame
from argus_streams.core.grouping.fingerprint import Rule, fingerprint
from argus_streams.core.source import Body

OWN = [frame("main", "shop.run"), frame("checkout", "shop.cart"), frame("charge", "shop.payments")]
LIBRARY = frame("send", "requests.sessions", file="/usr/lib/python3.11/site-packages/requests/sessions.py")


def value(**fields):
    return fingerprint(event(**fields)).value


def of(*exceptions, **fields):
    return value(exceptions=exceptions, **fields)


def parts(**fields):
    return fingerprint(event(**fields)).parts


def test_a_stack_is_told_by_its_type_with_the_projects_own_frames():
    told = fingerprint(event(exceptions=(exception(frames=[*OWN, LIBRARY]),)))
    assert told.how == "stack"
    assert told.parts == (
        ("type", "ValueError"),
        ("frame", "run:main"),
        ("frame", "cart:checkout"),
        ("frame", "payments:charge"),
    )
    assert told.value.startswith("v1:")
    assert len(told.value) == 35


def test_one_failure_through_two_vendors_is_one_group():
    sentry = exception(
        module="shop.errors", frames=[frame("charge", "shop.payments", file="shop/payments.py", line=3, in_app=True)]
    )
    otlp = exception("shop.errors.ValueError", frames=[Frame("charge", None, "/srv/app/shop/payments.py", 9)])
    assert of(sentry, source="sentry", release="1", platform="python") == of(otlp, source="otlp", platform=None)


def test_the_message_is_no_part_where_there_is_a_stack():
    assert of(exception(value="a")) == of(exception(value="b"))


noise = st.fixed_dictionaries(
    {},
    optional={
        "release": st.text(),
        "host": st.text(),
        "url": st.text(),
        "environment": st.text(),
        "service": st.text(),
        "user": st.text(),
        "trace_id": st.text(),
        "source": st.sampled_from(["sentry", "otlp", "rollbar"]),
        "severity": st.sampled_from(["fatal", "warning"]),
        "tags": st.dictionaries(st.text(max_size=5), st.text(max_size=5), max_size=3),
        "received_at": st.integers(0, 2**50),
    },
)


@given(noise, st.integers(), st.integers())
def test_nothing_but_the_failure_itself_matters(fields, line, column):
    frames = [msgspec.structs.replace(each, line=line, column=column) for each in OWN]
    assert of(exception(frames=frames), **fields) == of(exception(frames=OWN))


@given(st.permutations(list(msgspec.to_builtins(event(exceptions=(exception(),))).items())))
def test_the_order_of_fields_does_not_matter(items):
    assert fingerprint(msgspec.convert(dict(items), Event)) == fingerprint(event(exceptions=(exception(),)))


builds = st.binary(min_size=4, max_size=10).map(bytes.hex).filter(lambda text: any(map(str.isdigit, text)))


@given(builds, st.sampled_from(["https://shop.example", "http://cdn.example:8080", "app://", ""]))
def test_neither_a_build_nor_its_address_matters(build, origin):
    def stack(build, origin):
        files = [f"{origin}/assets/cart-{build}.js", f"{origin}/js/index.{build}.chunk.js?v={build}"]
        return exception(frames=[Frame("addItem", None, file) for file in files])

    assert of(stack(build, origin), platform="javascript") == of(stack("a1b2c3d4", ""), platform="javascript")


@given(st.integers(0, 10**9), st.ip_addresses(v=4), st.uuids())
def test_ids_in_a_message_do_not_matter(number, address, uuid):
    told = value(type=None, message=f"order {number} from {address} failed for {uuid}")
    assert told == value(type=None, message=f"order 7 from 10.0.0.1 failed for {'0' * 8}-0000-4000-8000-{'0' * 12}")


@pytest.mark.parametrize("exceptions", [(), (exception("Refused", "connection refused", ()),)])
def test_one_text_of_two_services_is_two_problems(exceptions):
    told = {"type": None, "message": "connection refused", "exceptions": exceptions}
    assert value(**told, service="checkout") != value(**told, service="search")
    assert value(**told, service="checkout", release="2") == value(**told, service="Checkout", release="1")


names = st.from_regex(r"[A-Z][a-z]{1,9}(Error|Exception)?", fullmatch=True)


@given(names, names, st.sampled_from(["stack", "message"]))
def test_two_types_never_join(one, other, how):
    frames = OWN if how == "stack" else ()
    assert (of(exception(one, frames=frames)) == of(exception(other, frames=frames))) == (one == other)


@given(st.lists(st.integers(0, 2), min_size=3, max_size=3).map(lambda extra: [1 + each for each in extra]))
def test_recursion_does_not_matter(times):
    frames = [each for each, count in zip(OWN, times, strict=True) for _ in range(count)]
    assert of(exception(frames=frames)) == of(exception(frames=OWN))


@pytest.mark.parametrize("depth", [1, 2, 9])
def test_functions_that_call_each_other_in_turn_count_once(depth):
    assert of(exception(frames=[OWN[0], *OWN[1:] * depth])) == of(exception(frames=OWN))


def test_parts_are_framed_before_they_are_hashed():
    assert value(fingerprint=("ab", "c")) != value(fingerprint=("a", "bc"))


def test_frames_in_another_order_are_another_problem():
    assert len({of(exception(frames=frames)) for frames in permutations(OWN)}) == 6


def test_a_hash_does_not_depend_on_the_process():
    script = (
        "from builders import event, exception\n"
        "from argus_streams.core.grouping.fingerprint import fingerprint\n"
        "kinds = [exception(t, v, (), id=i, parent_id=0) for i, (t, v) in enumerate(zip('ABC', 'abc'), 1)]\n"
        "group = exception('G', id=0, is_group=True)\n"
        "print(fingerprint(event(exceptions=(*kinds, group))).value)"
    )
    told = set()
    for seed in ("1", "2"):
        environment = {"PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
        run = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, check=True)  # noqa: S603 - our own script
        told.add(run.stdout)
    assert len(told) == 1


def test_a_sender_that_flags_nothing_has_not_flagged():
    flags = [msgspec.structs.replace(each, in_app=False) for each in (*OWN, LIBRARY)]
    assert of(exception(frames=flags)) == of(exception(frames=[*OWN, LIBRARY]))


def test_a_sender_that_flags_all_alike_has_not_flagged():
    flags = [msgspec.structs.replace(each, in_app=True) for each in (*OWN, LIBRARY)]
    assert of(exception(frames=flags)) == of(exception(frames=[*OWN, LIBRARY]))


def test_where_all_is_a_librarys_the_frames_next_to_the_crash_speak():
    frames = [frame(f"call{chr(97 + number)}", "requests.sessions") for number in range(20)]
    told = parts(exceptions=(exception(frames=frames),))
    assert told == (("type", "ValueError"), *[("frame", f"sessions:call{chr(97 + n)}") for n in range(12, 20)])


def test_a_flag_of_some_frames_leaves_the_others_to_known_places():
    mixed = [msgspec.structs.replace(OWN[0], in_app=True), OWN[1], LIBRARY]
    assert parts(exceptions=(exception(frames=mixed),))[1:] == (("frame", "run:main"), ("frame", "cart:checkout"))


def test_at_most_sixty_frames_next_to_the_crash_are_told():
    frames = [frame(f"f{number:03}", "shop.deep") for number in range(100)]
    told = parts(exceptions=(exception(frames=frames), exception("Later", frames=frames[50:])))
    keys = [text for name, text in told if name == "frame"]
    assert len(keys) == 60
    assert keys[:10] == [f"deep:f{number:03}" for number in range(90, 100)]


def test_a_part_is_hashed_whole_but_kept_short():
    long = "x" * 300
    told = fingerprint(event(fingerprint=(long,)))
    assert told.parts == (("fingerprint", long[:200]),)
    assert told.value != value(fingerprint=(long + "y",))


def test_a_cause_is_part_of_the_identity():
    last = exception("CheckoutError", frames=OWN)
    assert of(exception("Timeout", frames=()), last) != of(exception("KeyError", frames=()), last)


def test_a_cause_is_told_without_the_callers_it_shares():
    whole = exception("Timeout", frames=[*OWN, frame("query", "shop.bank")])
    cut = exception("Timeout", frames=[OWN[2], frame("query", "shop.bank")])
    last = exception("CheckoutError", frames=OWN)
    assert of(whole, last) == of(cut, last)


@pytest.mark.parametrize("name", ["Declined", "shop.pay.Declined", "Shop\\Pay\\Declined", "Shop.Pay.Declined"])
def test_a_type_is_one_however_much_of_its_namespace_is_told(name):
    assert parts(exceptions=(exception(name),))[0] == ("type", "Declined")


def test_a_synthetic_type_is_no_part():
    assert of(exception("SIGSEGV", frames=OWN, synthetic=True)) == of(exception("SIGBUS", frames=OWN, synthetic=True))
    told = parts(type="SIGBUS", exceptions=(exception("SIGBUS", "bad address", (), synthetic=True),))
    assert told == (("message", "bad address"),)
    assert parts(type="SIGBUS", message="m", exceptions=(exception("SIGBUS", None, (), synthetic=True),)) == (
        ("message", "m"),
    )


def test_without_a_stack_type_with_value_speak():
    told = fingerprint(event(exceptions=(exception("KeyError", "no key 17", ()),)))
    assert told.how == "message"
    assert told.parts == (("type", "KeyError"), ("message", "no key <num>"))


def test_an_exception_told_as_a_plain_event_is_the_same_problem():
    told = of(exception("KeyError", "no key 17", ()), type="KeyError", message="no key 17")
    assert told == value(type="builtins.KeyError", message="no key 18")


def test_a_nameless_stack_leaves_it_to_the_value():
    minified = exception("TypeError", "x is undefined", [Frame("t", None, "https://a.example/index-BxY3k9.js")])
    assert of(minified, platform="javascript") == of(exception("TypeError", "x is undefined", ()))


def test_withheld_names_leave_it_to_the_value():
    withheld = [Frame("stripped_application_code")] * 3
    told = [of(exception("T", text, [*withheld, Frame("abort")]), platform="native") for text in ("a", "b")]
    assert told[0] != told[1]
    bare = parts(exceptions=(exception("T", None, [*withheld, Frame("abort")]),), platform="native")
    assert bare[1:] == (("frame", "stripped_application_code"), ("frame", "abort"))


def test_an_error_of_go_without_a_type_of_its_own_is_told_by_its_message():
    stack = [frame("main", "main", file="main.go")]
    told = [of(exception("*errors.errorString", text, stack), platform="go") for text in ("no stock", "no money")]
    assert told[0] != told[1]


@pytest.mark.parametrize("stack", [(frame("main", "main", file="main.go"),), ()])
def test_an_error_that_go_wrapped_is_told_by_the_one_around_it(stack):
    outer = exception("*cart.LoadError", "load: no such file", stack)
    inner = exception("syscall.Errno", "no such file", ())
    assert of(inner, outer, platform="go") == of(outer, platform="go")


def test_the_template_beats_the_formatted_message():
    told = parts(type=None, message="user bob not found", template="user %s not found")
    assert told == (("message", "user %s not found"),)


@pytest.mark.parametrize(
    ("kind", "one", "others"),
    [
        (
            "TypeError",
            "Cannot read properties of undefined (reading 'total')",
            (
                "Cannot read property 'total' of undefined",
                'can\'t access property "total", e.cart is undefined',
                "undefined is not an object (evaluating 'e.cart.total')",
                "Uncaught TypeError: Cannot read properties of undefined (reading 'total')",
            ),
        ),
        (
            "TypeError",
            "cart.add is not a function",
            ("e.add is not a function. (In 'e.add(1)', 'e.add' is undefined)", "(0 , n.add) is not a function"),
        ),
        ("ReferenceError", "cart is not defined", ("Can't find variable: cart",)),
        ("TypeError", "Failed to fetch", ("Load failed", "NetworkError when attempting to fetch resource.")),
        ("Declined", "no funds", ("Declined: no funds", "Uncaught (in promise) Declined: no funds")),
    ],
)
def test_one_mistake_is_one_whichever_engine_words_it(kind, one, others):
    told = [parts(exceptions=(exception(kind, text, ()),)) for text in (one, *others)]
    assert len(set(told)) == 1
    assert told[0] != parts(exceptions=(exception(kind, "Cannot read properties of null (reading 'total')", ()),))


def test_only_the_first_two_lines_of_a_message_speak():
    assert value(type=None, message="no stock\n\nitem gone\n at a\n at b") == value(
        type=None, message="no stock\nitem gone"
    )


def test_a_long_message_is_read_like_a_short_one():
    assert value(type=None, message="no stock " + "x" * 600) != value(type=None, message="no money " + "x" * 600)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"message": None}, ("message", (("type", "ValueError"),))),
        ({"type": None, "message": None, "title": "Disk 7 full"}, ("title", (("title", "Disk <num> full"),))),
        ({"type": None, "message": " \n", "culprit": "checkout"}, ("title", (("culprit", "checkout"),))),
        ({"type": None, "message": None, "kind": "ci"}, ("title", (("kind", "ci"),))),
        ({"type": " ", "message": None}, ("title", (("kind", "error"),))),
    ],
)
def test_there_is_always_a_last_resort(fields, expected):
    told = fingerprint(event(**fields))
    assert (told.how, told.parts) == expected


def test_an_alert_is_told_by_its_identity_whoever_sends_it():
    alert = {"kind": "alert", "identity": ("HighErrorRate", "checkout")}
    assert fingerprint(event(**alert)).how == "identity"
    assert value(source="grafana", message="4 %", **alert) == value(source="pagerduty", message="9 %", **alert)
    assert value(kind="ci", identity=alert["identity"]) != value(**alert)


def test_the_senders_grouping_beats_rules_which_beat_ours():
    rule = Rule(name="timeouts", match=(("type", "*Error"), ("message", "*negative*")), parts=("money",))
    assert fingerprint(event(), [rule]).how == "rule:timeouts"
    assert fingerprint(event(fingerprint=("mine",)), [rule]).how == "sender"
    assert fingerprint(event(message="other"), [rule]).how == "message"
    assert fingerprint(event(type=None), [rule]).how == "message"


def test_the_first_rule_that_fits_wins():
    rules = [Rule(name=name, match=(), parts=(name,)) for name in ("first", "second")]
    assert fingerprint(event(), rules).how == "rule:first"


def test_a_default_alone_is_our_own_grouping():
    assert fingerprint(event(fingerprint=("{{ default }}",))) == fingerprint(event())


def test_a_default_beside_other_parts_is_ours_within_them():
    told = fingerprint(event(fingerprint=("{{default}}", "eu")))
    assert told.parts == (*fingerprint(event()).parts, ("fingerprint", "eu"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{{ type }}", "ValueError"),
        ("{{ error.type }} at {{ transaction }}", "ValueError at checkout"),
        ("{{ message }}", "order <num>"),
        ("{{ tags.region }}", "eu"),
        ("{{ tags.none }}", "<no tags.none>"),
        ("{{ release }}", "<no release>"),
        ("{{ logger }}", "<no logger>"),
        ("in {{ default }}", "in ValueError order <num>"),
        ("order 17", "order <num>"),
        ("constant 17", "constant 17"),
    ],
)
def test_variables_of_an_explicit_fingerprint_are_filled_in(text, expected):
    told = parts(message="order 17", culprit="checkout", tags={"region": "eu"}, fingerprint=(text,))
    assert told == (("fingerprint", expected),)


def member(number, name="KeyError", text="k", parent=0):
    return exception(name, text, (), id=number, parent_id=parent)


def wrapper(number=0, parent=None):
    return exception(
        "ExceptionGroup", "several", [frame("gather", "shop.jobs")], id=number, parent_id=parent, is_group=True
    )


def test_a_group_of_one_kind_is_that_exception():
    assert of(member(2, text="k 1"), member(1, text="k 2"), wrapper()) == of(exception("KeyError", "k 3", ()))


def test_a_group_of_several_kinds_is_one_of_each_with_the_wrapper_in_any_order():
    members = [member(1), member(2, "OSError"), member(3)]
    told = {of(*order, wrapper()) for order in permutations(members)}
    assert len(told) == 1
    assert told == {of(member(1), member(2, "OSError"), wrapper())}
    assert told != {of(member(1), member(2, "IOError"), wrapper())}


def test_a_member_of_a_group_is_told_with_its_first_cause():
    cause = exception("Timeout", "t", (), id=2, parent_id=1)
    assert of(cause, member(1), wrapper()) == of(exception("Timeout", "t", ()), exception("KeyError", "k", ()))


def test_a_group_within_a_group_is_opened():
    assert of(member(2, parent=1), wrapper(1, 0), wrapper()) == of(exception("KeyError", "k", ()))


@pytest.mark.parametrize(
    "broken",
    [
        [member(1), member(1, "OSError"), wrapper()],
        [member(1, parent=9), wrapper()],
        [member(1, parent=1), wrapper()],
        [member(1, parent=2), member(2, parent=1), wrapper()],
        [member(None), wrapper()],
        [wrapper()],
        [wrapper(), wrapper(1)],
    ],
    ids=["one id twice", "no parent", "its own parent", "a cycle", "no id", "no member", "two roots"],
)
def test_a_broken_group_is_read_as_a_plain_chain(broken):
    flat = [msgspec.structs.replace(each, is_group=False, id=None, parent_id=None) for each in broken]
    assert of(*broken) == of(*flat)


def read(path):
    items = sources.load()["sentry"].read(Body(path.read_bytes(), {}, 0))
    return [fingerprint(item) for item in items if isinstance(item, Event)]


@pytest.mark.shared
@pytest.mark.parametrize("family", ["javascript-xbrowser", "group_307", "group_332", "group_428"])
def test_what_was_one_group_at_sentry_is_one_group_here(family):
    files = sorted((SHARED / "payloads" / "sentry").glob(f"*__{family}*.json"))
    told = [each for path in files for each in read(path)]
    assert len(told) == len(files) > 1
    assert len({each.value for each in told}) == 1


@pytest.mark.shared
def test_groups_that_were_apart_at_sentry_stay_apart():
    folder = SHARED / "payloads" / "sentry"
    told = {read(next(folder.glob(f"*__group_{number}_*.json")))[0].value for number in (307, 332, 428)}
    assert len(told) == 3
