"""Elements to compare, and how hypothesis makes them."""

from functools import cache

from hypothesis import strategies as st

from argus_streams.adapters.similarity import load_ranker
from argus_streams.core.elements import Box, Element
from argus_streams.core.healing.similarity.ranking import located

ranker = cache(load_ranker)

_TEXTS = st.text(max_size=12)
_WORDS = st.lists(st.sampled_from(["Sign", "in", "Log", "out", "Help", "Größe", "搜索"]) | _TEXTS, max_size=4)
_NUMBERS = st.none() | st.floats(-1e5, 1e5) | st.sampled_from([0.0, 1e308, -1e308])
_STEPS = st.sampled_from(["/div[1]", "/ul[1]", "/li[3]", "/a[2]", "/form[1]", '/*[local-name() = "svg"][1]', "/x", "["])
_PATHS = st.lists(_STEPS, max_size=6).map("".join) | _TEXTS

anything = st.builds(
    Element,
    tag=st.sampled_from(["A", "BUTTON", "input", "svg", ""]) | _TEXTS,
    id=st.none() | _TEXTS,
    name=st.none() | _TEXTS,
    class_list=_WORDS.map(tuple),
    href=st.none() | st.sampled_from(["https://shop.example/help?x=1#y", "/help/", "#", "mailto:a@b"]) | _TEXTS,
    alt=st.none() | _TEXTS,
    xpath=_PATHS,
    id_xpath=st.none() | st.sampled_from(['id("nav")/a[1]', "//*[@id='nav']/a[2]", "id("]) | _PATHS,
    is_button=st.booleans(),
    location=st.builds(Box, x=_NUMBERS, y=_NUMBERS, width=_NUMBERS, height=_NUMBERS),
    area=_NUMBERS,
    shape=_NUMBERS,
    visible_text=_WORDS.map(tuple),
    neighbor_text=_WORDS.map(tuple),
    role=st.none() | st.sampled_from(["link", "button"]) | _TEXTS,
    label=st.none() | _TEXTS,
    attributes=st.dictionaries(st.sampled_from(["data-testid", "title", "type"]) | _TEXTS, _TEXTS, max_size=3),
    landmark=st.none() | _TEXTS,
)


def link(text, at=1, **more):
    """A link of a navigation."""
    told = {
        "tag": "A",
        "visible_text": tuple(text.split()),
        "href": f"https://shop.example/{text.lower()}",
        "class_list": ("nav-link",),
        "xpath": f"/html[1]/body[1]/header[1]/nav[1]/ul[1]/li[{at}]/a[1]",
        "id_xpath": f"//*[@id='top']/nav[1]/ul[1]/li[{at}]/a[1]",
        "location": Box(x=100.0 * at, y=20, width=80, height=30),
        "area": 2400,
        "shape": 266,
    }
    return Element(**{**told, **more})


def only(target, candidates):
    """What is decided about one target."""
    return located(ranker(), [target], candidates)[0]
