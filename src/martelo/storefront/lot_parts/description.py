"""Descriptions of lots: Markdown's safe subset, as HTML.

No HTML of the writer's own, no images, and links as text of their address (auction rules,
section 2): nothing here leads away, loads anything or runs.
"""

from collections.abc import MutableMapping, Sequence
from functools import lru_cache
from typing import Any

from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import OptionsDict

Environment = MutableMapping[str, Any]

DEEPEST_HEADING = 6
HEADINGS_BELOW = 2
"""A lot's page has headings of its own: a writer's first level comes under them."""


class _SafeRenderer(RendererHTML):
    """HTML for tokens of a parser that knows no HTML; links and images become text."""

    def link_open(
        self, tokens: Sequence[Token], index: int, _options: OptionsDict, env: Environment
    ) -> str:
        address = str(tokens[index].attrGet("href") or "")
        # Links do not nest, so one place is enough.
        shown = tokens[index + 1].content if index + 1 < len(tokens) else ""
        env["address"] = "" if shown == address else address
        return ""

    def link_close(
        self, _tokens: Sequence[Token], _index: int, _options: OptionsDict, env: Environment
    ) -> str:
        address = env.pop("address", "")
        # The parser has percent-encoded and this escapes: brackets and quotes cannot get out.
        return f" (<span>{_escape(address)}</span>)" if address else ""

    def image(
        self, tokens: Sequence[Token], index: int, _options: OptionsDict, _env: Environment
    ) -> str:
        return _escape(tokens[index].content)

    def heading_open(
        self, tokens: Sequence[Token], index: int, _options: OptionsDict, _env: Environment
    ) -> str:
        return f"<{_lowered(tokens[index].tag)}>"

    def heading_close(
        self, tokens: Sequence[Token], index: int, _options: OptionsDict, _env: Environment
    ) -> str:
        return f"</{_lowered(tokens[index].tag)}>\n"

    def fence(
        self, tokens: Sequence[Token], index: int, _options: OptionsDict, _env: Environment
    ) -> str:
        # Without the class that the writer's word after the fence would become.
        return f"<pre><code>{_escape(tokens[index].content)}</code></pre>\n"


_PARSER = MarkdownIt("commonmark", {"html": False}, renderer_cls=_SafeRenderer).disable(
    ["html_block", "html_inline"]
)


@lru_cache(maxsize=256)
def describe(text: str) -> SafeString:
    """Return a description as HTML that can do nothing but be read."""
    html: str = _PARSER.render(text)
    return mark_safe(html)  # noqa: S308 - everything in it was escaped or ours


def _lowered(tag: str) -> str:
    return f"h{min(int(tag[1:]) + HEADINGS_BELOW, DEEPEST_HEADING)}"


def _escape(text: str) -> str:
    return (
        text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
    )
