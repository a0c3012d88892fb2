#!/usr/bin/env bash
# Python's email package (seen with 3.11.7), the policy SMTP and the older class Header
#
# Expected: a name or a subject beyond ASCII that is written into a header and read again is what
# it was.
# Seen: where the name in From or To, or the subject, is long enough to be folded, a blank between
# two encoded words can be lost, or come twice; nothing is raised and no defect is noted. The older
# class email.header.Header writes the same texts so that each comes back whole.
# Why it matters: letters go out with names of organisations and subjects run together, in just the
# languages in which nobody of the team reads along.
# What to do: read back what was written, and where it differs write that header with Header, in a
# policy of one's own that overrides fold_binary.
set -euo pipefail

python3 - <<'PY'
import random
import sys
from email import message_from_bytes, policy
from email.header import Header, decode_header, make_header
from email.headerregistry import Address
from email.message import EmailMessage

WORDS = ["Ação", "Année", "für", "enfance", "niñez", "travail", "Bündnis", "a", "de", "educação"]
rng = random.Random(1)
texts = [" ".join(rng.choices(WORDS, k=rng.randint(6, 14))) for _ in range(500)]


def by_policy(name, value):
    """What a reader finds in a header that the policy wrote."""
    message = EmailMessage(policy=policy.SMTP)
    message[name] = value
    message.set_content("x")
    read = message_from_bytes(message.as_bytes(), policy=policy.default)[name]
    return read.addresses[0].display_name if name == "From" else str(read)


def by_header(text):
    """The same for the older class."""
    return str(make_header(decode_header(Header(text, "utf-8", header_name="Subject").encode())))


names = sum(by_policy("From", Address(t, "a", "b.example")) != t for t in texts)
subjects = sum(by_policy("Subject", t) != t for t in texts)
older = sum(by_header(t) != t for t in texts)
print(f"Python {sys.version.split()[0]}: of 500 texts of 6 to 14 words came back changed")
print(f"as a name in From {names}, as a subject {subjects}; by the older Header {older}")
if not names or older:
    sys.exit(f"email-policy-blanks: the behaviour has changed: {names}, {subjects}, {older}")
PY
