"""What leaves for a model: in one line, without secrets and without what points to a person."""

import re

from argus_streams.core.analysis.plain import one_line
from argus_streams.core.scrub import Scrubber

_PERSONAL = re.compile(
    r"(?P<email>(?<![\w.+-])[\w.+%-]{1,64}(?:@|%40)[\w-]{1,63}(?:\.[\w-]{1,63}){0,8}\.[^\W\d_]{2,24}(?![\w-]))"
    r"|(?P<ip>(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w.])|(?<![\w:.])(?=[0-9A-Fa-f:]*[0-9A-Fa-f])(?:[0-9A-Fa-f]{0,4}:){3,7}[0-9A-Fa-f]{0,4}(?![\w:]))"
    r"|(?P<iban>(?<!\w)[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,3})?(?!\w))"
    r"|(?P<phone>(?<![\w+])\+\d{1,3}[ .-]?(?:\(\d{1,4}\)[ .-]?)?\d(?:[ .-]?\d){5,12}(?!\w))"
)  # fmt: skip
_QUERY = re.compile(r"(?<=[\w/])\?[^\s\"'<>]*")  # of an address: who searched for what
_QUERIES = re.compile(r"(?<=[\w/])\?(?=[\w.%\[\]-]{1,64}=)[^\s\"'<>]*")  # in prose, where code has question marks, too
# Tags that say who, and on which machine; which browser says neither.
_WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_WHO = frozenset({
    "user", "username", "userid", "login", "email", "mail", "phone", "ip", "host", "hostname", "session", "sessionid",
})  # fmt: skip


class Redactor:
    """Texts for a model, by what the deployment takes for a secret."""

    def __init__(self, scrubber: Scrubber) -> None:
        self._scrubber = scrubber

    def text(self, said: str | None, length: int = 300) -> str:
        """The text in one line of at most so many characters; empty for none."""
        if not said:
            return ""
        # Twice as much is read as is told: a secret that is cut in two is not known for one.
        clean = _QUERIES.sub("", self._scrubber.text(one_line(said[: 2 * length + 1000])))
        clean = _PERSONAL.sub(lambda found: f"[{found.lastgroup}]", clean)
        return clean if len(clean) <= length else f"{clean[: length - 1]}…"

    def address(self, said: str | None) -> str:
        """A URL or route without its query."""
        return self.text(_QUERY.sub("", said) if said else None)

    def tags(self, tags: dict[str, str]) -> list[tuple[str, str]]:
        """Tags in order of their names, none whose value is secret or a person's."""
        return [
            (self.text(key, 60), self.address(value)[:100])
            for key, value in sorted(tags.items())
            if not self._scrubber.secret(key) and not _personal(key)
        ]


def _personal(key: str) -> bool:
    words = [word.lower() for word in _WORDS.findall(key)]
    if words in (["server", "name"], ["servername"]):
        return True
    return not {"agent", "useragent"} & set(words) and not _WHO.isdisjoint(words)
