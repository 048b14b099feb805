"""The schema files, the code's types and the example messages say the same; each is compared with the others."""

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal, get_args, get_origin

import jsonschema
import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from referencing import Registry, Resource

from argus_streams.adapters import topics
from argus_streams.adapters.contracts import data_folder
from argus_streams.core import letters
from argus_streams.core.elements import Element
from argus_streams.core.events import Event, Signal, TestFailure
from argus_streams.core.findings import Analysis, AnalysisRequest, Feedback, Incident, IncidentCommand, Score
from argus_streams.core.messages import Command, Group, KeptEvent, LedgerRecord, Sighting, Stage
from argus_streams.core.repairs import HealingDecision, Outcome, Pattern, PatternCommand
from argus_streams.core.topology import DEAD_LETTERS

TYPES = {
    "analysis": Analysis,
    "analysis_request": AnalysisRequest,
    "command": Command,
    "element": Element,
    "event": Event,
    "feedback": Feedback,
    "group": Group,
    "healing_decision": HealingDecision,
    "incident": Incident,
    "incident_command": IncidentCommand,
    "kept_event": KeptEvent,
    "ledger_record": LedgerRecord,
    "outcome": Outcome,
    "pattern": Pattern,
    "pattern_command": PatternCommand,
    "score": Score,
    "sighting": Sighting,
    "signal": Signal,
    "test_failure": TestFailure,
}
ENDING = ".v1.schema.json"
FILES = {path.name: json.loads(path.read_text()) for path in sorted(data_folder("schemas").glob(f"*{ENDING}"))}
REGISTRY = Registry().with_resources((name, Resource.from_contents(schema)) for name, schema in FILES.items())
TOPICS = {topic.name: topic for topic in topics.load()}
EXAMPLES = sorted((Path(__file__).parent.parent / "fixtures" / "messages").glob("*/*.json"))
WRONG = {"of": ["a type", "no field has"]}


def validator(name):
    return jsonschema.Draft202012Validator(FILES[name + ENDING], registry=REGISTRY)


def schema_of(example):
    return TOPICS[example.parent.name].schema


def example_id(example):
    return f"{example.parent.name}/{example.stem}"


def structure(schema: Any, resolve: Any) -> Any:
    """What a schema demands, in one form: references inlined, order and prose gone, closed or not left aside."""
    if isinstance(schema, list):
        return [structure(each, resolve) for each in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        target, again = resolve(schema["$ref"])
        return structure(target, again) | {"default": structure(schema.get("default"), resolve)}
    told = {key: value for key, value in schema.items() if key not in {"$schema", "title", "description", "$defs"}}
    alternatives = told.get("anyOf", [])
    if alternatives and all(set(each) == {"type"} for each in alternatives):
        told["type"] = [each["type"] for each in told.pop("anyOf")]
    if told.get("additionalProperties") is False or told.get("items") is False:
        told = {key: value for key, value in told.items() if value is not False or key == "default"}
    for unordered in {"enum", "required"} & set(told):
        told[unordered] = sorted(told[unordered])
    properties = {name: structure(each, resolve) for name, each in told.pop("properties", {}).items()}
    return {key: structure(value, resolve) for key, value in told.items()} | {"properties": properties}


def in_files(name):
    def resolve(ref):
        file, _, pointer = ref.partition("#/$defs/")
        again = in_files(file) if file else resolve
        whole = FILES[file or name]
        return (whole["$defs"][pointer] if pointer else whole), again

    return resolve


def in_code(of):
    """The type's schema as msgspec derives it, and what resolves its references."""
    (_, definitions) = msgspec.json.schema_components([of])
    definitions = json.loads(json.dumps(definitions))  # tuples of defaults become arrays

    def resolve(ref):
        return definitions[ref.rpartition("/")[2]], resolve

    return definitions[of.__name__], resolve


@pytest.mark.parametrize("name", TYPES)
def test_a_schema_file_demands_what_the_type_in_the_code_demands(name):
    assert structure(FILES[name + ENDING], in_files(name + ENDING)) == structure(*in_code(TYPES[name]))


def test_the_comparison_sees_a_field_of_another_type():
    changed = copy.deepcopy(FILES["command" + ENDING])
    changed["properties"]["by"]["type"] = "integer"
    assert structure(changed, in_files("command" + ENDING)) != structure(*in_code(Command))


def test_the_headers_of_a_letter_are_those_of_the_code():
    ours = FILES["letter" + ENDING]["properties"]
    assert set(ours) == {letters.OURS + field.name for field in msgspec.structs.fields(letters.Letter)}
    assert ours["argus-stage"]["enum"] == list(get_args(Stage))


def test_every_schema_file_is_a_valid_schema_of_2020_12():
    for schema in FILES.values():
        assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
        jsonschema.Draft202012Validator.check_schema(schema)


def parts(schema: Any, place: str) -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(schema, dict):
        yield place, schema
        for key, value in schema.items():
            yield from parts(value, f"{place}/{key}")
    elif isinstance(schema, list):
        for index, value in enumerate(schema):
            yield from parts(value, f"{place}/{index}")


PARTS = [(place, part) for name, schema in FILES.items() for place, part in parts(schema, name)]


def test_every_object_and_every_tuple_is_closed():
    open_objects = [
        place for place, part in PARTS if part.get("type") == "object" and "additionalProperties" not in part
    ]
    open_tuples = [place for place, part in PARTS if "prefixItems" in part and part.get("items") is not False]
    assert open_objects + open_tuples == []


def test_every_field_is_described():
    silent = [
        f"{place}/{field}"
        for place, part in PARTS
        for field, each in part.get("properties", {}).items()
        if place.rpartition("/")[2] != "properties" and not each.get("description")
    ]
    silent += [
        f"{place}/{index}"
        for place, part in PARTS
        if not place.endswith("/parts/items")  # pairs, told one level up
        for index, each in enumerate(part.get("prefixItems", []))
        if not each.get("description")
    ]
    assert silent == []


def test_every_schema_is_used_by_a_topic_or_by_another_schema():
    mentioned = json.dumps(FILES)
    used = {topic.schema for topic in TOPICS.values()}
    assert [name for name in FILES if name.removesuffix(ENDING) not in used and f'"{name}' not in mentioned[1:]] == []


@pytest.mark.parametrize("topic", [topic for topic in TOPICS.values() if topic.schema], ids=lambda topic: topic.name)
def test_every_schema_that_a_topic_names_exists(topic):
    assert topic.schema + ENDING in FILES


def test_every_topic_of_messages_has_an_example():
    shown = {example.parent.name for example in EXAMPLES}
    messages = {name for name, topic in TOPICS.items() if topic.schema and not name.endswith(DEAD_LETTERS)}
    assert messages - shown == set()
    assert {TOPICS[name].schema for name in shown} == {topic.schema for topic in TOPICS.values() if topic.schema}


@pytest.mark.parametrize("example", EXAMPLES, ids=example_id)
def test_an_example_is_valid(example):
    assert list(validator(schema_of(example)).iter_errors(json.loads(example.read_text()))) == []


@pytest.mark.parametrize("example", [each for each in EXAMPLES if schema_of(each) in TYPES], ids=example_id)
def test_an_example_read_by_the_code_loses_nothing(example):
    value = msgspec.json.decode(example.read_bytes(), type=TYPES[schema_of(example)])
    assert json.loads(msgspec.json.encode(value)) == json.loads(example.read_text())


@pytest.mark.parametrize("example", [each for each in EXAMPLES if schema_of(each) == "letter"], ids=example_id)
def test_the_origins_of_a_letter_are_origins(example):
    rule = FILES["letter" + ENDING]["properties"]["argus-origins"]["contentSchema"]
    origins = json.loads(json.loads(example.read_text())["argus-origins"])
    assert list(jsonschema.Draft202012Validator(rule, registry=REGISTRY).iter_errors(origins)) == []


@pytest.mark.parametrize("example", [each for each in EXAMPLES if schema_of(each) == "letter"], ids=example_id)
def test_a_letter_read_by_the_code_loses_nothing(example):
    written = [(name, text.encode()) for name, text in json.loads(example.read_text()).items()]
    theirs = [header for header in written if not header[0].startswith(letters.OURS)]
    again = dict(letters.headers(letters.read(written), theirs))
    expected = dict(written)
    assert json.loads(again.pop("argus-origins")) == json.loads(expected.pop("argus-origins"))
    assert again == expected


def spoilt(value: Any) -> Iterator[Any]:
    """The message with one field of a wrong type or one field too many, at every place in turn."""
    if isinstance(value, dict):
        yield value | {"argus-unknown": WRONG}
        for key, each in value.items():
            yield from (value | {key: bad} for bad in (WRONG, *spoilt(each)))
    elif isinstance(value, list):
        yield [*value, WRONG]
        for index, each in enumerate(value):
            yield from ([*value[:index], bad, *value[index + 1 :]] for bad in (WRONG, *spoilt(each)))


@pytest.mark.parametrize("example", EXAMPLES, ids=example_id)
def test_a_message_with_an_unknown_field_or_a_wrong_type_is_refused(example):
    closed = validator(schema_of(example))
    message = json.loads(example.read_text())
    assert [bad for bad in spoilt(message) if closed.is_valid(bad)] == []


@pytest.mark.parametrize("example", EXAMPLES, ids=example_id)
def test_a_message_without_a_required_field_is_refused(example):
    closed = validator(schema_of(example))
    message = json.loads(example.read_text())
    for field in closed.schema["required"]:
        assert not closed.is_valid({key: value for key, value in message.items() if key != field}), field


PLAIN = {
    int: st.integers(-(2**63), 2**63 - 1),
    float: st.floats(allow_nan=False, allow_infinity=False),
    str: st.text(max_size=8),
    bool: st.booleans(),
    type(None): st.none(),
}


def values(of: Any) -> st.SearchStrategy[Any]:
    """Any value of a type of the wire."""
    arguments = get_args(of)
    match get_origin(of):
        case origin if origin is Annotated:
            any_value = bounded(*arguments)
        case None if issubclass(of, msgspec.Struct):
            any_value = st.builds(of, **{field.name: values(field.type) for field in msgspec.structs.fields(of)})
        case None:
            any_value = PLAIN[of]
        case origin if origin is Literal:
            any_value = st.sampled_from(arguments)
        case origin if origin is dict:
            any_value = st.dictionaries(*map(values, arguments), max_size=2)
        case origin if origin is tuple and arguments[-1] is Ellipsis:
            any_value = st.lists(values(arguments[0]), max_size=2).map(tuple)
        case origin if origin is tuple:
            any_value = st.tuples(*map(values, arguments))
        case _:
            any_value = st.one_of(*map(values, arguments))
    return any_value


def bounded(of: Any, bounds: msgspec.Meta) -> st.SearchStrategy[Any]:
    """Any value of a plain type inside its bounds."""
    return st.integers(bounds.ge, bounds.le) if of is int else st.text(max_size=min(bounds.max_length or 8, 8))


@pytest.mark.parametrize("name", TYPES)
def test_whatever_the_code_encodes_is_valid(name):
    schema = validator(name)

    @settings(max_examples=25, deadline=None)
    @given(values(TYPES[name]))
    def valid(message):
        assert list(schema.iter_errors(json.loads(msgspec.json.encode(message)))) == []

    valid()


@settings(max_examples=25, deadline=None)
@given(values(letters.Letter).filter(lambda letter: letter.reason))
def test_whatever_letter_the_code_writes_is_valid(letter):
    headers = {name: value.decode() for name, value in letters.headers(letter, [("ce_id", b"1")])}
    assert list(validator("letter").iter_errors(headers)) == []
