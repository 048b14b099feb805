"""Where code is, told by its end alone.

Module ``checkout.payments``, file ``checkout/payments.py`` and file ``/srv/app/checkout/payments.py`` have only their
end in common. So a place is the last component, with the one before it where the last says too little (``views``,
``index``), unless that is a mere deployment folder (``src``, ``app``): how deep a root lies never has to be guessed.
"""

import re

_TELLS_LITTLE_WORDS = """
    views view models model forms form serializers serializer tasks task admin urls signals handlers handler index utils
    util helpers helper common base core client service services api routes route router controller controllers store
    repository types errors exceptions config settings middleware schema schemas queries db database cli page layout
    actions hooks mod lib shared component components mixins managers commands resources tests conftest
"""
_FOLDER_WORDS = """
    src app apps lib code task workspace www html current dist build site public static assets js out server srv home
    opt var tmp usr chunks bundles scripts releases release deploy deployments
"""
_BUNDLE_WORDS = """
    main index app bundle chunk vendor vendors runtime polyfills polyfill common commons framework entry client
"""
_TELLS_LITTLE = frozenset(_TELLS_LITTLE_WORDS.split())
_FOLDERS = frozenset(_FOLDER_WORDS.split())
_BUNDLES = frozenset(_BUNDLE_WORDS.split())
_SOURCES = frozenset({"ts", "mts", "cts", "tsx", "jsx", "vue", "svelte"})
_SCRIPTS = _SOURCES | {"js", "mjs", "cjs", "jsbundle", "bundle"}

_ORIGIN = re.compile(
    r"^(?:(?:https?|webpack(?:-internal)?)://[^/]*/|[A-Za-z][\w+.-]*:/{1,3}(?:[^/]*\.[^/]*/|localhost[^/]*/|[^/]*:\d+/)?|[A-Za-z]:/)"
)
_PACKED = re.compile(r"\.(?:min|bundle|chunk|prod|production|esm|umd|es|module|android|ios)(?=\.|$)|-legacy$")
_HASH_END = re.compile(r"[-._~]([\w-]{8}|\w{6,64})$", re.ASCII)
_HASH_ALONE = re.compile(r"(?=.*\d)[0-9a-f]{6,64}|\d+", re.ASCII)
_VERSION = re.compile(r"v?\d+(?:\.\d+)*", re.ASCII)
# The folder of one release: a time, a commit, a version, alone or behind a name.
_RELEASE = re.compile(r"(?:[a-z]+[-_])*(?:(?=[a-f]*\d)[0-9a-f]{7,40}|v?\d+(?:[._-]\d+)+|\d+)", re.ASCII)
_WORDS = re.compile(r"[A-Za-z]?[a-z]*(?:[A-Z][a-z]{2,}|[A-Z]+(?![a-z]))*\d{0,2}", re.ASCII)


def of_module(module: str | None, file: str | None) -> str:
    """The place of a module, else of a file; empty if neither says."""
    if module and module != "__main__":
        return _end(re.split(r"[./\\:]+", module))
    parts = _parts(_path(file or ""))
    return _end([*parts[:-1], parts[-1].partition(".")[0] or parts[-1]]) if parts else ""


def of_script(file: str) -> tuple[str, bool]:
    """The place of a script, and whether it is a source file rather than what was built of many.

    A page is no place, for its path holds ids; a bundle named ``main`` or ``2417`` is none either.
    """
    folders, _, name = _path(file).rpartition("/")
    stem, _, extension = name.rpartition(".")
    if extension not in _SCRIPTS or file.startswith(("blob:", "data:")):
        return "", False
    folders = folders.removeprefix("/usr/src/")  # where Node's images keep whole apps, of sources or built
    parts = [part for part in _parts(folders) if not _HASH_ALONE.fullmatch(part) and not _VERSION.fullmatch(part)]
    stem = _without_hash(stem)
    if extension in _SOURCES or "src" in parts:
        return _end([*parts, stem]), True
    packed = stem in _BUNDLES and (not parts or parts[-1] in _FOLDERS)
    return ("" if packed else _end([*parts, stem])), False


def without_query(file: str) -> str:
    """The path or URL before ``?`` and ``#``."""
    return file.partition("?")[0].partition("#")[0].partition("//&")[0]  # Metro: "index.bundle//&platform=ios"


def _path(file: str) -> str:
    return _ORIGIN.sub("", without_query(file).replace("\\", "/"))


def _parts(path: str) -> list[str]:
    return [part for part in path.split("/") if part not in {"", ".", ".."}]


def _end(parts: list[str]) -> str:
    if parts and parts[-1] in {"__init__", "__main__"}:
        parts = parts[:-1]
    if not parts:
        return ""
    before = parts[-2] if len(parts) > 1 else ""
    if parts[-1] not in _TELLS_LITTLE or not before or before in _FOLDERS or _RELEASE.fullmatch(before):
        return parts[-1]
    return f"{before}.{parts[-1]}"


def _without_hash(stem: str) -> str:
    """``index-BxY3k9``, ``main.3f2a1c.chunk`` and ``2417`` without what changes with each build."""
    stem = _PACKED.sub("", stem)
    found = _HASH_END.search(stem)
    while found is not None and _is_hash(found[1]):
        stem = _PACKED.sub("", stem[: found.start()])
        found = _HASH_END.search(stem)
    return "" if _HASH_ALONE.fullmatch(stem) else stem


def _is_hash(text: str) -> bool:
    """Digits among letters, or capitals where no word has them: ``BxYkQzAb``, unlike ``checkoutPage``."""
    if _HASH_ALONE.fullmatch(text):
        return True
    if all(map(_WORDS.fullmatch, re.split("[-_]", text))):
        return False
    return any(map(str.isdigit, text)) or not (text.islower() or text.isupper())
