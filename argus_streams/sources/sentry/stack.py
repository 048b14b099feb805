"""Exceptions and their frames, wherever an SDK puts them; Sentry's own order is ours: causes and callers first."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from argus_streams.core.events import ExceptionInfo, Frame
from argus_streams.core.fields import integer, listing, mapping, text


def exceptions(event: Mapping[str, Any]) -> tuple[ExceptionInfo, ...]:
    """The chain, causes first; a stack told apart from it goes to the exception raised last.

    SDKs put a stack at the event's top (old ones, and log lines with ``attach_stacktrace``) or into ``threads``.
    """
    told = values(event.get("exception") or event.get("sentry.interfaces.Exception"))
    chain = tuple(found for raw in told if (found := _exception(raw)) is not None)
    if any(exception.frames for exception in chain):
        return chain
    spare = _frames(event.get("stacktrace") or event.get("sentry.interfaces.Stacktrace"))
    spare = spare or _thread_frames(event.get("threads"), mapping(told[-1]).get("thread_id") if told else None)
    if not spare:
        return chain
    if not chain:
        return (ExceptionInfo(frames=spare),)
    return (*chain[:-1], msgspec.structs.replace(chain[-1], frames=spare))


def values(interface: object) -> Sequence[Any]:
    """The entries of an interface, which SDKs send as ``{values: […]}``, as a list, or as the one entry itself."""
    if isinstance(interface, dict):
        return listing(interface["values"]) if "values" in interface else (interface,)
    return listing(interface)


def _exception(raw: object) -> ExceptionInfo | None:
    """One exception, or ``None`` where nothing of it is told."""
    if not isinstance(raw, dict):
        return None
    kind, value, frames = text(raw.get("type")), text(raw.get("value")), _frames(raw.get("stacktrace"))
    if kind is None and value is None and not frames:
        return None
    module, mechanism = text(raw.get("module")), raw.get("mechanism")
    if not isinstance(mechanism, dict):
        return ExceptionInfo(kind, value, module, frames)
    return ExceptionInfo(
        kind,
        value,
        module,
        frames,
        mechanism.get("synthetic") is True,
        integer(mechanism.get("exception_id")),
        integer(mechanism.get("parent_id")),
        mechanism.get("is_exception_group") is True,
    )


def _frames(stacktrace: object) -> tuple[Frame, ...]:
    """The frames of a stack, which Sentry orders as we do: the crashing one last."""
    if not isinstance(stacktrace, dict):
        return ()
    return tuple(found for raw in listing(stacktrace.get("frames")) if (found := _frame(raw)) is not None)


def _frame(raw: object) -> Frame | None:
    """One call, or ``None`` where nothing of it is told; an address alone is a call that no symbol file explains."""
    if not isinstance(raw, dict):
        return None
    get = raw.get  # a reader is called for what is there alone: most frames tell three fields of eight
    function = text(name) if (name := get("function") or get("symbol")) else None
    if function == "?":  # how the JavaScript SDKs spell "unknown"
        function = None
    module = text(name) if (name := get("module")) else None
    package = text(name) if (name := get("package")) else None
    file = text(name) if (name := get("filename") or get("abs_path")) else None
    if not (function or module or package or file) and "instruction_addr" not in raw:
        return None
    in_app = get("in_app")
    return Frame(
        function,
        module,
        file,
        _place(number) if (number := get("lineno")) else None,
        _place(number) if (number := get("colno")) else None,
        in_app if isinstance(in_app, bool) else None,
        text(line) if (line := get("context_line")) else None,
        package,
    )


def _place(number: object) -> int | None:
    """A line or column, counted from 1; Unity sends 0 and -1 for unknown ones."""
    found = integer(number)
    return found if found is not None and found > 0 else None


def _thread_frames(threads: object, raising: object) -> tuple[Frame, ...]:
    """The stack of the one thread that can be meant: crashed, else raising, else current, else alone; never a guess."""
    stacks = [(raw, found) for raw in values(threads) if (found := _frames(mapping(raw).get("stacktrace")))]
    named = [frames for raw, frames in stacks if raising is not None and raw.get("id") == raising]
    crashed = [frames for raw, frames in stacks if raw.get("crashed") is True]
    current = [frames for raw, frames in stacks if raw.get("current") is True]
    for meant in (crashed, named, current, [frames for _, frames in stacks]):
        if len(meant) == 1:
            return meant[0]
    return ()
