"""HTML as elements: what is told of each, and what becomes of pages that are none."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from lxml import etree, html

from argus_streams.core.elements import Element
from argus_streams.core.healing.page.snapshot import Page, snapshot

SHOP = """<!doctype html><html><head><title> A small
  shop</title><script>let x = "<p>no</p>"</script></head><body>
<nav aria-label="Main"><a href="/" class="btn home">Ho<b>me</b></a> <a href="/cart">Cart <i aria-hidden="true">cart</i></a></nav>
<main><form id="order"><label for="who">Your name</label><input id="who" name="buyer" value="Ada" placeholder="Name">
<label>Word <input type="password" value="hunter2" id="word"></label>
<fieldset disabled><legend>Sending <button id="help">Help</button></legend><button data-testid="buy">Buy <img src="n.png" alt="now"></button></fieldset>
<select id="size"><option value="s">Small</option></select><textarea id="note">typed by Ada</textarea></form>
<details><summary>More</summary><p id="more">Rest</p></details><p id="gone" style="display: none">Gone</p>
<p id="veil" style="visibility:hidden">a<span id="seen" style="visibility:visible">b</span></p></main>
<iframe id="pay" srcdoc="<button>Pay</button>"></iframe><iframe src="https://bank.example/x"></iframe>
<x-card><template shadowrootmode="open"><button class="in">Inner</button></template></x-card>
<svg><title>Close</title></svg><input type="submit" id="go" value="Send"><input type="hidden" name="csrf" value="s3cr3t">
</body></html>"""  # noqa: E501


def _by(page: Page, **wanted: object) -> Element:
    return next(each for each in page.elements if all(getattr(each, name) == value for name, value in wanted.items()))


@pytest.fixture(scope="module", name="shop")
def _shop() -> Page:
    return snapshot(SHOP)


def test_an_element_is_told_as_a_browser_would_tell_it(shop):
    home = _by(shop, href="/")

    assert (home.tag, home.class_list, home.is_button) == ("A", ("btn", "home"), True)
    assert home.xpath == "/html[1]/body[1]/nav[1]/a[1]"
    assert (home.role, home.label, home.visible_text) == ("link", "Home", ("Home",))
    assert home.landmark == 'navigation "Main"'
    assert home.neighbor_text[:2] == ("Cart", "cart")
    assert shop.title == "A small shop"


def test_paths_begin_at_the_nearest_id(shop):
    assert _by(shop, id="help").id_xpath == 'id("help")'
    assert _by(shop, tag="LEGEND").id_xpath == 'id("order")/fieldset[1]/legend[1]'


@pytest.mark.parametrize(
    ("of", "name"),
    [
        ({"id": "who"}, "Your name"),  # a label that refers to it
        ({"id": "word"}, "Word"),  # a label around it
        ({"href": "/cart"}, "Cart"),  # content that is not silent
        ({"attributes": {"data-testid": "buy"}}, "Buy now"),
        ({"id": "go"}, "Send"),
        ({"role": "group", "enabled": False}, "Sending Help"),
    ],
)
def test_names_are_those_of_the_accessibility_tree(shop, of, name):
    assert _by(shop, **of).label == name


def test_what_markup_hides_is_not_visible_and_of_the_rest_nobody_knows(shop):
    hidden = {each.id for each in shop.elements if each.visible is False and each.id}

    assert hidden == {"more", "gone", "veil"}
    assert _by(shop, id="seen").visible is None
    assert _by(shop, name="csrf").visible is False
    assert _by(shop, id="more").visible_text == ("Rest",)


def test_a_disabled_field_set_disables_all_but_its_legend(shop):
    assert _by(shop, attributes={"data-testid": "buy"}).enabled is False
    assert _by(shop, id="help").enabled is True
    assert _by(shop, id="gone").enabled is None


def test_what_a_person_typed_is_not_told(shop):
    told = repr(shop.elements)

    assert not any(typed in told for typed in ("hunter2", "Ada", "s3cr3t"))
    assert _by(shop, id="go").visible_text == ("Send",)


def test_frames_and_shadow_roots_are_entered_where_the_snapshot_holds_them(shop):
    assert _by(shop, label="Pay").frame == _by(shop, id="pay").xpath
    inner = _by(shop, class_list=("in",))
    assert (inner.frame, inner.xpath) == ("/html[1]/body[1]/x-card[1]/shadow-root", "/button[1]")
    assert any("bank.example" in note for note in shop.notes)


def test_pictures_of_lines_are_told_as_browsers_tell_them(shop):
    assert _by(shop, tag="svg").xpath == '/html[1]/body[1]/*[local-name() = "svg"][1]'


@pytest.mark.parametrize(
    ("source", "note"),
    [
        ("", "empty"),
        (b" \n\t", "empty"),
        ('{"a": 1}', "no HTML"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "no HTML"),
        ("<!-- <b> -->", "no element in it"),
    ],
)
def test_what_is_no_page_is_told_to_be_none(source, note):
    page = snapshot(source)

    assert page.elements == ()
    assert note in page.notes[-1]


@pytest.mark.parametrize(
    ("source", "word"),
    [
        ("<p>Grün".encode(), "Grün"),
        ("<p>Grün".encode("latin-1"), "Grün"),
        ('<meta charset="iso-8859-7"><p>Ωμέγα'.encode("iso-8859-7"), "Ωμέγα"),
        ("\ufeff<p>Grün".encode("utf-16-le"), "Grün"),
        (b'<meta charset="punycode"><p>plain', "plain"),
        (b'<meta charset="iso-8859-12"><p>plain', "plain"),
        ("<p>Gr\x00n\ud800", "Gr\ufffdn?"),
    ],
)
def test_an_encoding_is_told_guessed_or_done_without(source, word):
    assert word in snapshot(source).elements[-1].visible_text


@pytest.mark.parametrize(
    ("source", "note"),
    [
        ("<div>" * 100_000 + "x", "512 elements are nested"),
        ("<a href=x>y" * 150_000, "first 100,000 elements"),
        ("<p>" + "word " * 4_100_000, "cut at 20 MB"),
        ("<div>" * 400 + "x", "XPath is longer"),
        ("<iframe srcdoc='<p>x'></iframe>" * 200, "first 100 frames"),
    ],
)
def test_a_page_beyond_all_bounds_is_cut_and_says_so(source, note):
    assert any(note in each for each in snapshot(source).notes)


@pytest.mark.parametrize(
    "source",
    [
        "<p " + " ".join(f"a{number}=1" for number in range(100_000)) + ">x",
        "<label for=a>x</label>" * 10_000 + "<input id=a>" * 10_000,
        "<b role=button>t" * 500 + "</i>" * 100_000,
        "<p id=a>" + "<i>word</i>" * 10_000 + "</p>" + "<b aria-labelledby='a a a a'></b>" * 10_000,
    ],
)
def test_what_would_take_time_with_its_square_is_read(source):
    assert snapshot(source).elements


def test_a_huge_attribute_is_cut():
    assert len(snapshot(f"<p title='{'x' * 5_000_000}'>y").elements[-1].attributes["title"]) == 500


@given(st.one_of(st.binary(max_size=300), st.text(max_size=300)))
def test_no_snapshot_breaks_it(source):
    assert isinstance(snapshot(source), Page)


_TAGS = st.sampled_from(
    ["div", "p", "a", "button", "ul", "li", "svg", "path", "x-card", "b", "section", "span", "form"]
)


_BROKEN = st.lists(st.sampled_from(["<div>", "</div>", "<p>", "<b>", "</p>", "x", "<td>"])).map("".join)


@st.composite
def _markup(draw: st.DrawFn, depth: int = 0) -> str:
    tag = draw(_TAGS)
    inner = draw(st.lists(_markup(depth + 1), max_size=4 if depth < 3 else 0))
    return f"<{tag}{draw(st.sampled_from(['', ' id=x', ' class=y']))}>{''.join(inner)}t</{tag}>"


@settings(max_examples=200)
@given(st.one_of(_markup(), _BROKEN))
@example("<p><o:p>x</o:p>")
def test_every_path_finds_its_element_again(source):
    page = snapshot(f"<body>{source}")
    root = html.document_fromstring(f"<body>{source}")

    for element in page.elements:
        found = root.xpath(element.xpath)
        assert [each.tag for each in found] == [element.tag.lower()]
        assert found[0].get("id") == element.id
    assert len(page.elements) == sum(1 for each in root.iter() if isinstance(each, etree.ElementBase))
