"""A broken locator and the elements that it may have meant, as fields for a model."""

from collections.abc import Iterator, Sequence

from argus_streams.core.analysis.private import Redactor
from argus_streams.core.elements import Element
from argus_streams.core.repairs import RepairQuestion

_Fields = Sequence[tuple[str, str]]
_ATTRIBUTES = 8  # of an element, in the order of their names
_VALUE = 100  # characters


def described(question: RepairQuestion, redactor: Redactor) -> Iterator[tuple[int, _Fields]]:
    """What is told, in the order in which it is read: a rank, 0 is told first, and fields by name.

    An element is told by its number, counted from 1; one that may not be chosen is told as such, for it may be why
    another is not meant.
    """
    decision = question.decision
    yield (
        0,
        (
            ("test", redactor.text(decision.test)),
            ("page or component", redactor.address(decision.scope)),
            ("locator that finds nothing any more", redactor.text(decision.locator)),
            ("what the test said", redactor.text(question.message, 600)),
        ),
    )
    if question.target is not None:
        yield 0, (("element that it found before", ""), *_element(question.target, redactor))
    for number, proposal in enumerate(decision.proposals, 1):
        if proposal.element is not None:
            barred = "" if proposal.healed else " (it is not to be used: hidden, disabled or not the only one)"
            head = (f"element {number}{barred}", f"<{redactor.text(proposal.element.tag, 40)}>")
            yield 1, (head, *_element(proposal.element, redactor))


def _element(element: Element, redactor: Redactor) -> _Fields:
    text = redactor.text
    attributes = redactor.tags(element.attributes)[:_ATTRIBUTES]
    return (
        ("  tag", text(element.tag, 40)),
        ("  role", text(element.role, 40)),
        ("  label", text(element.label, _VALUE)),
        ("  text", text(" ".join(element.visible_text), 2 * _VALUE)),
        ("  id", text(element.id, _VALUE)),
        ("  name", text(element.name, _VALUE)),
        ("  classes", text(" ".join(element.class_list), 2 * _VALUE)),
        ("  target", redactor.address(element.href)[: 2 * _VALUE]),
        ("  picture", text(element.alt, _VALUE)),
        ("  inside", text(element.landmark, _VALUE)),
        ("  text around it", text(" ".join(element.neighbor_text), 2 * _VALUE)),
        *((f"  attribute {name}", value) for name, value in attributes),
        ("  path", text(element.id_xpath or element.xpath, 2 * _VALUE)),
    )
