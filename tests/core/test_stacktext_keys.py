"""One failure told as text and told in parts, as Sentry's reporters do, has the same frame keys; another has not."""

import pytest

from argus_streams.core.events import Event, ExceptionInfo, Frame
from argus_streams.core.grouping.fingerprint import fingerprint
from argus_streams.core.stacktext import parse


def told(text):
    return fingerprint(Event(exceptions=parse(text)))


SAME = {
    "python": (
        'Traceback (most recent call last):\n  File "/srv/app/shop/pay.py", line 3, in charge\n    x()\nshop.E: no',
        "python",
        ("E", [Frame("charge", "shop.pay", "shop/pay.py")]),
    ),
    "v8, built by Vite": (
        "checkout failed TypeError: no\n    at Object.addItem [as add] (https://x.example/assets/cart-BxY3k9Zq.js:1:2)",
        "javascript",
        ("TypeError", [Frame("addItem", None, "app:///assets/cart-C1d2E3f4.js")]),
    ),
    "firefox, called asynchronously": (
        "TypeError: no\npromise callback*addItem@https://x.example/js/cart.js:1:2",
        "javascript",
        ("TypeError", [Frame("addItem", None, "/js/cart.js")]),
    ),
    "safari": (
        "TypeError: no\naddItem@https://x.example/js/cart.js:1:2\nglobal code@https://x.example/js/cart.js:9:9",
        "javascript",
        ("TypeError", [Frame("addItem", None, "/js/cart.js")]),
    ),
    "hermes": (
        "TypeError: no\n    at addItem (address at index.android.bundle:1:234)\n    at anonymous (native)",
        "javascript",
        ("TypeError", [Frame("addItem", None, "app:///index.android.bundle")]),
    ),
    "metro": (
        "TypeError: no\n    at addItem (http://10.0.2.2:8081/index.bundle//&platform=ios&dev=true:12:34)",
        "javascript",
        ("TypeError", [Frame("addItem", None, "app:///main.jsbundle")]),
    ),
    "java": (
        (
            "09:14:00 ERROR [main] c.a.Cart - failed\ncom.acme.CartException: no\n\tat com.acme.Cart.add(Cart.java:1)"
            "\n\tat com.acme.Pay$$SpringCGLIB$$0.charge(<generated>)"
            "\n\tat com.acme.Cart$$Lambda/0x07f8.run(Unknown Source)"
        ),
        "java",
        ("CartException", [Frame("charge", "com.acme.Pay", "Pay.java"), Frame("add", "com.acme.Cart", "Cart.java")]),
    ),
    "kotlin": (
        (
            "com.acme.E: no\n\tat com.acme.Cart$add$2.invokeSuspend(Cart.kt:1)"
            "\n\tat kotlin.coroutines.jvm.internal.BaseContinuationImpl.resumeWith(ContinuationImpl.kt:33)"
        ),
        "java",
        ("E", [Frame("add", "com.acme.Cart", "Cart.kt")]),
    ),
    "dotnet": (
        (
            "fail: Shop.Cart[0]\n      It failed.\n      System.ArgumentException: no\n"
            "         at Shop.Cart.<AddAsync>d__12.MoveNext()\n"
        ),
        "csharp",
        ("System.ArgumentException", [Frame("async Task Cart.AddAsync(int n)", "Shop.Cart")]),
    ),
    "go": (
        (
            "panic: runtime error: index out of range [5] with length 3\n\ngoroutine 1 [running]:\n"
            "main.(*Cart).Add.func1(0x1)\n\t/srv/cart.go:3 +0x1"
            "\ncreated by main.main in goroutine 1\n\t/srv/main.go:9 +0x2"
        ),
        "go",
        ("runtime.boundsError", [Frame("(*Cart).Add", "main", "/build/cart.go")]),
    ),
    "ruby, old and new": (
        "/srv/app/cart.rb:3:in 'block in Cart#add': no (Shop::Declined)",
        "ruby",
        ("Shop::Declined", [Frame("add", None, "app/cart.rb")]),
    ),
    "laravel": (
        (
            "[2026-11-20 09:14:00] production.ERROR: no "
            '{"exception":"[object] (Shop\\\\Declined(code: 0): no at '
            '/var/www/releases/20261120/index.php:12)\n[stacktrace]\n#0 {main}\n"}'
        ),
        "php",
        ("Shop\\Declined", [Frame(None, None, "/var/www/releases/20261127/index.php")]),
    ),
    "rust": (
        "thread 'main' panicked at src/cart.rs:4:5:\nno\nstack backtrace:\n   0: shop::cart::add::h0123456789abcdef\n",
        "rust",
        ("panic", [Frame("shop::cart::add", None, "src/cart.rs")]),
    ),
    "swift": (
        (
            "*** Terminating app due to uncaught exception 'NSRangeException', reason: 'no'"
            "\n*** First throw call stack:\n(\n"
            "\t0   CoreFoundation    0x00007fff2043 __exceptionPreprocess + 226\n"
            "\t1   Shop              0x00000001003c $s4Shop4CartC3add4itemySi_tF + 120\n)"
        ),
        "cocoa",
        ("NSRangeException", [Frame("Cart.add(item:)", None, "Cart.swift", package="/private/var/Shop.app/Shop")]),
    ),
    "swift with its module": (
        "0   Shop    0x00000001003c Shop.Cart.add(item: Swift.Int) -> () + 120 (Cart.swift:12)",
        "cocoa",
        (None, [Frame("Cart.add(item:)", None, "Cart.swift", package="Shop")]),
    ),
    "a sanitizer": (
        (
            "==1==ERROR: AddressSanitizer: heap-use-after-free on address 0x6\n"
            "    #0 0x4f1234 in shop::Cart::add(int) /src/cart.cpp:12:5\n"
        ),
        "native",
        ("heap-use-after-free", [Frame("shop::Cart::add", None, "cart.cpp")]),
    ),
    "a debugger": (
        "Program received signal SIGSEGV, Segmentation fault.\n#0  0x00005555 in shop::Cart::add (n=1) at cart.cpp:12",
        "native",
        ("SIGSEGV", [Frame("shop::Cart::add(int)", None, "/src/cart.cpp")]),
    ),
    "a tombstone": (
        (
            "signal 11 (SIGSEGV), code 1\n"
            "      #00 pc 000000000004f123  /data/app/com.shop/lib/arm64/libshop.so"
            " (_ZN4shop4Cart3addEi+12) (BuildId: ab)"
        ),
        "native",
        ("SIGSEGV", [Frame("shop::Cart::add(int)", None, "/src/cart.cpp")]),
    ),
    "glibc": (
        (
            "terminate called after throwing an instance of 'shop::Declined'\n  what():  no\n"
            "./shop(_ZN4shop4Cart3addEi+0x1f) [0x4006]\n/lib/libc.so.6(+0x42520) [0x7f12]"
        ),
        "native",
        ("shop::Declined", [Frame("shop::Cart::add(int)", None, "/src/cart.cpp")]),
    ),
    "dart": (
        "Unhandled exception:\nFormatException: no\n#0      Cart.add.<anonymous closure> (package:shop/cart.dart:1:5)",
        "dart",
        ("FormatException", [Frame("Cart.add", None, "package:shop/cart.dart")]),
    ),
    "elixir": (
        (
            "** (RuntimeError) no\n    (shop 0.1.0) lib/shop/cart.ex:12: anonymous fn/1 in Shop.Cart.add/2\n"
            "    (elixir 1.17.0) lib/enum.ex:9: Enum.map/2"
        ),
        "elixir",
        ("RuntimeError", [Frame("Shop.Cart.add/2", "Shop.Cart", "lib/shop/cart.ex")]),
    ),
}


@pytest.mark.parametrize("name", SAME)
def test_text_and_parts_are_one_problem(name):
    text, platform, (kind, frames) = SAME[name]
    parts = fingerprint(
        Event(platform=platform, exceptions=(ExceptionInfo(type=kind, value="x", frames=tuple(frames)),))
    )
    assert told(text).parts == parts.parts
    assert told(text).how == "stack"


@pytest.mark.parametrize("name", SAME)
def test_another_function_is_another_problem(name):
    text, *_ = SAME[name]
    other = text
    for word in ("addItem", "AddAsync", "(*Cart).Add", "4Cart3add", "4CartC3add", "Cart.add", "Cart$add", "Cart::add"):
        other = other.replace(word, word.replace("dd", "xx"))
    other = other.replace("charge", "chxrge").replace("#add", "#axx").replace("cart::add", "cart::axx")
    other = other.replace("index.php", "cart.php")
    assert told(other).value != told(text).value


PREFIXES = (
    "2026-11-20T09:14:00.123456789Z stderr F ",
    "2026-11-20T09:14:00.123Z ",
    "web-1  | ",
    "[pod/shop-7d9f/web] ",
    "Nov 20 09:14:00 host-1 shop[812]: ",
    "2026-11-20T09:14:00.123456+00:00 app[web.1]: ",
    "2026-11-20T09:14:00.123Z pid=1 tid=abc WARN: ",
)


@pytest.mark.parametrize("prefix", PREFIXES)
@pytest.mark.parametrize("name", SAME)
def test_a_prefix_on_each_line_changes_nothing(prefix, name):
    text, *_ = SAME[name]
    if "\n" in text:
        assert parse("\n".join(prefix + line for line in text.split("\n"))) == parse(text)


@pytest.mark.parametrize("name", SAME)
def test_a_trace_on_one_line_of_json_is_the_trace(name):
    text, *_ = SAME[name]
    line = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    if "\n" in text:
        assert parse(f'{{"level":"error","msg":"failed","stack":"{line}"}}') == parse(text)
        assert parse(line) == parse(text)
