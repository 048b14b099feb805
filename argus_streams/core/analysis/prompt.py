"""A question to a model: instructions of ours, and between fences that nobody can forge the data of each subject."""

import json
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from hashlib import blake2b
from typing import Any

from msgspec import Struct
from pydantic import ValidationError

from argus_streams.core.analysis.blocks import Block, blocks
from argus_streams.core.analysis.dossier import Dossier
from argus_streams.core.analysis.instructions import INSTRUCTIONS
from argus_streams.core.analysis.private import Redactor
from argus_streams.core.analysis.registry import Registry, Task

# How many subjects have room in one call. A subject's share does not depend on what it is joined with: its text, and so
# its known answer, is the same alone and in company.
ROOM: dict[Task, int] = {"classify": 8, "cause": 4, "incident": 1, "merge": 4, "repair": 2}

_FENCES = 120  # bytes around a subject


class Section(Struct, frozen=True, kw_only=True):
    """What is told of one subject."""

    subject: str
    task: Task
    name: str  # of the fence, and of the subject in the answer; made of the text
    text: str


class Prompt(Struct, frozen=True, kw_only=True):
    """One question, whichever model is asked."""

    task: Task
    version: str
    system: str
    user: str
    shape: type[Any]
    sections: tuple[Section, ...]
    hash: str  # of all that is told

    def size(self) -> int:
        """Bytes that are sent, the shape's schema among them."""
        return _overhead(self.task) + len(self.user.encode("utf-8", "replace"))


def section(dossier: Dossier, task: Task, *, registry: Registry, redactor: Redactor) -> Section:
    """What a model is told of a dossier, cut to its share of what a call may send."""
    share = (registry.tasks[task].max_input_bytes - _overhead(task)) // ROOM[task] - _FENCES
    text = _fitted(list(blocks(dossier, redactor)), share)
    return Section(subject=dossier.subject, task=task, name=_name(text), text=text)


def prompt(sections: Sequence[Section]) -> Prompt:
    """The question about sections of one task, at least one."""
    task = sections[0].task
    instruction = INSTRUCTIONS[task]
    told = {each.name: each for each in sections}  # two subjects of the same text are one
    fenced = "\n\n".join(f"BEGIN {name}\n{each.text}\nEND {name}" for name, each in told.items())
    user = f"{fenced}\n\nAnswer for {', '.join(told)}."
    return Prompt(
        task=task,
        version=instruction.version,
        system=instruction.system,
        user=user,
        shape=instruction.shape,
        sections=tuple(sections),
        hash=_digest(instruction.version, user),
    )


def cache_key(section: Section, model: str) -> str:
    """What a model's answer about a section is kept under: it is another for another model, version or text."""
    return _digest(INSTRUCTIONS[section.task].version, model, section.text)


def remembered(task: Task, data: bytes) -> Any | None:
    """The answer that was kept as JSON; ``None`` if it is none of today's shape."""
    try:
        answers = INSTRUCTIONS[task].shape.model_validate({"answers": [json.loads(data)]}).answers
    except (ValidationError, ValueError, RecursionError):  # anybody may have written it
        return None
    return answers[0]


def by_subject(answer: Any, sections: Iterable[Section]) -> Mapping[str, Any]:
    """What was answered about each subject; what nobody asked about is left out, and of two answers the second."""
    found: dict[str, Any] = {}
    for each in answer.answers:
        found.setdefault(each.subject.strip(), each)
    return {section.subject: found[section.name] for section in sections if section.name in found}


def _fitted(blocks: Sequence[Block], share: int) -> str:
    """The blocks that have room, by rank; as they were ordered."""
    kept: set[int] = set()
    for index in sorted(range(len(blocks)), key=lambda index: (blocks[index].rank, index)):
        size = len(blocks[index].text.encode("utf-8", "replace")) + 1
        if 1 < size <= share:
            share -= size
            kept.add(index)
    return "\n".join(block.text for index, block in enumerate(blocks) if index in kept)


def _name(text: str) -> str:
    """Made of the text that it is to fence, it can not stand in it but by a search of 2^64 texts; nor then."""
    name = _digest("fence", text)[:16]
    while name in text:
        name = _digest("fence", name, text)[:16]
    return name


@cache
def _overhead(task: Task) -> int:
    return len(INSTRUCTIONS[task].system.encode()) + _schema_bytes(task)


@cache  # pydantic takes milliseconds for each
def _schema_bytes(task: Task) -> int:
    return len(json.dumps(INSTRUCTIONS[task].shape.model_json_schema()).encode())


def _digest(*parts: str) -> str:
    framed = "".join(f"{len(part)}:{part}" for part in parts)
    return blake2b(framed.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
