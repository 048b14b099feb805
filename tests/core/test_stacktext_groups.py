"""Exceptions that are made of others, and their causes: who belongs to whom."""

from argus_streams.core.stacktext import parse


def tree(text):
    return [(one.type, one.id, one.parent_id, one.is_group) for one in parse(text)]


AGGREGATE_ERROR = (
    "AggregateError: All promises were rejected\n"
    "    at all (/a.js:1:1) {\n"
    "  [errors]: [\n"
    "    Error: one\n"
    "        at f (/srv/a.js:1:2),\n"
    "    TypeError: two\n"
    "        at g (/srv/a.js:2:2) {\n"
    "      code: 'X'\n"
    "    }\n"
    "  ],\n"
    "  [cause]: Error: root\n"
    "      at h (/a.js:3:3)\n"
    "}"
)
AGGREGATE_EXCEPTION = (
    "System.AggregateException: One or more errors occurred. (a) (b)\n"
    " ---> System.InvalidOperationException: a\n"
    "   at Shop.A.X() in /s/A.cs:line 1\n"
    "   --- End of inner exception stack trace ---\n"
    "   at Shop.P.Main()\n"
    " ---> (Inner Exception #0) System.InvalidOperationException: a\n"
    "   at Shop.A.X() in /s/A.cs:line 1<---\n"
    "\n"
    " ---> (Inner Exception #1) System.ArgumentException: b\n"
    "   at Shop.B.Y() in /s/B.cs:line 2<---\n"
)
NESTED = (
    "  + Exception Group Traceback (most recent call last):\n"
    '  |   File "a.py", line 1, in <module>\n'
    "  | ExceptionGroup: outer (2 sub-exceptions)\n"
    "  +-+---------------- 1 ----------------\n"
    "    | ValueError: 1\n"
    "    +---------------- 2 ----------------\n"
    "    | Exception Group Traceback (most recent call last):\n"
    '    |   File "b.py", line 2, in g\n'
    "    | ExceptionGroup: inner (1 sub-exception)\n"
    "    +-+---------------- 1 ----------------\n"
    "      | Traceback (most recent call last):\n"
    '      |   File "c.py", line 3, in h\n'
    "      | TypeError: 3\n"
    "      +------------------------------------\n"
)
WRAPPED = (
    "no rows\n"
    "github.com/acme/app/db.Query\n"
    "\t/srv/app/db/db.go:12\n"
    "runtime.main\n"
    "\t/usr/local/go/src/runtime/proc.go:250\n"
    "failed to load\n"
    "github.com/acme/app/cart.Load\n"
    "\t/srv/app/cart.go:3"
)
CIRCULAR = (
    "a.E: x\n"
    "\tat com.acme.Cart$$Lambda/0x0007f8.apply(Unknown Source)\n"
    "\tat java.base@17/java.lang.Thread.run(Thread.java:1)\n"
    "\tSuppressed: b.F: y\n"
    "\t\tat b.B.c(B.java:1)\n"
    "\tCaused by: b.G: z\n"
    "\t\tat b.B.d(B.java:1)\n"
    "Caused by: [CIRCULAR REFERENCE: a.E: x]\n"
)
MONOLOG = (
    "[2026-11-20 09:14:00] production.ERROR: declined "
    '{"userId":1,"exception":"[object] (Shop\\\\Declined(code: 0): declined at /srv/app/Cart.php:12)\n'
    "[stacktrace]\n"
    "#0 /srv/app/C.php(34): Shop\\\\Cart->pay()\n"
    "#1 {main}\n"
    "\n"
    "[previous exception] [object] (Shop\\\\Reset(code: 0): reset at /srv/gw.php:3)\n"
    "[stacktrace]\n"
    "#0 /srv/app/Cart.php(3): Shop\\\\Gw->send()\n"
    "#1 {main}\n"
    '"}'
)


def test_an_aggregate_error_of_javascript_stands_behind_its_errors_and_its_cause():
    assert tree(AGGREGATE_ERROR) == [
        ("Error", 1, 0, False),
        ("Error", 2, 0, False),
        ("TypeError", 3, 0, False),
        ("AggregateError", 0, None, True),
    ]


def test_an_aggregate_exception_of_dotnet_tells_its_first_member_once():
    assert tree(AGGREGATE_EXCEPTION) == [
        ("System.InvalidOperationException", 1, 0, False),
        ("System.ArgumentException", 2, 0, False),
        ("System.AggregateException", 0, None, True),
    ]


def test_a_group_in_a_group_of_python_keeps_its_own_members():
    assert tree(NESTED) == [
        ("ValueError", 1, 0, False),
        ("TypeError", 3, 2, False),
        ("ExceptionGroup", 2, 0, True),
        ("ExceptionGroup", 0, None, True),
    ]


def test_wrapped_errors_of_go_tell_the_cause_first():
    assert [(one.value, one.frames[-1].function) for one in parse(WRAPPED)] == [
        ("no rows", "Query"),
        ("failed to load", "Load"),
    ]


def test_what_java_suppressed_or_told_before_is_no_cause():
    assert [one.type for one in parse(CIRCULAR)] == ["E"]


def test_monolog_tells_the_previous_exception_last():
    assert [(one.type, one.value) for one in parse(MONOLOG)] == [
        ("Shop\\Reset", "reset"),
        ("Shop\\Declined", "declined"),
    ]
