"""What people write above their report: Markdown in, a handful of harmless tags out."""

from __future__ import annotations

from functools import lru_cache

import nh3
from markdown_it import MarkdownIt
from markupsafe import Markup

from core.document.tokens import LIGHT

_TAGS = {"p", "br", "strong", "em", "a", "ul", "ol", "li", "code", "blockquote", "h1", "h2", "h3", "hr"}
# Mail clients strip style sheets or not; styles at the tag always arrive.
_STYLES = {
    "p": "margin:0 0 12px",
    "ul": "margin:0 0 12px;padding-left:22px",
    "ol": "margin:0 0 12px;padding-left:22px",
    "h1": "margin:0 0 8px;font-size:17px;line-height:24px",
    "h2": "margin:0 0 8px;font-size:16px;line-height:22px",
    "h3": "margin:0 0 8px;font-size:15px;line-height:20px",
    "blockquote": "margin:0 0 12px;padding-left:12px;border-left:3px solid #E4E7EC",
    "code": "font-size:13px",
}


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False, "breaks": True})


def markdown_html(text: str, *, link: str = LIGHT.link, is_rtl: bool = False) -> Markup:
    """Safe HTML with its styles at the tags; raw HTML in the text is shown as text, pictures are dropped.

    `link` is the colour of links.
    """
    clean = nh3.clean(
        _parser().render(text.strip()),
        tags=_TAGS,
        attributes={"a": {"href"}},
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer",
    )
    for tag, style in _STYLES.items():
        style = style.replace("left", "right") if is_rtl else style
        clean = clean.replace(f"<{tag}>", f'<{tag} style="{style}">')
    # Safe: the cleaner's whitelist has passed every tag and attribute, the styles are ours.
    return Markup(clean.replace("<a ", f'<a class="br" style="color:{link}" '))  # noqa: S704
