"""A function's stable name: what a compiler, proxy, bundler or browser made of it is taken off again.

Each cleaner returns ``None`` for a function without a name of its own. Texts are at most 1,000 characters here.
"""

import re
from collections.abc import Callable

from argus_streams.core.grouping.mangled import plain

_NAMELESS_WORDS = """
    ? ?? <anonymous> (anonymous) anonymous <unknown> (unknown) <redacted> <compiler-generated> <lambda> null none
    {closure} <main> [main] {main} <computed> <static_initializer> <instance_members_initializer> <eval> closure
"""
_NAMELESS = frozenset(_NAMELESS_WORDS.split()) | {"Anonymous function", ""}

_JS_ALIAS = re.compile(r" (?:\[as .*|\(index \d+\).*)$")
_JS_PREFIX = re.compile(r"^(?:async|new|get|set|bound) (?:(?:async|new|get|set|bound) )*")
# What regenerator, Babel, TypeScript and webpack put around a function.
_JS_GENERATED = re.compile(
    r"^(?:_?callee\d*\$?(?:\d+\$\d+)?|asyncGeneratorStep|_asyncToGenerator|__awaiter|_next|_throw|__webpack_\w+__)$"
)
_JS_RENAMED = re.compile(r"\$\d+$")  # a bundler's second `foo`: foo$1

_JVM_INVENTED = re.compile(
    r"\$Proxy\d+\.|\$\$function\$|Generated(?:Serialization)?(?:Constructor|Method)Accessor|LambdaForm\$|\$\$Lambda|\$\$FastClass"
    r"|\.access\$\d+$"
)
_JVM_LOADER = re.compile(r"^(?:[^/$]*/){1,2}")  # "app//", "java.base@17/"
_JVM_PROXY = re.compile(
    r"\$\$(?:Enhancer|SpringCGLIB|_Weld|KeyFactory)[^.]*|_\$\$_[^.]*|\$(?:HibernateProxy|ByteBuddy)[^.]*"
    r"|_(?:ClientProxy|Subclass)(?=[.$]|$)|\$\$superforward\d*$"
)
_JVM_LAMBDA = re.compile(r"\.(?:lambda|\$anonfun)\$([^.$]+)[^.]*$")
# The class of a lambda or coroutine: "Cart$add$1.invokeSuspend" is what Kotlin makes of a part of "Cart.add".
_JVM_CONTINUED = re.compile(r"\$([a-z]\w*)(?:\$\w+){0,8}\$\d+\.invoke(?:Suspend)?$")
_JVM_SUFFIX = re.compile(r"\$lambda[$-]\d+|\$default$|(?:__|--)\d+|\$\d+(?=[.$]|$)")

_NET_CLOSURE = re.compile(r"<>c[^.]*\.")
_NET_GENERATED = re.compile(r"(?<!<)<++(\w+)>[^.]*(?:\.MoveNext$)?")
_NET_INVENTED = re.compile(r"(?:\(unknown\)\.)?lambda_method\d*$")  # of a compiled expression
_NET_GENERIC = re.compile(r"`\d+|\[[^\]]*\]")

_GO_GENERATED = re.compile(
    r"(?:\.(?:func|gowrap|deferwrap)\d+(?:\.\d+)*(?:-range\d+)?)+|\[[^\]]*\]|-(?:fm|range\d+)$|(?<=\.init)\.\d+$"
)
_GO_RECEIVER = re.compile(r"\(\*?([^()]*)\)")

_DART_CLOSURE = re.compile(r"(?:\.<(?:anonymous closure|fn)>)+$|^new ")
_BEAM_CLOSURE = re.compile(r"^(?:anonymous fn/\d+ in )|^.*\.\"-|(?<=/\d)-.*$")

_RUBY_BLOCK = re.compile(r"^(?:(?:block|rescue|ensure)(?: \(\d+ levels\))? in )+")
_RUBY_TEMPLATE = re.compile(r"(?<!_)_(?:_++\d++){1,4}$")  # ERB's compiled name ends in an object's id

_NATIVE_UNNAMED = re.compile(
    r"^(?:0x[0-9a-fA-F]+|sub_[0-9a-fA-F]+|fun_[0-9a-fA-F]+|_*lldb_unnamed_symbol\w*|thunk for .*)$", re.IGNORECASE
)
_NATIVE_PREFIX = re.compile(r"^(?:specialized |merged |@objc |partial apply for |closure #\d+ (?:\(.*?\) )?in )+")
_NATIVE_BLOCK = re.compile(r"^__\d+(?=[-+]\[)|_block_invoke(?:[._]\d+)*$")
_NATIVE_SUFFIX = re.compile(
    r"(?:\.(?:cold|isra|constprop|part|llvm|lto_priv)(?:\.\d+){0,4}){1,8}$|\.\d+$|\$VARIANT\$\w+$|::h[0-9a-f]{16}$|(?:::_?\{\{closure\}\})+"
)
_NATIVE_ANONYMOUS = re.compile(
    r"`anonymous namespace'|\(anonymous namespace\)|_INTERNAL[0-9a-f]+|\?A0x[0-9a-f]+|std::__(?:1|cxx11)"
)
_NATIVE_LAMBDA = re.compile(r"<lambda_[0-9a-f]+>")
_ANONYMOUS_IS = {"`": "anonymous", "(": "anonymous", "_": "internal", "?": "anonymous", "s": "std"}

_BRACKETS = re.compile(r"[<>]")


def clean(function: str | None, language: str) -> str | None:
    """The function's own name, or ``None`` if it has none."""
    if function is None:
        return None
    function = function.strip()
    if function in _NAMELESS:
        return None
    name = _CLEANERS.get(language, _bare)(function)
    return None if name in _NAMELESS else name


def _bare(name: str) -> str:
    """The last part of ``Order#create``, ``Order.create`` or ``Foo.<locals>.bar``."""
    return name.rpartition("#")[2].rpartition(".")[2]


def _javascript(name: str) -> str | None:
    """Chrome's ``Object.foo``, Firefox's ``outer/foo`` and Safari's ``foo@`` are ``foo``; ``foo/<`` has no name.

    Firefox tells what called asynchronously: ``promise callback*foo``.
    """
    name = _JS_PREFIX.sub("", _JS_ALIAS.sub("", name.rpartition("*")[2])).rstrip("@")
    if name.endswith(("<", "]", "/", "code")) or "../" in name or "./" in name:
        return None  # nested and nameless, computed, a module's own body
    name = _JS_RENAMED.sub("", name.rpartition("/")[2].rpartition(".")[2]).lstrip("#")
    return None if _JS_GENERATED.match(name) else name


def _jvm(name: str) -> str | None:
    if _JVM_INVENTED.search(name):
        return None
    name = _JVM_PROXY.sub("", _JVM_LOADER.sub("", name))
    if name.endswith((".invokeSuspend", ".invoke")):
        name = _JVM_CONTINUED.sub(r".\1", name)
    return _JVM_SUFFIX.sub("", _JVM_LAMBDA.sub(r".\1", name))


def _dotnet(name: str) -> str | None:
    if _NET_INVENTED.match(name):
        return None
    name = _NET_GENERIC.sub("", name.replace("+", ".").replace(":", "."))
    return _NET_GENERATED.sub(r"\1", _NET_CLOSURE.sub("", name))


def _go(name: str) -> str:
    """``cart.Service.Add``, as not every reporter tells the path of a package; of ``main`` most tell nothing."""
    return _GO_RECEIVER.sub(r"\1", _GO_GENERATED.sub("", name)).rpartition("/")[2].removeprefix("main.")


def _php(name: str) -> str | None:
    """The method alone; the name of an anonymous class holds its file and address."""
    if "{closure" in name:
        return None
    return name.replace("->", "::").rpartition("::")[2].rpartition("\\")[2]


def _ruby(name: str) -> str:
    return _RUBY_TEMPLATE.sub("", _bare(_RUBY_BLOCK.sub("", name)))


def _dart(name: str) -> str:
    return _bare(_DART_CLOSURE.sub("", name))


def _beam(name: str) -> str:
    """``add/2`` of ``Shop.Cart.add/2``, also of what the compiler lifted out of it: ``Shop.Cart."-add/2-fun-0-"/1``."""
    return _bare(_BEAM_CLOSURE.sub("", name))


def _native(name: str) -> str | None:
    if _NATIVE_UNNAMED.match(name):
        return None
    name = plain(name)
    name = _NATIVE_BLOCK.sub("", _NATIVE_PREFIX.sub("", name))
    name = _NATIVE_ANONYMOUS.sub(lambda found: _ANONYMOUS_IS[found.group()[0]], _NATIVE_SUFFIX.sub("", name))
    name = _NATIVE_LAMBDA.sub("<lambda>", name)
    if name.startswith(("-[", "+[", "<")) or "operator" in name or "`" in name:
        return name.replace("..", "::")
    return _without_arguments(name.replace("..", "::"))


def _without_arguments(name: str) -> str:
    """C++ without ``<…>`` and ``(…)``, which tools print differently, and without the return type."""
    kept, depth, start = [], 0, 0
    for found in _BRACKETS.finditer(name):
        if depth == 0:
            kept.append(name[start : found.start()])
        depth = max(0, depth + (1 if found.group() == "<" else -1))
        start = found.end()
    kept.append(name[start:])
    return "".join(kept).partition("(")[0].strip().rpartition(" ")[2]


_CLEANERS: dict[str, Callable[[str], str | None]] = {
    "javascript": _javascript,
    "jvm": _jvm,
    "dotnet": _dotnet,
    "go": _go,
    "php": _php,
    "ruby": _ruby,
    "dart": _dart,
    "beam": _beam,
    "native": _native,
    "rust": _native,
}
