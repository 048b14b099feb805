"""Traces told as text: one of each language, read to exceptions."""

import pytest
from traces import APPLE, DOTNET, FIREFOX, GO, JAVA, PHP, PYTHON, PYTHON_GROUP, RUBY, RUST, TRACEKIT, V8

from argus_streams.core.events import ExceptionInfo, Frame
from argus_streams.core.stacktext import chain, parse


def heads(text):
    return [(one.module, one.type, one.value) for one in parse(text)]


def calls(exception):
    return [(frame.module, frame.function, frame.file, frame.line) for frame in exception.frames]


def test_python_tells_causes_first_and_splits_the_package_off_the_type():
    assert heads(PYTHON) == [
        (None, "ConnectionResetError", "[Errno 104] Connection reset by peer"),
        ("shop.errors", "Declined", "card was declined\n  by the bank"),
    ]
    cause, last = parse(PYTHON)
    send = Frame("_send", None, "/srv/app/shop/gateway.py", 58, context="answer = self.session.post(self.url)")
    assert cause.frames == (send,)
    assert [frame.function for frame in last.frames] == ["submit", "pay", "pay"]
    assert [frame.context for frame in last.frames] == ["pay(order)", None, None]


def test_a_python_group_stands_after_its_members_as_their_parent():
    found = [(one.type, one.value, one.id, one.parent_id, one.is_group) for one in parse(PYTHON_GROUP)]
    assert found == [
        ("ValueError", "boom", 1, 0, False),
        ("KeyError", "'x'", 2, 0, False),
        ("ExceptionGroup", "unhandled errors in a TaskGroup (2 sub-exceptions)", 0, None, True),
    ]


def test_a_python_traceback_that_is_cut_before_its_end_still_has_frames():
    (only,) = parse('Traceback (most recent call last):\n  File "a.py", line 1, in f\n    g()')
    assert (only.type, only.value, len(only.frames)) == (None, None, 1)


def test_a_word_traceback_without_frames_is_no_trace():
    assert parse("Traceback (most recent call last):\nnothing") == ()


def test_java_puts_back_the_frames_that_a_cause_shares():
    cause, last = parse(JAVA)
    assert heads(JAVA) == [
        ("com.acme", "Db$Gone", "no answer"),
        ("com.acme", "CartException", "order 8812\n is not open"),
    ]
    assert calls(last) == [
        ("java.lang.Thread", "run", None, None),
        ("com.acme.Api$Routes", "<init>", "Api.kt", 30),
        ("com.acme.Cart", "add", "Cart.java", 12),
    ]
    assert calls(cause) == [*calls(last)[:2], ("com.acme.Db", "query", "Db.java", 5)]


def test_v8_is_read_with_its_cause_and_its_odd_places():
    cause, last = parse(V8)
    assert heads(V8) == [
        (None, "RangeError", "too long"),
        (None, "TypeError", "Cannot read properties of undefined (reading 'x')"),
    ]
    assert calls(cause) == [(None, "check", "/srv/b.js", 4)]
    assert calls(last) == [
        (None, "Array.map", "<anonymous>", None),
        (None, None, "file:///srv/main.mjs", 3),
        (None, "page", "webpack-internal:///(rsc)/./src/page.tsx", 12),
        (None, "eval", "<anonymous>", 1),
        (None, "new Cart", "/srv/my app/cart.js", 1),
        (None, "Promise.all", None, None),
        (None, "total", "https://shop.example.com/a.js", 10),
    ]
    assert last.frames[-1].column == 20


def test_firefox_and_safari_tell_frames_alone():
    (only,) = parse(FIREFOX)
    assert (only.type, only.value) == (None, None)
    assert calls(only) == [
        (None, "map", "[native code]", None),
        (None, None, "https://shop.example.com/c.js", 3),
        (None, "bar/</<", "https://cdn.example.com/@scope/b.js", 1),
        (None, "total", "https://shop.example.com/a.js", 10),
    ]


def test_tracekit_tells_the_place_behind_an_at_sign_and_arguments_in_brackets():
    (error,) = parse(TRACEKIT)
    assert (error.type, error.value) == ("TypeError", "Cannot read properties of undefined (reading 'price')")
    script = "https://shop.example.com/assets/cart-3f2a1c9b.js"
    assert error.frames == (
        Frame("Cart.map", None, "https://shop.example.com/assets/vendor.js", 1, 90),
        Frame("<anonymous>", None, script, 180, 22),
        Frame("lineTotal", None, script, 214, 31),
    )


def test_a_crash_report_of_apple_tells_what_was_thrown_and_the_thread_that_crashed():
    (crash,) = parse(APPLE)
    assert (crash.type, crash.value) == ("NSRangeException", "index 4 beyond bounds [0 .. 3]")
    assert crash.frames == (
        Frame(package="Shop Pilot"),
        Frame("Cart.total(of:)", None, "Cart.swift", 88, package="Shop Pilot"),
        Frame("__exceptionPreprocess", package="CoreFoundation"),
    )


def test_a_crash_report_without_a_thrown_exception_tells_the_kernels_signal():
    head, _, rest = APPLE.partition("Application Specific")
    (crash,) = parse(head + rest.partition("\n\n")[2])
    assert (crash.type, crash.value) == ("EXC_CRASH", "SIGABRT")


def test_apples_columns_alone_are_a_stack():
    (crash,) = parse("0  Shop  0x0000000104a31c88 pay + 132\n1  Shop  0x0000000104a31d00 main + 8")
    assert (crash.type, [frame.function for frame in crash.frames]) == (None, ["main", "pay"])


def test_go_tells_the_running_goroutine_below_its_panic():
    (only,) = parse(GO)
    assert (only.type, only.value) == ("runtime.boundsError", "runtime error: index out of range [5] with length 3")
    assert calls(only) == [("github.com/acme/app/cart", "(*Server).handle", "/srv/app/cart/server.go", 12)]


def test_a_go_stack_without_panic_has_no_type():
    (only,) = parse(
        "goroutine 9 [running]:\nruntime/debug.Stack()\n\t/go/stack.go:26 +0x5e\nmain.work()\n\t/srv/w.go:4\n"
    )
    assert (only.type, calls(only)) == (None, [("main", "work", "/srv/w.go", 4)])


def test_dotnet_gives_each_exception_the_frames_up_to_its_end():
    inner, outer = parse(DOTNET)
    assert heads(DOTNET) == [
        (None, "System.ArgumentException", "Inner (Parameter 'x')"),
        (None, "System.InvalidOperationException", "Outer"),
    ]
    assert calls(inner) == [
        ("Shop.Cart", "LoadAsync", "C:\\src\\Cart.cs", 44),
        ("Shop.Cart", "Add", "/src/Cart.cs", 12),
    ]
    assert calls(outer) == [("Shop.Program", "Main", None, None), ("Shop.Api", "ctor", None, None)]


def test_a_dotnet_inner_exception_may_lack_its_frames():
    found = parse("A.OuterException: x ---> A.InnerException: y\n   at A.B.C()")
    assert [(one.type, len(one.frames)) for one in found] == [("A.InnerException", 1), ("A.OuterException", 0)]


def test_ruby_tells_causes_last_and_blocks_as_their_method():
    cause, last = parse(RUBY)
    assert heads(RUBY) == [(None, "Errno::ECONNRESET", "reset"), (None, "Shop::Declined", "declined")]
    assert [frame.function for frame in last.frames] == [None, "Object#main", "checkout", "pay"]
    assert calls(cause)[-1] == (None, "send", "app/gateway.rb", 2)


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("app/a.rb:1:in `b'\napp/a.rb:9:in `c'", None, None),
        ("KeyError: no key\napp/a.rb:1:in `b'", "KeyError", "no key"),
    ],
)
def test_a_ruby_backtrace_may_stand_without_its_message_on_the_first_line(text, kind, value):
    (only,) = parse(text)
    assert (only.type, only.value, only.frames[-1].function) == (kind, value, "b")


def test_php_pairs_each_function_with_the_place_where_it_was_left():
    inner, outer = parse(PHP)
    assert heads(PHP) == [(None, "Shop\\Reset", "no answer"), (None, "RuntimeException", "declined")]
    assert calls(inner) == [
        (None, "Shop\\Cart::pay", "/srv/cart.php", 34),
        (None, "Shop\\Gateway::send", "/srv/gateway.php", 12),
    ]
    assert calls(outer) == [(None, None, "/srv/index.php", 9)]


def test_a_php_trace_alone_has_frames():
    (only,) = parse("#0 /srv/cart.php(34): pay()\n#1 {main}")
    assert calls(only) == [(None, None, "/srv/cart.php", 34), (None, "pay", None, None)]


def test_rust_leaves_the_panics_own_frames_out():
    (only,) = parse(RUST)
    assert (only.type, only.value) == ("panic", "index out of bounds: the len is 3")
    assert calls(only) == [("app", "main", "./src/main.rs", 9), ("app::cart", "add", "./src/cart.rs", 4)]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("thread 'main' panicked at 'oh no', src/main.rs:4:5\nnote: run with it", "oh no"),
        ("stack backtrace:\n   0: app::main\n", None),
        ("thread 'main' panicked at src/main.rs:4:5:", None),
    ],
)
def test_a_rust_panic_of_any_age_tells_its_message(text, value):
    (only,) = parse(text)
    assert only.value == value


def test_text_without_a_trace_has_no_exceptions():
    assert parse("disk full\nplease mail joe@example.com:25\nmeet at 10:30") == ()


def test_what_the_reporter_names_beside_a_trace_goes_before_its_text():
    (only,) = chain("*errors.errorString", "out of stock", "goroutine 1 [running]:\nmain.f()\n\t/srv/f.go:1\n")
    assert (only.type, only.value, len(only.frames)) == ("*errors.errorString", "out of stock", 1)


def test_a_qualified_name_beside_a_trace_leaves_type_and_package_apart():
    assert chain("shop.errors.Declined", None, PYTHON)[-1] == parse(PYTHON)[-1]


def test_what_a_browser_says_to_its_last_handler_tells_the_type():
    assert chain(None, "Uncaught TypeError: x is null", None) == (ExceptionInfo(type="TypeError", value="x is null"),)
    assert chain(None, 'Uncaught "late"', None) == (ExceptionInfo(value='Uncaught "late"'),)


def test_a_headline_without_calls_tells_the_type_of_the_message_that_it_repeats():
    assert chain(None, "x is null", "TypeError: x is null\n  (no stack)")[0].type == "TypeError"
    assert chain(None, "x is null", "Error: another")[0].type is None


def test_a_trace_of_php_in_the_way_of_java_has_its_main_program():
    (only,) = parse("Shop.Declined: no\n\tat Shop.Cart.add(Cart.php:22)\n\tat {main}(index.php:17)")
    assert [(frame.function, frame.file, frame.line) for frame in only.frames] == [
        ("{main}", "index.php", 17),
        ("add", "Cart.php", 22),
    ]


def test_a_function_of_webassembly_is_a_call():
    (only,) = parse("RuntimeError: unreachable\n    at wasm-function[42]:0x10\n    at run (https://x/app.js:3:4)")
    assert (only.type, only.value, [frame.function for frame in only.frames]) == (
        "RuntimeError",
        "unreachable",
        ["run", None],
    )


@pytest.mark.parametrize("text", [None, "no trace"])
def test_type_and_message_without_trace_make_one_exception(text):
    assert chain("KeyError", "x", text) == (ExceptionInfo(type="KeyError", value="x"),)
    assert chain(None, None, text) == ()
