"""A message's template: what stays when the same thing is said of another request, host or minute."""

import re

from argus_streams.core.grouping.patterns import REPEATED, SIGN, VARIABLE

# Characters read. What follows is cut: a text that differs only behind them is the same text.
LIMIT = 8192

_TOP_LEVEL = frozenset({"com", "org", "net", "edu", "gov", "mil", "arpa", "localdomain"})
# These also end attribute and file names, so they need three labels: `a.b.pl`, not `run.pl`. Country codes that are
# common attributes (id, in, is, me, no, to ...) are left out.
_COUNTRIES = (
    "ar at au be br ca ch cl cn co cz de dk es eu fi fr gr hk hu ie il ir it jp kr mx nl nz pl pt ro ru se sg sk th tr "
    "tw ua uk us vn za"
)
_AMBIGUOUS_TOP_LEVEL = frozenset({*_COUNTRIES.split(), "local", "internal", "lan", "corp", "home"})
# With a digit or a hyphen in a name of three labels, these too are hosts: `p151.pureserver.info`.
_RARE_TOP_LEVEL = frozenset({"info", "biz", "io", "dev", "app", "cloud", "me", "in", "name"})

_ADDRESS = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}", re.ASCII)
_NUMBER = re.compile(r"[\d._-]+", re.ASCII)
_HEX = re.compile(r"0[xX][0-9A-Fa-f]+")
_BARE_HEX = re.compile(r"[0-9a-f]{7,}|[0-9A-F]{7,}")
# Names that happen to hold a digit: they say what it is, not which one.
_TERM = re.compile(
    r"(?i:ipv[46]|utf-?(?:8|16|32)(?:le|be)?|ucs-?[24]|sha-?(?:1|2|3|224|256|384|512)|md[45]|aes-?(?:128|192|256)"
    r"|base(?:16|32|58|64)|x86(?:[_-]64)?|amd64|arm64|win(?:32|64)|u?int(?:8|16|32|64)|float(?:16|32|64)|h26[45]|mp[34]"
    r"|oauth2|http[23]|log4j|i18n|l10n|k8s|s3|ec2|p2p|b2b|tls-?v?1\.[0-3]|ssl-?v?[23]|iso-?8859-\d+)"
)
# Exception and class names, with their package: two of them are two problems, whatever digits they hold.
_CLASS = re.compile(
    r"(?:[A-Za-z_]\w*\.)*(?:[A-Za-z]\w*(?:Error|Exception|Warning|Fault|Failure|Interrupt)"
    r"|[A-Za-z][a-z]{2,}\d{1,3}[A-Z][a-z]{2,}\w*)|[a-z]\w*(?:\.[a-z]\w*)*\.[A-Z]++[a-z][A-Za-z]*+",
    re.ASCII,
)
# `eth0`, `Thread-12`, `ORA-00942`: the word stays, its number goes. In `blk_123` and `node-7` all of it goes: joined in
# lower case, the word mostly belongs to the name (`rdd_1_2` and `broadcast_3` are both blocks).
_NUMBERED_WORD = re.compile(r"([a-z]{2,}|[A-Z]{2,}-?|[A-Z][a-z]+-?)\d+(?![A-Za-z])", re.ASCII)
# Inside quotes a name is code: `'orders_2024'` is not `'users_2024'`.
_QUOTED_NAME = re.compile(r"([A-Za-z][A-Za-z_.]*[A-Za-z_.])(?=\d)")

_HALF_PLACEHOLDER = re.compile(r"<[a-z]{0,8}\Z")
_QUOTES = frozenset("'\"`")
_BEFORE_NAME = " '\""
_BEFORE_VALUE = frozenset("=:")

_FIXED = {
    "email": "<email>",
    "uuid": "<uuid>",
    "mac": "<mac>",
    "date": "<date>",
    "when": "<date>",
    "clock": "<time>",
    "time": "<time>",
    "size": "<size>",
    "file": "<path>",
    "drive": "<path>",
    "plain": "<num>",
    "share": "<path>",
}


def parameterize(text: str) -> str:
    """The template of `text`: variable parts become placeholders such as `<num>` or `<host>`, words stay words.

    Line by line, with no memory: the same text has the same template always and everywhere. Runs of white space become
    one space. The template of a template is itself. At most 8,192 characters are read, and returned.
    """
    template = VARIABLE.sub(_placeholder, " ".join(text[:LIMIT].split()))
    template = REPEATED.sub(r"\1", SIGN.sub("<", template))
    return template if len(template) <= LIMIT else _cut(template)


def _cut(template: str) -> str:
    """The template's beginning, without a half placeholder, and without a half word where there are spaces."""
    head = template[:LIMIT]
    last = head.rfind(" ", LIMIT // 2)
    return _HALF_PLACEHOLDER.sub("", head) if last < 0 else head[:last]


def _placeholder(found: re.Match[str]) -> str:
    kind = found.lastgroup or ""
    return _FIXED.get(kind) or _OTHER[kind](found)


def _token(found: re.Match[str]) -> str:
    """A token that holds a digit; a port belongs to its host."""
    name, colon, _ = found.group().partition(":")
    kind = _kind(name, quoted=found.string[found.start() - 1 : found.start()] in _QUOTES)
    return f"{kind}:<num>" if colon and kind != "<host>" else kind


def _kind(name: str, *, quoted: bool) -> str:
    """What stands for a name or number that holds a digit."""
    if _NUMBER.fullmatch(name):
        return "<host>" if _ADDRESS.fullmatch(name) else "<num>"
    if _TERM.fullmatch(name) or _CLASS.fullmatch(name):
        return name
    if "." in name and _is_host(name):
        return "<host>"
    if _HEX.fullmatch(name):
        return "<hex>"
    word = None if _BARE_HEX.fullmatch(name) else (_QUOTED_NAME if quoted else _NUMBERED_WORD).match(name)
    return f"{word.group(1)}<num>" if word else "<num>"


def _is_host(name: str) -> bool:
    labels = name.split(".")
    last = labels[-1]
    if last in _TOP_LEVEL:
        return True
    if len(labels) == 2:  # noqa: PLR2004 - a machine and its zone
        return last == "local" and "-" in name
    telling = "-" in name or any(map(str.isdigit, name))
    return (last in _AMBIGUOUS_TOP_LEVEL and name.islower()) or (last in _RARE_TOP_LEVEL and telling)


def _dotted(found: re.Match[str]) -> str:
    """Words joined by dots: a domain, or code, or the end of one sentence and the start of another."""
    name, colon, _ = found.group().partition(":")
    return "<host>" if _is_host(name) else f"{name}{colon and ':<num>'}"


def _user(found: re.Match[str]) -> str:
    text = found.group()
    return f"{text[: max(map(text.rfind, _BEFORE_NAME)) + 1]}<user>"


def _ip6(found: re.Match[str]) -> str:
    """An address, unless it is a name such as `A::b` of C++."""
    text = found.group()
    return "<host>" if any(map(str.isdigit, text)) else text


def _url(found: re.Match[str]) -> str:
    text = found.group()
    return f"<url>{text[len(text.rstrip('.:!?')) :]}"


def _path(found: re.Match[str]) -> str:
    text = found.group()
    return f"<path>{text[len(text.rstrip('.')) :]}"


def _bool(found: re.Match[str]) -> str:
    """True or false, where it is the value of a key; elsewhere it is a word."""
    before = found.string[max(0, found.start() - 2) : found.start()].rstrip(" ")
    return "<bool>" if before[-1:] in _BEFORE_VALUE else found.group()


_OTHER = {
    "token": _token,
    "dotted": _dotted,
    "user": _user,
    "ip6": _ip6,
    "any6": _ip6,
    "url": _url,
    "path": _path,
    "relative": _path,
    "bool": _bool,
}
