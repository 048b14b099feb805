"""A frame's stable key: the same line of code has one key whoever reports it, whatever was built or proxied around it.

Where a name is qualified by the language itself (JVM, .NET, Go, Rust, C++) it is taken whole, and no file; elsewhere
the key is the place (see ``places``) and the function's own name.
"""

import re
from collections.abc import Iterable
from functools import lru_cache

from argus_streams.core.events import ExceptionInfo, Frame
from argus_streams.core.grouping.functions import clean
from argus_streams.core.grouping.libraries import is_library
from argus_streams.core.grouping.places import of_module, of_script, without_query

_READ = 1000  # characters of a name or path that are looked at

_LANGUAGE_OF_EXTENSION = {
    **dict.fromkeys(("py", "pyx", "ipynb"), "python"),
    **dict.fromkeys(
        ("js", "mjs", "cjs", "jsx", "ts", "mts", "cts", "tsx", "vue", "svelte", "html", "htm"), "javascript"
    ),
    **dict.fromkeys(("jsbundle", "bundle"), "javascript"),
    **dict.fromkeys(("java", "kt", "kts", "scala", "groovy", "clj"), "jvm"),
    **dict.fromkeys(("cs", "fs", "vb"), "dotnet"),
    **dict.fromkeys(("c", "cc", "cpp", "cxx", "h", "hh", "hpp", "m", "mm", "swift"), "native"),
    **dict.fromkeys(("rb", "erb", "rake", "ru"), "ruby"),
    **dict.fromkeys(("ex", "exs", "erl", "eex", "heex"), "beam"),
    "dart": "dart",
    "go": "go",
    "php": "php",
    "rs": "rust",
}
_LANGUAGE_OF_PLATFORM = {
    **dict.fromkeys(
        ("javascript", "node", "nodejs", "webjs", "browser", "typescript", "react", "bun", "deno"), "javascript"
    ),
    **dict.fromkeys(("java", "kotlin", "scala", "groovy", "clojure", "android", "jvm"), "jvm"),
    **dict.fromkeys(("csharp", "dotnet", "c#", ".net", "fsharp", "unity", "aspnetcore"), "dotnet"),
    **dict.fromkeys(("native", "c", "cpp", "c++", "cocoa", "objc", "swift", "ios", "macos", "apple"), "native"),
    **dict.fromkeys(("go", "golang"), "go"),
    **dict.fromkeys(("dart", "flutter"), "dart"),
    **dict.fromkeys(("elixir", "erlang"), "beam"),
    "python": "python",
    "ruby": "ruby",
    "php": "php",
    "rust": "rust",
}
_QUALIFIED = frozenset({"jvm", "dotnet", "go", "native", "rust"})

_EVALUATED = re.compile(r"eval(?: code$|$| at )|(?:global|module) code$", re.IGNORECASE)
_BUILT_IN = re.compile(r"\[native code\]|native(?: code)?$|<anonymous>$|eval(?: code$| at )", re.IGNORECASE)
_VANISHING = frozenset({"<listcomp>", "<dictcomp>", "<setcomp>", "<genexpr>"})  # inlined since Python 3.12
_MANGLED = 2  # characters of a name that a minifier gives


def spoken(exceptions: Iterable[ExceptionInfo], platform: str | None) -> str | None:
    """The platform, where the sender names none the one that the frames tell: some have no file to tell it by."""
    if platform in _LANGUAGE_OF_PLATFORM or (platform or "").lower().partition("-")[0] in _LANGUAGE_OF_PLATFORM:
        return platform
    frames = (frame for exception in exceptions for frame in exception.frames)
    return next((told for frame in frames if (told := _told(frame))), platform)


def _told(frame: Frame) -> str | None:
    language = _LANGUAGE_OF_EXTENSION.get(without_query(frame.file or "").rpartition(".")[2])
    if language is not None:
        return "java" if language == "jvm" else "csharp" if language == "dotnet" else language
    if frame.file is None and frame.function is not None:
        if "::" in f"{frame.module}{frame.function}":
            return "rust"  # or C++, which is cleaned alike
        if frame.package is not None:
            return "native"
        if frame.module is not None and "." in frame.module:
            return "java" if frame.module.partition(".")[0].islower() else "csharp"
    return None


def frame_key(frame: Frame, platform: str | None) -> str | None:
    """Place and function, without anything that a build, a browser or a deploy changes; ``None`` says nothing."""
    return read(frame, platform)[0]


def in_app(frame: Frame, platform: str | None) -> bool:
    """Whether the frame is the project's own code: the sender's word, else known library places."""
    return read(frame, platform)[1] if frame.in_app is None else frame.in_app


def read(frame: Frame, platform: str | None) -> tuple[str | None, bool]:
    """The frame's key, and whether nothing known places it in a library."""
    function, module, file, package = frame.function, frame.module, frame.file, frame.package
    size = len(function or "") + len(module or "") + len(file or "") + len(package or "")
    if size <= _READ:
        return _remembered(function, module, file, package, platform)
    # Too long to be worth remembering: the memo is bounded in entries, so each must be small.
    function, module, package = (text and text[:_READ] for text in (function, module, package))
    return _read(function, module, without_query(file or "")[-_READ:] or None, package, platform)


def _read(
    function: str | None, module: str | None, file: str | None, package: str | None, platform: str | None
) -> tuple[str | None, bool]:
    language = _language(file, platform)
    if language == "native" and package and function:  # Swift's own names begin with the binary's
        function = function.removeprefix(f"{package.rpartition('/')[2]}.")
    key = _key(function, module, file, language)
    return key and key[:_READ], not is_library(function, module, file, package)


_remembered = lru_cache(maxsize=16_384)(_read)


def _key(function: str | None, module: str | None, file: str | None, language: str) -> str | None:
    if function in _VANISHING:
        return None
    if language == "javascript":
        return _javascript(function, module, file)
    if language in _QUALIFIED:
        return _qualified(function, module, file, language)
    if not module:
        module, file = _told_place(function, file, language)
    place = of_module(module, file)
    name = clean(function, language)
    return f"{place}:{name}" if place and name else name or place or None


def _told_place(function: str | None, file: str | None, language: str) -> tuple[str | None, str | None]:
    """Module and file as far as all reporters tell them.

    Elixir's name of a function has its module; PHP's method has its class, whose file is named like it; of Dart's files
    some tell the name alone.
    """
    if language == "beam":
        return (function or "").rpartition(".")[0] or None, file
    if language == "php" and not file:
        return (function or "").replace("->", "::").rpartition("::")[0] or None, None
    return None, file.rpartition("/")[2] if file and language == "dart" else file


def _language(file: str | None, platform: str | None) -> str:
    """Of the file where its name tells (a React Native app mixes two), else of the platform."""
    extension = without_query(file).rpartition(".")[2] if file else ""
    told = (platform or "").lower().partition("-")[0]
    return _LANGUAGE_OF_EXTENSION.get(extension) or _LANGUAGE_OF_PLATFORM.get(told, "other")


def _qualified(function: str | None, module: str | None, file: str | None, language: str) -> str | None:
    name = (function or "").strip()
    if language == "dotnet":
        name = name.partition("(")[0].strip().rpartition(" ")[2]
    if module and language != "native":
        whole = name.startswith(f"{module}.") and (language != "go" or "/" in name)  # Go's main.func1 is in main.main
        name = name if whole else _joined(module, name, language)
    elif language in {"jvm", "dotnet"} and "." not in name and file:
        name = f"{of_module(None, file)}.{name}"
    return clean(name, language)


def _joined(module: str, name: str, language: str) -> str:
    if language == "dotnet" and "<" not in name:
        name = name.rpartition(".")[2] or name  # some reporters qualify the method once more
    joint = "::" if language == "rust" else "."
    return f"{module}{joint}{name}" if name else module


def _javascript(function: str | None, module: str | None, file: str | None) -> str | None:
    if _EVALUATED.match(function or "") or _BUILT_IN.match(file or ""):
        return None
    place, source = of_script(file) if file else (of_module(module, None), False)
    name = clean(function, "javascript")
    if name and (source or len(name) > _MANGLED):
        return f"{place}:{name}" if place else name
    # A bundle says nothing by itself: all its nameless functions together are no problem's identity.
    return place if source and place else None
