#!/usr/bin/env bash
# Python's imaplib (seen with 3.11.7)
#
# Expected: IMAP4.shutdown(), called by another thread, ends a connection whose server has stopped
# in the middle of an answer, as socket.shutdown() does.
# Seen: it waits until the read ends by itself: it closes the buffered file before the socket, and
# the thread that reads holds that file's lock.
# Why it matters: a look at a mailbox that is bounded from outside is not: who gives up waits as
# long as the thread that it gives up, up to the time-out for each piece, again and again where the
# server sends a byte now and then.
# What to do: shut the socket itself first, client.socket().shutdown(socket.SHUT_RDWR); the read
# then ends at once, and the thread that reads closes the rest.
set -euo pipefail

python3 - <<'PY'
import imaplib
import socket
import sys
import threading
import time


def served(server):
    """Greet, begin an answer and never end it."""
    connection, _ = server.accept()
    connection.sendall(b"* OK ready\r\n")
    tag = connection.recv(1000).split()[0]
    connection.sendall(b"* CAPABILITY IMAP4REV1\r\n" + tag + b" OK done\r\n")
    connection.recv(1000)
    connection.sendall(b"* 1 FETCH (BODY[] {1000}\r\nbegun")
    time.sleep(30)


def left(end):
    """How many seconds it takes to leave a server that has stopped."""
    server = socket.create_server(("127.0.0.1", 0))
    threading.Thread(target=served, args=(server,), daemon=True).start()
    client = imaplib.IMAP4(*server.getsockname(), timeout=3)

    def asks():
        try:
            client.noop()
        except (imaplib.IMAP4.error, OSError, ValueError):
            pass

    threading.Thread(target=asks, daemon=True).start()
    time.sleep(0.5)
    began = time.monotonic()
    try:
        end(client)
    except (imaplib.IMAP4.error, OSError, ValueError):
        pass
    return time.monotonic() - began


by_library = left(lambda client: client.shutdown())
by_socket = left(lambda client: client.socket().shutdown(socket.SHUT_RDWR))
print(f"Python {sys.version.split()[0]}: IMAP4.shutdown() took {by_library:.1f} s,")
print(f"the socket's own {by_socket:.1f} s, with 2.5 s left until the time-out of a piece")
if not by_library > 1 > by_socket:
    sys.exit(f"imaplib-shutdown-waits: the behaviour has changed: {by_library}, {by_socket}")
PY
