"""What the pages on commands and the words of code become."""

import importlib.util
from pathlib import Path

import pytest

HOOKS = Path(__file__).parents[2] / "docs" / "hooks"


def hook(name):
    spec = importlib.util.spec_from_file_location(name, HOOKS / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("<code>--trust</code>", '<code><span class="word">--trust</span></code>'),
        ("<code>a --b c</code>", '<code>a <span class="word">--b</span> c</code>'),
        ("<code>loss.&lt;task&gt;.weight</code>", '<code><span class="word">loss.&lt;task&gt;.weight</span></code>'),
        ("<code>plain</code>", "<code>plain</code>"),
        ("<code>" + "long-" * 6 + "</code>", "<code>" + "long-" * 6 + "</code>"),
        ("<pre><span></span><code>--trust\n</code></pre>", "<pre><span></span><code>--trust\n</code></pre>"),
        ('<code class="x">--trust</code>', '<code class="x">--trust</code>'),
    ],
)
def test_short_words_of_inline_code_stay_whole(given, expected):
    assert hook("words").whole_words(given) == expected


def test_choices_and_bounds_have_no_backslash():
    page = hook("commands").commands_page()
    assert "`--split [train|val|test]`" in page
    assert "0&lt;=x&lt;=1" in page.replace("\\>", ">")
    assert "\\<" not in page
