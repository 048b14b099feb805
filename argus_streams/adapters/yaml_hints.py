"""What may stand where a file that people write has a mistake."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from msgspec import inspect


def hint(shape: type[Any], way: Sequence[str | int], what: str) -> str:
    """The end of a sentence about the mistake ``what`` at the end of ``way``; empty where it says enough."""
    if "unknown field" in what:  # the way ends with its name
        return _listed(name for each in _at(shape, way[:-1]) for name in _fields(each))
    found = list(_at(shape, way))
    if "enum value" in what:
        return _listed(name for each in found for name in _values(each))
    if "matching regex" in what:
        return "".join(f"; it is written like {each}" for each in dict.fromkeys(filter(None, map(_example, found))))
    return "; it is written like 2026-11-23" if "date" in what else ""


def _at(shape: type[Any], way: Sequence[str | int]) -> list[inspect.Type]:
    """What may stand there: several types where there is a choice."""
    found = list(_choices(inspect.type_info(shape)))
    for step in way:
        found = [choice for each in found for inner in _inside(each, step) for choice in _choices(inner)]
    return found


def _choices(told: inspect.Type) -> Iterator[inspect.Type]:
    match told:
        case inspect.UnionType(types=types):
            for each in types:
                yield from _choices(each)
        case _:
            yield told


def _inside(told: inspect.Type, step: str | int) -> Iterator[inspect.Type]:
    match _bare(told):
        case inspect.StructType(fields=fields):
            yield from (field.type for field in fields if field.encode_name == step)
        case inspect.DictType(value_type=inner):
            yield inner
        case inspect.ListType(item_type=inner) | inspect.VarTupleType(item_type=inner):
            yield inner
        case _:
            pass


def _bare(told: inspect.Type) -> inspect.Type:
    return told.type if isinstance(told, inspect.Metadata) else told


def _fields(told: inspect.Type) -> list[str]:
    match _bare(told):
        case inspect.StructType(fields=fields):
            return [field.encode_name for field in fields]
        case _:
            return []


def _values(told: inspect.Type) -> list[str]:
    match _bare(told):
        case inspect.LiteralType(values=values):
            return [str(each) for each in values]
        case inspect.DictType(key_type=key):  # one of its keys is meant
            return _values(key)
        case _:
            return []


def _example(told: inspect.Type) -> str | None:
    """The description of a type whose texts have a form."""
    more = told.extra_json_schema if isinstance(told, inspect.Metadata) else None
    return (more or {}).get("description")


def _listed(names: Iterable[str]) -> str:
    known = ", ".join(dict.fromkeys(names))
    return f"; known here: {known}" if known else ""
