"""Whatever a page's texts are, they are shown and do nothing: in HTML, in Markdown, and in Markdown taken for HTML."""

import html as entities
import re
from html.parser import HTMLParser
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from argus_streams.core.analysis.plain import one_line
from argus_streams.core.reports import html, markdown
from argus_streams.core.reports.page import LINE, TEXT, Caution, Code, Facts, Grid, Page, Points, Prose, Section

HOSTILE = [
    "<script>alert(1)</script>",
    "</title><script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "<!-- --> <![CDATA[ ]]> <?php ?>",
    "[click](javascript:alert(1))",
    '[click](https://evil.example "title")',
    "![pixel](https://evil.example/p.png)",
    "[id]: https://evil.example",
    "<https://evil.example>",
    "https://evil.example and www.evil.example and someone@evil.example",
    "`code` ``more`` ```fence",
    "**bold** __bold__ *em* _em_ ~~gone~~",
    "a | b | c",
    "\\| \\` \\\\ \\",
    "# heading", "- item", "+ item", "1. item", "2) item", "> quote", "=====", "---", "***", "___", "    code",
    "&lt;script&gt; &amp; &#x3c; &copy;",
    "$x^2$ ~sub~ {{ 7 * 7 }} ${7*7}",
    "line\nbreak\n\n# heading\r\n<b>",
    "\x1b[31mred\x07 \x00 \u202egnirts \u200bzero \u2028 \ue000",
    "snake_case_name __init__.py List<String> a < b && c > d",
    "data:text/html;base64,PHNjcmlwdD4=",
    "",
    " ",
    "🙂 söhne 日本",
    "\ud83d",
]  # fmt: skip
TAGS = {
    "html", "head", "meta", "title", "style", "body", "h1", "section", "h2", "dl", "dt", "dd", "p", "strong", "ul",
    "li", "table", "thead", "tbody", "tr", "th", "td", "code",
}  # fmt: skip


def page(text):
    """A page with the text in every place."""
    blocks = (
        Facts(((text, text), ("name", text))),
        Prose(text),
        Caution(text),
        Points((text, text)),
        Grid((text, "head"), ((text, "cell"), ("cell", text), (Code(text), "cell"))),
    )
    return Page(text, (Section(text, blocks),))


KINDS = {
    "heading", "inline", "text", "paragraph", "bullet_list", "list_item", "strong", "blockquote",
    "table", "thead", "tbody", "tr", "th", "td", "code_inline",
}  # fmt: skip
PLACES = 8  # headings, paragraph, points and cells show the text as it is


class Seen(HTMLParser):
    """Which tags and attributes a document has, and its texts."""

    def __init__(self, document):
        super().__init__(convert_charrefs=True)
        self.tags, self.attributes, self.texts = set(), set(), []
        self.feed(document)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes |= set(attrs)

    def handle_comment(self, _):
        self.tags.add("comment")

    def handle_pi(self, _):
        self.tags.add("instruction")

    def unknown_decl(self, _):
        self.tags.add("declaration")

    def handle_data(self, data):
        self.texts.append(data)


def words(text):
    """The text as it is to be seen, without the white space that a browser joins."""
    return " ".join(one_line(text).split())


def tokens(document):
    reader = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    return [inner for token in reader.parse(document) for inner in (token, *(token.children or ()))]


ANY = st.one_of(
    st.text(max_size=60),
    st.text(alphabet="<>[]()!`*_~|\\#-+.=&:/@\"' \nwahtps1", max_size=60),
    st.lists(st.sampled_from(HOSTILE), max_size=3).map(lambda texts: "".join(texts)[:LINE]),
)


class Shown(NamedTuple):
    """What a reader of a document finds beside what we wrote, and how often the text as it is to be seen."""

    strange: set[object]
    whole: int


def in_html(text):
    plain, seen = Seen(html.written(page("plain"))), Seen(html.written(page(text)))
    return Shown(
        seen.tags - TAGS | seen.attributes ^ plain.attributes, [words(each) for each in seen.texts].count(words(text))
    )


def in_markdown(text):
    document = markdown.written(page(text))
    found = tokens(document)
    kinds = {token.type.removesuffix("_open").removesuffix("_close") for token in found}
    told = [words("".join(child.content for child in token.children or ())) for token in found if token.children]
    wanted = words(text)
    framed = not wanted or {f"Beware: {wanted}", f"name: {wanted}"} <= set(told)
    return Shown(kinds - KINDS | Seen(document).tags, told.count(wanted) if framed else 0)


@pytest.mark.parametrize("text", HOSTILE)
def test_html_has_no_tag_of_a_text(text):
    shown = in_html(text)
    assert not shown.strange
    assert shown.whole or not words(text)


@pytest.mark.parametrize("text", HOSTILE)
def test_markdown_has_no_markup_of_a_text(text):
    shown = in_markdown(text)
    assert not shown.strange
    assert shown.whole >= PLACES or not words(text)


@given(ANY)
def test_no_text_at_all_is_html(text):
    shown = in_html(text)
    assert not shown.strange
    assert shown.whole or not words(text)


@given(ANY)
def test_no_text_at_all_is_markdown(text):
    shown = in_markdown(text)
    assert not shown.strange
    assert shown.whole >= PLACES or not words(text)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("cy.get('#pay')", "`cy.get('#pay')`"),
        ("`#x`", "`` `#x` ``"),
        ("a ``b`` c", "```a ``b`` c```"),
        ("a|b", "`a\\|b`"),
        ("a\\|b", "a\\\\\\|b"),
        ("//a[2<3]", "//a\\[2&lt;3\\]"),
    ],
)
def test_code_is_fenced_so_that_it_can_be_copied(text, shown):
    document = markdown.written(Page("p", (Section("s", (Grid(("head",), ((Code(text),),)),)),)))
    assert document.endswith(f"| --- |\n| {shown} |\n")
    assert words(text) in ["".join(child.content for child in token.children or ()) for token in tokens(document)]


@pytest.mark.parametrize("written", [html.written, markdown.written])
@pytest.mark.parametrize("text", ["x" * 1_000_000, "<" * 1_000_000, "a\n" * 500_000, "`" * 1_000_000, "\\" * 1_000_000])
def test_a_text_of_a_million_characters_is_cut(written, text):
    document = written(page(text))
    assert len(document) < 10 * (TEXT + LINE) * 6
    assert "…" in document


@pytest.mark.parametrize("text", HOSTILE)
def test_html_fetches_nothing_and_links_nowhere(text):
    document = html.written(page(text))
    outside = re.sub(r">[^<]*<", "><", document)  # what stands between tags is text
    assert not re.search(r"\b(src|href|url|action|style|on\w+)\s*=|@import|url\(", outside)
    assert "default-src 'none'" in entities.unescape(document)


@pytest.mark.parametrize("text", ["https://evil.example", "www.evil.example", "a@evil.example"])
def test_no_dialect_of_markdown_finds_an_address(text):
    document = re.sub("`.*?`", "", markdown.written(page(text)))  # nobody looks for addresses in code
    assert not re.search(r"[^\\\\]://", document)
    assert "www." not in document
    assert not re.search(r"[^\\]@", document)
