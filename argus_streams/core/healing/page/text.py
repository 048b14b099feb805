"""The text of a page in one piece, of which every element has a span."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class Text:
    """Text with its white space folded; what is put together stays together only in a line."""

    _parts: list[str] = field(default_factory=list)
    _length: int = 0
    _gap: bool = False
    _whole: str | None = None
    _lower: str | None = None

    def add(self, said: str) -> None:
        """Append a piece: white space at its ends parts it from its neighbours."""
        words = " ".join(said.split())
        if not words:
            self._gap = self._gap or bool(said)
            return
        if self._length and (self._gap or said[0].isspace()):
            words = " " + words
        self._parts.append(words)
        self._length += len(words)
        self._gap = said[-1].isspace()

    def part(self) -> None:
        """Keep what comes from what was."""
        self._gap = True

    @property
    def position(self) -> int:
        """Where the next piece begins; it may begin with a space."""
        return self._length

    def whole(self) -> str:
        """All of it."""
        if self._whole is None or len(self._whole) != self._length:
            self._whole = "".join(self._parts)
            self._parts = [self._whole]
        return self._whole

    def lower(self) -> str:
        """All of it in lower case, each letter at its own place: of letters that would become two, none is changed."""
        whole = self.whole()
        if self._lower is None or len(self._lower) != len(whole):
            lower = whole.lower()
            if len(lower) != len(whole):
                lower = "".join(low if len(low := letter.lower()) == 1 else letter for letter in whole)
            self._lower = lower
        return self._lower
