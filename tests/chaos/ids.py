"""Which words of a body are its vendor's ids of one occurrence, found by trying; and other words in their place."""

import re
import time
from hashlib import blake2b

_STAMP = rb"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)?"
_UUID = rb"(?<![0-9A-Za-z])[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}(?![0-9A-Za-z])"
_NAME = rb"(?<![\w.])(?=[A-Za-z_-]*\d)\w[\w-]{0,63}(?![\w-])"
WORDS = re.compile(b"|".join((_STAMP, _UUID, _NAME)))
_HEX = re.compile(rb"[0-9a-f]{16,}\Z")
_EARLIEST, _ROOM = 1_500_000_000, 5_000_000  # s; salts that fit between two stamps of one body


def words(value):
    """The distinct words of a body that may be ids, in their order."""
    return dict.fromkeys(match[0] for match in WORDS.finditer(value))


def cut(value, ids):
    """The body cut at every occurrence of these words: what stands around them, and the words."""
    pieces, found, end = [], [], 0
    for match in WORDS.finditer(value):
        if match[0] in ids:
            pieces.append(value[end : match.start()])
            found.append(match[0])
            end = match.end()
    return (*pieces, value[end:]), tuple(found)


def joined(pieces, ids, salt):
    """The body under other ids: the same ones for the same salt, no two alike for different ones."""
    out = [pieces[0]]
    for word, piece in zip(ids, pieces[1:], strict=True):
        out += (other(word, salt), piece)
    return b"".join(out)


def other(word, salt):
    """Another word of the same kind."""
    digest = blake2b(word, digest_size=16)
    number = int.from_bytes(digest.digest()[:4])
    if re.fullmatch(_STAMP, word):
        return _later(word, _EARLIEST + number % 20 * _ROOM + salt)
    if word.isdigit():
        return b"%d%09d" % (100_000 + number % 900_000, salt)
    text = b"%08x" % salt
    if re.fullmatch(_UUID, word):
        return word[:-8] + text
    if _HEX.match(word):
        return digest.hexdigest().encode()[: len(word) - 8].ljust(len(word) - 8, b"a") + text
    return word[:1] + digest.hexdigest()[:6].encode() + text


def _later(word, seconds):
    """A stamp in the same notation."""
    text = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds)).encode()
    return text[:10] + word[10:11] + text[11:] + word[19:]


def learnt(value, told, read):
    """The words of a body whose change changes its ids and nothing else; those that its ids hold are tried first.

    ``told`` are its events, ``read`` gives those of another body, or `None` where it is another kind of body.
    """
    left = {number for number, event in enumerate(told) if event.vendor_id is not None}
    text = _plain("\n".join(event.vendor_id or "" for event in told).encode())
    found = []
    for word in sorted(words(value), key=lambda word: _plain(word) not in text):
        if not left:
            break
        events = read(joined(*cut(value, {word}), salt=1))
        if events is None or not alike(told, events):
            continue
        moved = {number for number in left if events[number].vendor_id != told[number].vendor_id}
        if moved:
            found.append(word)
            left -= moved
    return frozenset(found)


def _plain(word):
    """Without what differs between notations of one id."""
    return word.replace(b"-", b"").lower()


def alike(some, others):
    """Whether these tell the same problems."""
    return [(e.index, e.fingerprint, e.closes, e.vendor_id is None) for e in some] == [
        (e.index, e.fingerprint, e.closes, e.vendor_id is None) for e in others
    ]
