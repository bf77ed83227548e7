"""Light Markdown as safe HTML: for public texts, and for what bidders write to be read by others.

Raw HTML, images and tables are off. Links lead only to places a browser may safely follow (the
library's own rule), and tell neither search engines nor the page they lead to anything of ours.
"""

from markdown_it import MarkdownIt
from markupsafe import Markup

_TAGS = {"p", "ul", "ol", "li", "strong", "em", "a", "code", "blockquote", "br", "h3", "h4"}


def _reader(*, breaks: bool) -> MarkdownIt:
    reader = MarkdownIt(
        "js-default", {"html": False, "linkify": False, "typographer": False, "breaks": breaks}
    )
    return reader.disable(["image", "table", "html_block", "html_inline"])


_PLAIN, _BREAKING = _reader(breaks=False), _reader(breaks=True)


def markdown(text: str | None, *, breaks: bool = False) -> Markup:
    """Render light Markdown (paragraphs, headings, lists, emphasis, links) as safe HTML.

    Headings begin at the third level, because the page around the text has the first two. With
    `breaks` the end of a line stays one, as whoever wrote without thinking of Markdown meant it.
    """
    import nh3

    reader = _BREAKING if breaks else _PLAIN
    tokens = reader.parse(text or "")
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = "h3" if token.tag in ("h1", "h2", "h3") else "h4"
    html = reader.renderer.render(tokens, reader.options, {})
    clean = nh3.clean(
        html,
        tags=_TAGS,
        attributes={"a": {"href"}},
        url_schemes={"http", "https", "mailto"},
        link_rel="nofollow noopener noreferrer",
    )
    return Markup('<div class="fw-prose" dir="auto">' + clean + "</div>")  # noqa: S704  (nh3 has cleaned it)
