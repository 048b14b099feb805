"""The elements of HTML and SVG that tests name."""

TAGS = frozenset(
    {
        *("a", "abbr", "address", "area", "article", "aside", "audio", "b", "blockquote", "body", "br", "button"),
        *("canvas", "caption", "circle", "code", "col", "colgroup", "datalist", "dd", "details", "dialog", "div"),
        *("dl", "dt", "em", "embed", "fieldset", "figcaption", "figure", "footer", "form", "g", "h1", "h2", "h3"),
        *("h4", "h5", "h6", "head", "header", "hr", "html", "i", "iframe", "image", "img", "input", "label", "legend"),
        *("li", "line", "link", "main", "map", "mark", "menu", "meta", "meter", "nav", "object", "ol", "optgroup"),
        *("option", "output", "p", "path", "picture", "polygon", "pre", "progress", "q", "rect", "s", "script"),
        *("section", "select", "slot", "small", "source", "span", "strong", "style", "sub", "summary", "sup", "svg"),
        *("table", "tbody", "td", "template", "text", "textarea", "tfoot", "th", "thead", "time", "title", "tr"),
        *("track", "u", "ul", "use", "var", "video", "*"),
    }
)
