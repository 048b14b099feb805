"""Secrets leave a text before anything is forwarded; what stays of them is that they were there.

Scrubbing comes before fingerprinting, so that a rotated token makes no new group. ``suspicious`` is the way out for
nearly every event: each pattern holds a mark that it looks for, in a few passes of C over the encoded event. All
patterns are linear-time: a run that one of them reads holds no place where the same pattern could begin.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from msgspec import structs

from argus_streams.core.events import ExceptionInfo, Frame, Signal, TestFailure, Told
from argus_streams.core.private_page import private
from argus_streams.errors import Misconfigured

SCRUBBED = "[scrubbed]"
# Ids (delivery, trace, user, commit) are no texts: two of them must never become one.
_EVENT_TEXTS = (
    *("type", "message", "template", "title", "culprit", "logger", "url", "link"),
    *("service", "environment", "release", "host", "repository", "branch"),
)
_SIGNAL_TEXTS = ("subject", "title", "link", "service", "environment", "release", "repository", "branch")
_TEST_TEXTS = (
    *("test", "suite", "file", "type", "message", "stack", "link", "url", "locator", "scope"),
    *("browser", "service", "environment", "release", "repository", "branch"),
)

# Folded, a text is its lower-case letters, its digits, all as 0, and ":": api_key, apiKey and "api key" are one.
_FOLD = bytes.maketrans(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ123456789", b"abcdefghijklmnopqrstuvwxyz000000000")
_GONE = bytes(set(range(256)) - set(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789:"))
# The marks of the names and patterns below, folded: a search for one rare letter first is the fastest there is.
_MARKS = tuple(
    re.compile(mark).search
    for mark in (
        (
            rb"k(?:en(?<=token)|ie(?<=cookie)|ey(?:(?<=apikey)|(?<=accesskey)|(?<=accountkey)|(?<=privatekey))"
            rb"|ia(?<=akia)|live|test|(?<=sk)(?:proj|ant)|(?<=hook)sslackcom|(?<=apiwebhook)s)"
        ),
        rb"w(?:d(?<=pwd)|(?<=passw))",
        rb"cre(?:t(?<=secret)|dential)",
        rb"b(?:earer|asic|pat(?<=githubpat))",
    )
)
_TOKEN_MARKS = tuple(  # likewise of what is known by its own beginning, not folded
    re.compile(mark).search
    for mark in (
        rb"_(?:(?<=gh[pousr]_)|(?<=npm_)|(?<=pat_)|(?<=whsec_))",
        rb"-(?:(?<=glpat-)|(?<=xox[abeprs]-)|(?<=pypi-)AgE)",
        rb"=(?:(?<=[?&;]sig=)|(?<=[?&;-][Ss]ignature=)|(?<=&state=))",
        rb"S(?:G\.|(?<=AS)IA)",
    )
)
_DIGITS = b"0" * 13  # as many as the shortest card number has
_OWN_TIME = b'"occurred_at":'  # ms have as many; inside of a text the quotation marks would be escaped
_CARD_MARK = re.compile(  # not inside a longer number, but for what an escape ends with (\\u0019)
    rb"[2-6](?:(?<![0-9][2-6])|(?<=\\u00[01][0-9a-f][2-6]))"  # its first digit first: that is searched for fast
    rb"[0-9]{3}(?:[0-9]{9}|[ -][0-9]{4}[ -][0-9]{4}[ -]|[ -][0-9]{6}[ -])"
).search
_USER_MARK = re.compile(rb"//[^\s/\"'<>]*@").search

_NAMES = (
    *("password", "passwd", "pwd", "secret", "token", "api key", "access key", "account key", "private key"),
    *("credential", "authorization", "session id", "sessid", "passphrase", "pass phrase"),
)
_ENDING = r"(?:[-_ ]?(?:access[-_ ]?)?(?:key|hash|value|id|header|confirmation)|s|[0-9])?"  # of a name
_SECRET_KEY = (
    rb"passw|pwd$|secret|tokens?$|token(?:value|hash)$|apikey|accesskey|accountkey|privatekey|credential"
    rb"|authorization|sessionid|sessid|passphrase|cookies?$"
)
_CARD = (
    r"(?<![\w.+-])(?:[2-6][0-9]{12,18}|[2-6][0-9]{3}(?P<gap>[ -])(?:[0-9]{4}(?P=gap)[0-9]{4}(?P=gap)[0-9]{1,7}"
    r"|[0-9]{6}(?P=gap)[0-9]{4,5}))(?!\w|-(?!----BEGIN)|\.[0-9])"
)
_WHOLE = (
    r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY[A-Z ]{0,10}-----[\s\S]*?"
    r"(?:-----END [A-Z0-9 ]{0,40}PRIVATE KEY[A-Z ]{0,10}-----[\w.+-]*|\Z)"
    r"|(?<![\w-])eyJ[\w-]{8,}\.[\w-]{4,}(?:\.[\w-]*)*"  # JSON Web Token
    r"|(?<![A-Za-z0-9])A[KS]IA[A-Z0-9]{16}(?![A-Za-z0-9])"  # AWS
    r"|(?<![A-Za-z0-9])(?:github_pat|gh[pousr]|[rs]k_live|[rs]k_test)_[A-Za-z0-9]{16,}\w*"  # GitHub, Stripe
    r"|(?<![A-Za-z0-9])(?:dckr_pat_|shpat_|whsec_)[\w-]{16,}"  # Docker, Shopify, Stripe's webhooks
    r"|(?<![A-Za-z0-9])(?:npm_[A-Za-z0-9]{36,}|AIza[\w-]{35,}|SG\.[\w-]{16,64}\.[\w-]{32,})"  # npm, Google, SendGrid
    r"|(?<![A-Za-z0-9])(?:glpat-|pypi-AgE|sk-proj-|sk-ant-)[\w-]{16,}"  # GitLab, PyPI, OpenAI, Anthropic
    r"|(?<![A-Za-z0-9])xox[abeprs]-[\w-]{10,}|(?<=hooks\.slack\.com/services/)[\w/-]+"  # Slack
    r"|(?<=discord\.com/api/webhooks/)[\w/-]+"
    # Signatures and codes of URLs; `sig=11` is a signal.
    r"|(?:(?<=[?&;]sig=)|(?<=[?&;-][Ss]ignature=))[\w%.~+/=-]{16,}|(?<=[?&]code=)[\w%.~/-]{16,}(?=&state=)"
)
_USER = r"(?<=//)(?:[^\s/:@\"'<>]*:[^\s/\"'<>]*|[\w.-]{20,})(?=@)"
_SCHEME = r"\b(?i:bearer|basic)\s{1,8}"
_CREDENTIAL = r"(?=.[\w.~+/=-]*[0-9A-Z=])[\w.~+/=-]{8,}"  # no word of prose: a digit, "=" or a capital is in it
_KEPT = r"(?!\[scrubbed\]|-----BEGIN|(?i:null|none|nil|undefined|true|false)\b|%[srd(])"  # begins what is no value
_SAYS = rf"\\*[\"']?\s*(?:=>|:=|={{1,3}}|:)(?![=>])\s*{_KEPT}[\[(]?\s*(?:\\{{0,4}}[\"'])?{_KEPT}"
_QUOTED = r"(?<=\\[\"'])[^\"'\\\n]+|(?<=\")(?:[^\"\\\n]|\\.)+|(?<=')(?:[^'\\\n]|\\.)+"
_BARE = (
    rf"(?<![\"'])(?i:(?:bearer|basic|digest|token|aws4-hmac-sha256)\s+)?{_KEPT}"
    r"[^\s\"'`&,;<>()\[\]{}\\](?:[^\s\"'&,;<>)\]}\\]|\\(?![\"'nrt]))*"
)
_COOKIE = r"(?i:cookies?)\\*[\"']?\s*(?:=>|[:=])\s*\\*[\"']?(?![^\s=;:,\"'\\]*\[scrubbed\])"
_PAIRS = r"[^\s=;:,\"'\\]+=[^\n\"'\\]*"
# After `--password`, also as an argument of its own: ['--password', 'x']. In prose ("--token is required") go words.
_GIVEN = (
    rf"(?:\\{{0,4}}[\"'],[ ]?\\{{0,4}}[\"']| (?!(?i:an?|and|are|as|at|but|can|cannot|expects?|flag|for|from|has|if|in"
    r"|is|missing|must|needs?|not|of|on|option|or|requires?|required|should|the|to|was|when|will|with)\b))(?!-)"
    rf"{_KEPT}"
)
_ISSUED = re.compile(  # what card numbers begin with, and how long each of them is
    r"4(?:[0-9]{12}|[0-9]{15}|[0-9]{18})|(?:5[1-5]|2[2-7]|35)[0-9]{14}|3[47][0-9]{13}|3(?:0[0-5]|[689][0-9])[0-9]{11}"
    r"|6(?:011|5[0-9]{2}|4[4-9][0-9])[0-9]{12}|62[0-9]{14,17}|(?:5018|5020|5038|6304|6759|676[1-3])[0-9]{9,15}"
)


@dataclass(frozen=True, slots=True)
class Scrubber:
    """What is taken for a secret; made by ``scrubber``."""

    marks: tuple[bytes, ...]  # folded, of the names that settings add
    keys: re.Pattern[bytes]  # of a tag whose value is secret, folded
    prose: re.Pattern[str]
    source: re.Pattern[
        str
    ]  # as prose, but names are followed by quoted values, or in a URL: `token = read()` is no secret

    def suspicious(self, encoded: bytes) -> bool:
        """Whether an item may hold a secret, by its JSON as msgspec writes it; if not, scrubbing changes nothing."""
        folded = encoded.translate(_FOLD, _GONE)
        return self._marked(folded, encoded) or _numbered(folded, encoded)

    def _marked(self, folded: bytes, encoded: bytes) -> bool:
        """Whether any mark is there, but for a card's."""
        for mark in _MARKS:
            if mark(folded):
                return True
        if (
            b"sessionid" in folded
            or b"sessid" in folded
            or b"passphrase" in folded
            or (b"z" in folded and (b"authoriz" in folded or b"AIza" in encoded))
            or (b"J" in encoded and b"eyJ" in encoded)
        ):
            return True
        for mark in _TOKEN_MARKS:
            if mark(encoded):
                return True
        if b"@" in encoded and _USER_MARK(encoded):
            return True
        return any(mark in folded for mark in self.marks)

    def text(self, value: str) -> str:
        """The text with ``[scrubbed]`` in place of each secret."""
        return self.prose.sub(_scrubbed, value)

    def _told(self, value: str) -> str:
        """As ``text``, of an item: most of its texts have no mark, and a look for marks is the faster by far."""
        return self.text(value) if self._doubtful(value) else value

    def _doubtful(self, value: str) -> bool:
        encoded = value.encode("utf-8", "replace")
        return self._marked(encoded.translate(_FOLD, _GONE), encoded) or _CARD_MARK(encoded) is not None

    def secret(self, key: str) -> bool:
        """Whether a tag of this name has a secret value."""
        return self.keys.search(_folded(key)) is not None

    def item(self, item: Told) -> Told:
        """The event, signal or test failure with no secret in its texts, URLs, source lines and tags."""
        if isinstance(item, Signal):
            return structs.replace(item, vendor_id=self._id(item.vendor_id), **self._texts(item, _SIGNAL_TEXTS))
        if isinstance(item, TestFailure):
            page = private(item, SCRUBBED, self._told, self.secret)
            return structs.replace(item, vendor_id=self._id(item.vendor_id), **self._texts(item, _TEST_TEXTS), **page)
        return structs.replace(
            item,
            **self._texts(item, _EVENT_TEXTS),
            vendor_id=self._id(item.vendor_id),
            instance=self._id(item.instance),
            tags={
                self._told(key): SCRUBBED if self.secret(key) else self._told(value) for key, value in item.tags.items()
            },
            fingerprint=tuple(map(self._told, item.fingerprint)),
            identity=tuple(map(self._told, item.identity)),
            exceptions=tuple(map(self._exception, item.exceptions)),
        )

    def _texts(self, item: Told, names: Iterable[str]) -> dict[str, str]:
        return {name: self._told(value) for name in names if (value := getattr(item, name)) is not None}

    def _id(self, made: str | None) -> str | None:
        """An id that a source made of several texts, a build's address among them; a vendor's own is one word."""
        return made if made is None or made.isalnum() else self._told(made)

    def _exception(self, exception: ExceptionInfo) -> ExceptionInfo:
        kind, value = (text and self._told(text) for text in (exception.type, exception.value))
        return structs.replace(exception, type=kind, value=value, frames=tuple(map(self._frame, exception.frames)))

    def _frame(self, frame: Frame) -> Frame:
        """Names of functions and modules stay: ``authenticateWithToken:completion:`` is none of a secret."""
        context = frame.context
        if context and self._doubtful(context):
            context = self.source.sub(_scrubbed, context)
        file = frame.file and self._told(frame.file)
        package = frame.package and self._told(frame.package)
        if (file, package, context) == (frame.file, frame.package, frame.context):
            return frame
        return structs.replace(frame, file=file, package=package, context=context)


def scrubber(names: Iterable[str] = ()) -> Scrubber:
    """What is secret everywhere, and what is so under keys of the given names ("patient id")."""
    added = tuple(names)
    marks = tuple(map(_folded, added))
    if not all(marks):
        raise Misconfigured(f"the name of a key to scrub has a letter or digit, not so one of {', '.join(added)}")
    known = "|".join(map(_spelt, (*_NAMES, *added)))
    name = rf"(?<!(?i:unexpected) )(?i:(?:{known}){_ENDING})"
    keys = b"|".join((_SECRET_KEY, *map(re.escape, marks)))
    pair = f"{name}{_SAYS}"
    flag = rf"(?<![\w\]-])--[\w-]{{0,40}}?{name}{_GIVEN}"
    element = rf"(?<=>)(?![^<>]*\[scrubbed\])[^<>]+(?=</[\w.:-]{{0,40}}?{name}\s*>)"  # <password>x</password>
    return Scrubber(
        marks,
        re.compile(keys),
        _pattern(f"(?P<named>{pair}|{flag})(?:{_QUOTED}|{_BARE})|{element}"),
        _pattern(rf"(?P<named>{pair}|(?P<query>[?&][\w.-]{{0,40}}?{name}=))(?(query)[^\s\"'`&#<>]+|(?:{_QUOTED}))"),
    )


def _spelt(name: str) -> str:
    """A pattern of the name: api_key, api-key, apikey."""
    return r"[-_. ]?".join(map(re.escape, re.split(r"[-_. ]+", name.strip("-_. "))))


def _pattern(named: str) -> re.Pattern[str]:
    return re.compile(
        rf"{_WHOLE}|{_USER}|(?P<scheme>{_SCHEME}){_CREDENTIAL}|(?P<cookie>{_COOKIE}){_PAIRS}|{named}|(?P<card>{_CARD})",
        re.ASCII,
    )


def _numbered(folded: bytes, encoded: bytes) -> bool:
    """Whether there may be a card number in the JSON of an item, beside the item's own time."""
    runs = folded.count(_DIGITS)
    if runs == 1:
        at = encoded.rfind(_OWN_TIME) + len(_OWN_TIME)
        runs -= at >= len(_OWN_TIME) and encoded[at : at + len(_DIGITS)].isdigit()
    return runs > 0 and _CARD_MARK(encoded) is not None


def _folded(text: str) -> bytes:
    return text.encode("utf-8", "replace").translate(_FOLD, _GONE)


def _scrubbed(found: re.Match[str]) -> str:
    card = found["card"]
    if card and not _is_card(card.replace(" ", "").replace("-", "")):
        return card
    return (found["scheme"] or found["cookie"] or found["named"] or "") + SCRUBBED


def _is_card(digits: str) -> bool:
    """Whether an issuer gives out such numbers, and the check digit is right (Luhn)."""
    if not _ISSUED.fullmatch(digits):
        return False
    doubled = sum(sum(divmod(2 * int(digit), 10)) for digit in digits[-2::-2])
    return (doubled + sum(map(int, digits[-1::-2]))) % 10 == 0
