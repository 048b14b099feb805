"""What the variable parts of a message look like.

One alternation, tried only where a token begins, so its time is linear in the text: a token is a maximal run of
letters, digits, `_` and single `-` or `.` between them, and nothing starts inside one; every repetition is possessive,
bounded, or followed by what it can not contain. Only ASCII letters and digits make tokens, so a script without spaces
keeps its words: `用户123不存在` is `用户<num>不存在`.
"""

import re

# Where a token begins and ends. A placeholder ends with it, else a second pass would take the rest for a new token.
_BEGIN = r"\b(?=\w)(?<!\w[.-])"
_PLACEHOLDER = r"<(?:bool|date|email|hex|host|mac|num|path|size|time|url|user|uuid)>"
_END = rf"(?!\w|[.-]\w|{_PLACEHOLDER})"

_MONTH = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?"
    r"|Nov(?:ember)?|Dec(?:ember)?)"
)
_DAY = r"(?:Mon|Tues?|Wed(?:nes)?|Thu(?:rs)?|Fri|Sat(?:ur)?|Sun)(?:day)?"
_CLOCK = r"\d{1,2}:\d\d(?::\d\d(?:[.,]\d{1,9})?)?(?: ?[AaPp]\.?[Mm]\b)?"
_ZONE = r"(?:Z| ?[+-]\d\d:?\d\d| (?:UTC|GMT|[ECMP][SD]T|CES?T|BST|IST|JST))?"
_AT = rf"(?:(?:[T:]|,? (?:at )?){_CLOCK}{_ZONE})?(?: \d{{4}}\b)?"

# ISO 8601, RFC 2822, ctime, syslog, the common log format, and what people write.
_NAMED_DATE = rf"(?:{_DAY},? )?(?:{_MONTH} \d{{1,2}}(?:,? \d{{4}})?|\d{{1,2}}[ -]{_MONTH}[ -]\d{{4}}){_AT}{_END}"
_NUMBER_DATE = (
    rf"(?:\d{{4}}-\d\d?-\d\d?|\d{{4}}/\d\d?/\d\d?|\d\d?/(?:\d\d?|{_MONTH})/\d{{2,4}}|\d\d?[ -]{_MONTH}[ -]\d{{4}}"
    rf"|\d\d?\.\d\d?\.\d{{4}}){_AT}{_END}"
)

# A single letter is a unit only right after the number: `5m`, not `5 m`.
_AMOUNT = r"\d++(?:[.,]\d++){0,6}+"
_LONG_TIME = (
    r"[nuµm]?s|msecs?|secs?|seconds?|mins?|minutes?|hrs?|hours?|days?|weeks?|milli(?:s|seconds?)|(?:micro|nano)seconds?"
)
_DURATION = rf"{_AMOUNT}(?: ?(?:{_LONG_TIME})|[mhd](?:\d++[hms])*+){_END}(?![:@][\w:])"
_SIZE = rf"{_AMOUNT}(?: ?(?:[KMGTPkmgt]i?[Bb]|B|(?:[Kk]ilo|[Mm]ega|[Gg]iga)?[Bb]ytes?)|[KMGTP]i?){_END}(?![:@][\w:])"
# Most numbers are plain; what follows tells it without trying the rest.
_PLAIN = r"\d++(?=\Z|[)\]}>;\"']|, | [^BKMGTPbkgtnuµmshdwJFASOND])"

_H = r"[0-9A-Fa-f]{1,4}"
_IP6_REST = rf"(?:{_H}(?::{_H}){{0,6}})"
_ZONE_ID = rf"(?:\.\d{{1,3}}\.\d{{1,3}}\.\d{{1,3}})?(?:%\w++)?(?!:){_END}"
_IP6 = rf"(?:(?:{_H}:){{7}}{_H}|(?:{_H}:){{1,7}}:{_IP6_REST}?){_ZONE_ID}"
_MAC = rf"[0-9A-Fa-f]{{1,2}}(?:[:-][0-9A-Fa-f]{{1,2}}){{5}}(?!:){_END}"
_UUID = rf"[0-9A-Fa-f]{{8}}(?:-[0-9A-Fa-f]{{4}}){{3}}-[0-9A-Fa-f]{{12}}{_END}"
_URL = r"[A-Za-z][A-Za-z0-9+.-]{1,30}+://[^\s\"'`<>()\[\]{},;|]++"
_EMAIL = rf"(?<![+%.-])[\w.+%-]++@(?:[A-Za-z0-9][\w-]*+\.(?=\w))*+[A-Za-z][\w-]*+{_END}"

_STEP = r"[^\s,;:()\[\]{}\"'`=<>|?!/\\]"
_FILE = rf"(?<![/.-])(?:[\w.-]++/)++(?:[\w-]++\.)++[A-Za-z]{{1,5}}{_END}"
_REST = rf"(?:{_STEP}++/{_STEP}*+(?:/{_STEP}*+)*+|(?:[\w-]++\.)++[A-Za-z]{{1,5}}{_END})"
_DRIVE = rf"[A-Za-z]:\\{_STEP}*+(?:\\{_STEP}*+)*+"

# A person's name follows `for user`; a common noun there says what is wrong, and stays.
_NO_NAME = (
    r"(?!(?:a|account|agent|all|an|and|any|as|at|because|by|can|credentials?|data|details|does|doesn|email|exists?|failed"
    r"|from|group|has|ids?|in|info|input|interface|invalid|is|mode|names?|not|object|of|on|or|password|permissions?"
    r"|preferences|profiles?|records?|request|roles?|sessions?|settings|state|status|that|the|this|to|tokens?|types?"
    r"|unknown|user|was|when|who|with|without|your)(?![\w-]))"
)
_USER = (
    r"(?:(?:[Ff]or|[Bb]y|[Ii]nvalid|[Ii]llegal|[Uu]nknown) (?:invalid )?user"
    r"|(?:[Pp]assword|[Pp]ublickey|[Ll]og[io]n|[Aa]uthentication)(?: failures?| failed)? for)"
    rf" [\"']?{_NO_NAME}[A-Za-z0-9_]\w*+(?:[.-]\w++)*+"
)

_PORT = rf"(?::\d{{1,5}}(?!:){_END})?"
_TOKEN = rf"(?:[A-Za-z_]++[.-]?)*+\d\w*+(?:[.-]\w++)*+{_PORT}"
_DOTTED = rf"[A-Za-z_]++(?:-[A-Za-z_]++)*+\.[A-Za-z_]++(?:[.-][A-Za-z_]++)*+{_END}{_PORT}"


def _named(**patterns: str) -> str:
    """An alternation of named groups: the first that fits wins, so the narrow stand before the wide."""
    return "|".join(f"(?P<{name}>{pattern})" for name, pattern in patterns.items())


_JOINED = _named(url=_URL, email=_EMAIL, uuid=_UUID, mac=_MAC, ip6=_IP6, file=_FILE, drive=rf"(?<![\w>]>){_DRIVE}")
_MEASURE = _named(when=_NUMBER_DATE, clock=rf"{_CLOCK}(?!:){_END}", time=_DURATION, size=_SIZE)
_WORDS = _named(user=_USER, date=rf"(?=[ADFJMNOSTW]){_NAMED_DATE}", bool=rf"(?:[Tt]rue|TRUE|[Ff]alse|FALSE){_END}")

# Look-aheads keep most words from most patterns: a plain word ends at the gate, its first letter lets few to `_WORDS`.
_GATE = r"(?=[A-Za-z_]*+(?:-[A-Za-z_]++)*+-?[\d.@+%/:\\])"
_JOINT = r"(?=[\w.+%]{0,64}+[@:/\\-])"
_TOKENS = (
    rf"{_BEGIN}(?:(?=[ABDFIJLMNOPSTUWabfilptu])(?:{_WORDS})|(?P<plain>{_PLAIN})"
    rf"|{_GATE}(?:(?=\d)(?:{_MEASURE})|{_JOINT}(?:{_JOINED})|(?P<token>{_TOKEN})|(?P<dotted>{_DOTTED})))"
)
# These begin with a sign, not behind a token or a placeholder. The empty group names what was found; a branch that
# begins with a character is passed over faster than one that begins with a group.
_SIGNS = (
    rf"/(?<![\w.)-]/)(?<![\w>]>/){_REST}(?P<path>)"
    rf"|[~.](?<![\w.)-].)(?<![\w>]>.)\.?/{_REST}(?P<relative>)"
    rf"|\\(?<![\w.)-]\\)(?<![\w>]>\\)\\{_STEP}++(?:\\{_STEP}*+)*+(?P<share>)"
    rf"|:(?<![\w:]:)(?<![\w>]>:):{_IP6_REST}{_ZONE_ID}(?P<any6>)"
)
VARIABLE = re.compile(f"{_TOKENS}|{_SIGNS}", re.ASCII)

# A sign, or the `<` of `<1 ms`, belongs to its number unless it joins two things.
SIGN = re.compile(r"[-+<~]<(?<![\w>)+<~-].<)(?=(?:num|time|size)>(?!>))", re.ASCII)

# `3 3 3`, `10.0.0.1 (a.example.org)`, `1048576 bytes (1.0 MB)`: one thing, however many or however often told.
# An empty pair is a reverse lookup that found nothing.
REPEATED = re.compile(rf"({_PLACEHOLDER})(?:[\s,;:/|&#+-]*+\1| ?\(\1?\)| ?\[\1?\])++")
