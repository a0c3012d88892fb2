#!/usr/bin/env bash
# dkimpy 1.1.8, beside cryptography 50.0.2
#
# Expected: a private key in PEM is read whatever its line ends are (RFC 7468, section 3: parsers
# take CRLF, CR and LF).
# Seen: dkimpy takes a key with LF, and finds no key in the same one with CRLF, as it is after a
# copy through a web form or a text editor of Windows; its error names no line ends. cryptography
# reads both.
# Why it matters: an operator pastes the key that their mail host shows them, the key is right, and
# nothing is signed, or nothing leaves.
# What to do: make line ends LF before the key is handed over, and try it once at the start.
set -euo pipefail

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install --quiet --disable-pip-version-check dkimpy==1.1.8 cryptography==50.0.2

"$tmp/venv/bin/python" - <<'PY'
import sys

import dkim
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

MAIL = b"From: us@b.example\r\nSubject: x\r\n\r\nHello\r\n"
key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
pem = key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())


def signs(text):
    """Whether dkimpy signs with a key; else the name of its error."""
    try:
        return bool(dkim.sign(MAIL, b"s", b"b.example", text))
    except dkim.DKIMException as error:
        return type(error).__name__


windows = pem.replace(b"\n", b"\r\n")
read = [bool(load_pem_private_key(text, None)) for text in (pem, windows)]
seen = [signs(pem), signs(windows), *read]
print(f"cryptography reads the key with LF and with CRLF: {read}")
print(f"dkimpy: with LF it signs, {seen[0]}; with CRLF: {seen[1]}")
if seen != [True, "KeyFormatError", True, True]:
    sys.exit(f"dkimpy-crlf-key: the behaviour has changed: {seen}")
PY
