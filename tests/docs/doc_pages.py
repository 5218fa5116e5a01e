"""The pages that a user reads, and what is in their fences."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("examples/**/*.md")])
NAMES = [str(page.relative_to(ROOT)) for page in PAGES]
FENCE = re.compile(r"^( *)```(\w*)[^\n]*\n(.*?)^\1```", re.MULTILINE | re.DOTALL)


def text_of(name):
    return (ROOT / name).read_text(encoding="utf-8")


def fences(name):
    """Return the language and the content of each block of a page."""
    for indent, language, content in FENCE.findall(text_of(name)):
        yield language, re.sub(rf"^{indent}", "", content, flags=re.MULTILINE)


def commands(name):
    """Return every call of gcnlabel in a page's blocks of commands, lines that go on joined."""
    for language, content in fences(name):
        if language in ("", "sh", "console"):
            for line in content.replace("\\\n", " ").splitlines():
                if found := re.match(r"(?:\w+=\S+ )*gcnlabel (.*?)(?:\s# .*|\s#)?$", line.strip()):
                    yield found[1].strip()


def file_name(content):
    """Return the name in the first line of a block that is a file, ``# labels.csv``, or None."""
    found = re.match(r"# ([\w/]+\.\w+)\n", content)
    return found[1] if found else None
