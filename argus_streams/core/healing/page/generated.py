"""Names that a tool made up, or that say how an element is just now: what holds on to them breaks with a build."""

import re

_MADE = re.compile(
    r"^(?:ember|react-aria|radix|headlessui|mui|cdk|mat|ng|gwt|yui|ext|select2|mantine|chakra|rc|el-id|input|field|id"
    r"|__BVID)[-_:]*\w*?\d"  # counters of frameworks
    r"|^:|«|^\d|\d{4}"  # React's useId; numbers
    r"|(?:^|[-_])(?=[A-Za-z]*\d+[A-Za-z])[A-Za-z0-9]{5,}(?:[-_]|$)"  # letters and digits: a hash
    r"|[0-9a-f]{8}-[0-9a-f]{4}|\{\{|\$\{",
)
_BUILT = re.compile(
    r"^(?:css|sc|jss|emotion|svelte|astro|tss|e)-?(?:[A-Za-z0-9]*\d|[a-z]+[A-Z])"  # css-1x2y3z, sc-bdVaJa
    r"|^(?:makeStyles|Mui\w+)-\w+-\d+|__\w*[-_]{2}[\w+/-]{5}$|^_[\w-]+_\w{5,}_\d+$|_[A-Za-z0-9+/]{5}$|^[a-zA-Z]{1,2}$"
)
_STATE = re.compile(
    r"^(?:is|has|ng|v)-|^(?:in)?active$|(?:^|[-_])(?:selected|disabled|enabled|open|opened|closed|hover|focus(?:ed)?|visible"
    r"|hidden|shown?|hide|loading|loaded|current|checked|expanded|collapsed|dirty|invalid|valid|error)$"
)
_UTILITY = re.compile(  # of Tailwind and Bootstrap: how it looks, shared with all that look so
    r"[:\[\]/!]|^-?(?:[mp][trblxy]?|w|h|min|max|gap|top|left|right|bottom|inset|z|order|col|row|grid|flex|text|font|bg"
    r"|border|rounded|shadow|opacity|leading|tracking|space|divide|ring|fill|stroke|cursor|overflow|items|justify|self"
    r"|content|align|float|d|transition|duration|ease|animate|object|whitespace|break|select|pointer|sr|size)-"
    r"|^(?:flex|grid|block|inline|relative|absolute|fixed|sticky|static|container|row|col|truncate|uppercase|lowercase"
    r"|capitalize|underline|italic|border|rounded|shadow|clearfix|transition|invisible|collapse)$"
)
_VOWEL = re.compile(r"[aeiouy]", re.IGNORECASE)


def is_generated(identifier: str) -> bool:
    """Whether an id or a test id looks as if it were another one tomorrow."""
    return _MADE.search(identifier) is not None


def is_stable_class(name: str) -> bool:
    """Whether a class says what an element is: neither a build's, nor its state, nor how it looks."""
    made = _BUILT.search(name) or _STATE.search(name) or _UTILITY.search(name) or is_generated(name)
    return not made and _VOWEL.search(name) is not None
