#!/usr/bin/env bash
# Babel 2.18.0, beside langcodes 3.5.1
#
# Expected: Babel knows that Chinese of Taiwan is in traditional characters (Locale.parse("zh_TW")
# is zh_Hant_TW), so of the languages zh_Hans and zh_Hant it gives a reader from there zh_Hant.
# Seen: negotiate() compares the letters of the names only. Of zh and zh_Hant it takes zh, which is
# simplified; of zh_Hans and zh_Hant none at all. It is the same for Serbian of Montenegro (Latin)
# and Punjabi of Pakistan (Arabic letters). langcodes chooses the script in all four.
# Why it matters: a volunteer whose phone says zh-TW gets the texts of another script, or the
# language that the campaign falls back on, though the right one is there.
# What to do: negotiate with Locale.parse(wanted) and its script, or with
# langcodes.closest_supported_match.
set -euo pipefail

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install --quiet --disable-pip-version-check Babel==2.18.0 langcodes==3.5.1

"$tmp/venv/bin/python" - <<'PY'
import sys

from babel import Locale
from langcodes import closest_supported_match


def chosen(wanted, *languages):
    """What Babel parses and negotiates, and what langcodes chooses."""
    names = [name.replace("_", "-") for name in languages]
    negotiated = Locale.negotiate([wanted], languages)
    return [
        str(Locale.parse(wanted)),
        negotiated and str(negotiated),
        closest_supported_match(wanted.replace("_", "-"), names),
    ]


seen = [
    chosen("zh_TW", "zh", "zh_Hant"),
    chosen("zh_TW", "zh_Hans", "zh_Hant"),
    chosen("sr_ME", "sr", "sr_Latn"),
    chosen("pa_PK", "pa", "pa_Arab"),
]
known = [
    ["zh_Hant_TW", "zh", "zh-Hant"],
    ["zh_Hant_TW", None, "zh-Hant"],
    ["sr_Latn_ME", "sr", "sr-Latn"],
    ["pa_Arab_PK", "pa", "pa-Arab"],
]
if seen != known:
    sys.exit(f"babel-chinese-script: the behaviour has changed: {seen}")
print(f"Babel 2.18.0: zh_TW is parsed as {seen[0][0]}; of zh and zh_Hant it gets {seen[0][1]}")
PY
