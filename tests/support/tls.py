"""Certificates of 127.0.0.1 that nobody has signed but themselves."""

import ssl
import subprocess
from pathlib import Path


def make(folder: Path, *, host: str = "IP:127.0.0.1") -> Path:
    """Key and certificate for `host` (as in a subjectAltName), in two files of the folder."""
    name = ["-subj", "/CN=127.0.0.1", "-addext", f"subjectAltName={host}"]
    files = ["-keyout", str(folder / "key.pem"), "-out", str(folder / "cert.pem")]
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    subprocess.run([*command, *name, *files], check=True, capture_output=True)
    return folder


def context(folder: Path) -> ssl.SSLContext:
    """What a server needs to show it."""
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return made
