#!/usr/bin/env bash
# html2text 2025.4.15
#
# Expected: an address in the text of a letter stays in one piece, at least with wrap_links=False
# ("do not wrap links").
# Seen: that option spares only the form [words](address). An address that stands in the text, and
# one whose link text is the address itself (<address>), is cut at one of its hyphens when the line
# is full. protect_links=True keeps neither whole; only body_width=0 does.
# Why it matters: campaign pages have hyphens in their addresses. The plain part of the letter holds
# a link that mail programs end at the line, so the reader lands on another page, or on none.
# What to do: body_width=0, and fold the paragraphs afterwards with break_on_hyphens=False and
# break_long_words=False.
set -euo pipefail

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install --quiet --disable-pip-version-check html2text==2025.4.15

"$tmp/venv/bin/python" - <<'PY'
import sys

from html2text import HTML2Text

ADDRESS = "https://example.org/campaign/end-child-labour-now/2021-goal-and-beyond-for-children"
LETTERS = {
    "in the text": f"<p>Read {ADDRESS} today</p>",
    "its own link text": f'<p>Read <a href="{ADDRESS}">{ADDRESS}</a> today</p>',
    "under words": f'<p>Read <a href="{ADDRESS}">the call</a> today</p>',
}


def whole(letter, **options):
    """Whether the address is in the plain text in one piece."""
    writer = HTML2Text()
    for name, value in options.items():
        setattr(writer, name, value)
    return ADDRESS in writer.handle(letter)


seen = {
    name: [
        whole(letter, wrap_links=False),
        whole(letter, wrap_links=False, protect_links=True),
        whole(letter, body_width=0),
    ]
    for name, letter in LETTERS.items()
}
known = {
    "in the text": [False, False, True],
    "its own link text": [False, False, True],
    "under words": [True, True, True],
}
if seen != known:
    sys.exit(f"html2text-cut-addresses: the behaviour has changed: {seen}")
print("html2text 2025.4.15: wrap_links=False keeps a link under words whole, a bare address not")
PY
