"""Looks for a body of one source that breaks the law, led by which code it reaches: `make fuzz` runs it.

https://github.com/google/atheris. Half of what it tries is JSON with another value, key or place
of one, for bytes that change anywhere are mostly no JSON. It ends when the time is up, with 77 when it has found one.
"""

import json
import random
import sys
from functools import partial
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["argus_streams"]):
    from bodies import VALUES, doubled, missing, replaced, samples, written
    from law import hold

_KEPT = 0.5
_LONGEST = 20_000  # bytes of a body
_SLOWEST = 10  # s for one body, with all the instruments: slower is a finding


def look(source: str, seconds: int, folder: Path) -> None:
    """Does not return."""
    cases = samples(source)
    headers = [{}, *({tuple(case.headers.items()): case.headers for case in cases}.values())]
    corpus = folder / "corpus"
    corpus.mkdir()
    for number, case in enumerate(cases):
        (corpus / f"{number}").write_bytes(bytes([headers.index(case.headers)]) + case.value)
    words = folder / "words"
    words.write_text("".join(f'"{word}"\n' for word in sorted(_words(cases))), encoding="utf-8")
    limits = (f"-max_total_time={seconds}", f"-max_len={_LONGEST}", f"-timeout={_SLOWEST}", f"-dict={words}")
    output = (f"-artifact_prefix={folder}/", "-print_final_stats=1", "-verbosity=0")
    mutate = partial(_mutated, [case.value[place.start : place.end] for case in cases for place in case.places])
    arguments = ["fuzz", *limits, *output, str(corpus)]
    atheris.Setup(arguments, partial(_one, source, headers), custom_mutator=mutate)
    atheris.Fuzz()


def _one(source, headers, data):
    """The first byte chooses among the headers of the samples."""
    if data:
        hold(source, data[1:], headers[data[0] % len(headers)])


def _mutated(parts, data, longest, seed):
    """Another value, a key less, a key twice or a part of a sample somewhere; or any other bytes."""
    draw = random.Random(seed)  # noqa: S311 - a mutation is no secret
    try:
        value, places = written(json.loads(data[1:])) if draw.random() < _KEPT else (b"", ())
    except (ValueError, RecursionError):
        places = ()
    if not places:
        return atheris.Mutate(data, longest)
    place, other = draw.choice(places), draw.choice(VALUES if draw.random() < _KEPT else parts)
    edits = (partial(replaced, other=other), partial(replaced, other=other), partial(doubled, other=other), missing)
    return (data[:1] + draw.choice(edits)(value, place))[:longest]


def _words(cases):
    """The keys of the samples, as a dictionary of libFuzzer spells them."""
    keys = {key for case in cases for place in case.places for key in place.path}
    return {f'\\"{key}\\":' for key in keys if key.isascii() and key.isidentifier()}


if __name__ == "__main__":
    look(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]))
