"""Words of code that stay on one line, also on a telephone."""

import re
from html import unescape

INLINE = re.compile(r"(?<!<span></span>)<code>([^<]+)</code>(?!</pre>)")
BREAKABLE = re.compile(r"\S*(?:-|&[lg]t;)\S*")
MAX_WORD = 28
"""Characters of code that fit into a line of a telephone."""


def whole_words(html: str) -> str:
    """Return a page whose options and names in inline code stay whole: browsers break lines after - and >.

    Example:
        >>> whole_words("<p><code>train --trust</code></p>")
        '<p><code>train <span class="word">--trust</span></code></p>'
    """

    def whole(match: re.Match[str]) -> str:
        return match[0] if len(unescape(match[0])) > MAX_WORD else f'<span class="word">{match[0]}</span>'

    return INLINE.sub(lambda match: f"<code>{BREAKABLE.sub(whole, match[1])}</code>", html)
