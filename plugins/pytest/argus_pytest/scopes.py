"""Which page a locator is looked for on."""

import re
from urllib.parse import urlsplit

LONGEST = 300  # characters
# as `argus_streams.core.healing` has it: a part of a path that is somebody's id
_ID = re.compile(
    r"[0-9]+|[0-9a-fA-F]{8,}|[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
    r"|[^@%]+(?:@|%40)[^@%]+|(?=(?:[^0-9]*[0-9]){2})(?=[^A-Z]*[A-Z])[A-Za-z0-9._~=-]{20,}"
)


def scope_of(url: str) -> str:
    """The path of a URL with ``*`` for ids; empty where it has none."""
    try:
        path = urlsplit(url).path
    except ValueError:  # brackets that are no IPv6 address
        return ""
    return "/".join("*" if _ID.fullmatch(part) else part for part in path.split("/"))[:LONGEST]
