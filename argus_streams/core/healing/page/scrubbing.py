"""Elements as they may leave: without secrets, and without what points to a person."""

from msgspec import structs

from argus_streams.core.analysis.private import Redactor
from argus_streams.core.elements import Element
from argus_streams.core.scrub import SCRUBBED, Scrubber

_LONGEST = 300  # characters of a value
_PATH = 1_000  # of a path
_SOME = 20  # classes or attributes


class Cleaner:
    """What a deployment takes for a secret, in elements and in what is made of them."""

    def __init__(self, scrubber: Scrubber) -> None:
        self._scrubber = scrubber
        self._redactor = Redactor(scrubber)

    def text(self, said: str) -> str:
        """In one line, at most 300 characters of it."""
        return self._redactor.text(said, _LONGEST)

    def is_clean(self, said: str | None) -> bool:
        """Whether nothing of it has to be taken out."""
        return said is None or self.text(said) == " ".join(said.split())

    def element(self, element: Element) -> Element:
        """The same element as it may be stored and sent; values of secret attributes are gone.

        No text of it is long, and of lists as much is kept as a record has room for ten times.
        """
        clean = self._told
        return structs.replace(
            element,
            tag=self.text(element.tag),
            id=clean(element.id),
            name=clean(element.name),
            class_list=tuple(map(self.text, element.class_list[:_SOME])),
            href=element.href and self._redactor.address(element.href),
            alt=clean(element.alt),
            xpath=self._redactor.text(element.xpath, _PATH),
            id_xpath=element.id_xpath and self._redactor.text(element.id_xpath, _PATH),
            visible_text=self._words(element.visible_text),
            neighbor_text=self._words(element.neighbor_text),
            label=clean(element.label),
            attributes={self.text(name): self._value(name, value) for name, value in _some(element.attributes)},
            role=clean(element.role),
            landmark=clean(element.landmark),
            frame=element.frame and self._redactor.text(element.frame, _PATH),
        )

    def _told(self, said: str | None) -> str | None:
        return None if said is None else self.text(said)

    def _words(self, words: tuple[str, ...]) -> tuple[str, ...]:
        """Together: what a secret is called stands before it."""
        return tuple(self.text(" ".join(words)).split())

    def _value(self, name: str, value: str) -> str:
        if self._scrubber.secret(name):
            return SCRUBBED
        address = name in {"src", "action", "formaction", "poster", "cite", "data"}
        return self._redactor.address(value) if address else self.text(value)


def _some(attributes: dict[str, str]) -> list[tuple[str, str]]:
    return sorted(attributes.items())[:_SOME]
