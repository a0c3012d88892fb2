#!/usr/bin/env bash
# css-inline 0.24.0 (premailer 3.10.0 beside it, for the difference)
#
# Expected: <style media="print"> holds rules for paper only. An inliner leaves such a sheet alone,
# or drops it, as both libraries do with an "@media print" block.
# Seen: css-inline does not look at the media attribute of <style>. Rules meant for paper or for
# narrow screens are written into the elements, for every reader on every screen. premailer keeps
# the sheets as they are.
# Why it matters: "hide the button when printed" takes the button out of the letter itself, and
# nobody sees it who looks at the template in a browser.
# What to do: write conditions as @media inside the sheet, never as the attribute, and look for the
# attribute in a test of the templates.
set -euo pipefail

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install --quiet --disable-pip-version-check css-inline==0.24.0 premailer==3.10.0

"$tmp/venv/bin/python" - <<'PY'
import re
import sys

import css_inline
import premailer

LETTER = """<html><head>
<style>p { color: black }</style>
<style media="print">p { display: none }</style>
<style media="screen and (max-width: 400px)">p { color: red }</style>
</head><body><p>Sign before Friday</p></body></html>"""
BLOCK = """<html><head><style>p { color: black } @media print { p { display: none } }</style>
</head><body><p>Sign before Friday</p></body></html>"""


def paragraph(page):
    """The declarations that the letter's paragraph carries, sorted."""
    style = re.search(r'<p style="([^"]*)"', page)
    return sorted(part.replace(" ", "") for part in style[1].split(";") if part.strip())


seen = {
    "css-inline, attribute": paragraph(css_inline.inline(LETTER)),
    "css-inline, block": paragraph(css_inline.inline(BLOCK)),
    "premailer, attribute": paragraph(premailer.transform(LETTER)),
}
known = {
    "css-inline, attribute": ["color:red", "display:none"],
    "css-inline, block": ["color:black"],
    "premailer, attribute": ["color:black"],
}
if seen != known:
    sys.exit(f"css-inline-media-attribute: the behaviour has changed: {seen}")
print("css-inline 0.24.0: a rule of <style media=print> hides the paragraph on every screen")
PY
