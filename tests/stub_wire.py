"""What providers of models say on the wire: https://platform.claude.com/docs/en/api/messages, and clouds around it."""

import datetime as dt
import itertools
import json

NUMBERS = itertools.count(1)
ERROR_TYPES = {
    400: "invalid_request_error",
    401: "authentication_error",
    402: "billing_error",
    403: "permission_error",
    404: "not_found_error",
    413: "invalid_request_error",
    422: "invalid_request_error",
    429: "rate_limit_error",
    504: "timeout_error",
    529: "overloaded_error",
}
AMAZON = {
    429: "ThrottlingException",
    400: "ValidationException",
    403: "AccessDeniedException",
    424: "ModelErrorException",
}
GOOGLE = {429: "RESOURCE_EXHAUSTED", 400: "INVALID_ARGUMENT", 403: "PERMISSION_DENIED", 404: "NOT_FOUND"}


def error(provider, status, message):
    """The body of an error, as this provider writes it."""
    match provider:
        case "bedrock":
            return {"message": message, "__type": AMAZON.get(status, "InternalServerException")}
        case "vertex":
            return {"error": {"code": status, "message": message, "status": GOOGLE.get(status, "INTERNAL")}}
        case _:
            return {
                "type": "error",
                "error": {"type": ERROR_TYPES.get(status, "api_error"), "message": message},
                "request_id": f"req_{next(NUMBERS):06}",
            }


def message(model, text, stop_reason, usage):
    """The body of an answer."""
    return {
        "id": f"msg_{next(NUMBERS):06}",
        "type": "message",
        "role": "assistant",
        "model": model,
        "content": [{"type": "text", "text": text}] if text else [],
        "stop_reason": stop_reason,
        "stop_sequence": None,
        "usage": usage,
    }


def usage(*, read, written, cached, output):
    """Tokens: read, written to the cache of five minutes, read from it, and of the answer."""
    return {
        "input_tokens": read,
        "cache_creation_input_tokens": written,
        "cache_creation": {"ephemeral_5m_input_tokens": written, "ephemeral_1h_input_tokens": 0},
        "cache_read_input_tokens": cached,
        "output_tokens": output,
        "service_tier": "standard",
    }


def model_info(model, *, retires_at=None, max_input_tokens=200_000, max_tokens=64_000, structured=True):
    """One of ``/v1/models``; ``retires_at`` in ISO 8601."""
    supported, not_supported = {"supported": True}, {"supported": False}
    return {
        "type": "model",
        "id": model,
        "display_name": model,
        "created_at": "2026-01-01T00:00:00Z",
        "lifecycle": "deprecated" if retires_at else "active",
        "deprecated_at": None,
        "retires_at": retires_at,
        "line": None,
        "max_input_tokens": max_input_tokens,
        "max_tokens": max_tokens,
        "capabilities": {
            "batch": supported,
            "citations": supported,
            "image_input": supported,
            "structured_outputs": supported if structured else not_supported,
        },
    }


def batch(name, counts, *, ended, url):
    """The body of a batch; ``counts`` by the type of result."""
    now = dt.datetime.now(dt.UTC)
    total = sum(counts.values())
    none = dict.fromkeys(("processing", "succeeded", "errored", "canceled", "expired"), 0)
    return {
        "type": "message_batch",
        "id": name,
        "processing_status": "ended" if ended else "in_progress",
        "request_counts": none | (counts if ended else {"processing": total}),
        "created_at": now.isoformat(),
        "expires_at": (now + dt.timedelta(hours=24)).isoformat(),
        "ended_at": now.isoformat() if ended else None,
        "results_url": url if ended else None,
        "archived_at": None,
        "cancel_initiated_at": None,
    }


def filled(schema, text, definitions=None):
    """The smallest value that fits a JSON schema; every free text in it is ``text``."""
    definitions = schema.get("$defs", definitions or {})
    if "$ref" in schema:
        return filled(definitions[schema["$ref"].rpartition("/")[2]], text, definitions)
    if "anyOf" in schema:
        return filled(schema["anyOf"][0], text, definitions)
    if "const" in schema or "enum" in schema:
        return schema["const"] if "const" in schema else schema["enum"][0]
    match schema["type"]:
        case "object":
            return {name: filled(each, text, definitions) for name, each in schema["properties"].items()}
        case "array":
            return [filled(schema["items"], text, definitions)] * schema.get("minItems", 0)
        case other:
            return {"string": text, "boolean": False, "null": None}.get(other, 0)


def told(body):
    """All texts of a request: system and messages."""
    system = body.get("system") or ""
    blocks = [system] if isinstance(system, str) else [block["text"] for block in system]
    for each in body["messages"]:
        content = each["content"]
        blocks.extend([content] if isinstance(content, str) else [block.get("text", "") for block in content])
    return "\n".join(blocks)


def prefix(body):
    """The texts up to the last mark for the cache, as one; empty = there is no mark."""
    system = body.get("system") or []
    marked = isinstance(system, list) and any(block.get("cache_control") for block in system)
    return json.dumps(system) if marked else ""
