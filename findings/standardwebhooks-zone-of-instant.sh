#!/usr/bin/env bash
# standardwebhooks 1.1.0
#
# Expected: an instant is the same instant in whichever zone it is written; a signature made for
# 14:00+02:00 is that of 12:00 in UTC, and a message signed and checked by the same library is taken.
# Seen: `sign` takes the clock face for UTC: 14:00+02:00 is signed as 14:00 UTC. The header
# webhook-timestamp, which the caller writes by the instant itself, says 12:00, and `verify` of the
# same library refuses the message ("No matching signature found"). Nothing is raised while signing.
# Why it matters: a sender whose instants are aware but not in UTC, as `datetime.now().astimezone()`
# gives them, works on a server that is set to UTC and in every test there; on a machine with a zone
# of its own, or in another half of the year, every receiver refuses every message.
# What to do: sign `instant.astimezone(timezone.utc)`, and write the header from the same value.
set -euo pipefail

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install --quiet --disable-pip-version-check standardwebhooks==1.1.0

"$tmp/venv/bin/python" - <<'PY'
import sys
from datetime import datetime, timedelta, timezone

from standardwebhooks import Webhook
from standardwebhooks.webhooks import WebhookVerificationError

hook = Webhook("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
now = datetime.now(timezone.utc)
seen = {}
for name, zone in (("UTC", timezone.utc), ("+02:00", timezone(timedelta(hours=2)))):
    at = now.astimezone(zone)
    headers = {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": hook.sign("msg_1", at, "{}"),
    }
    try:
        hook.verify("{}", headers)
        seen[name] = "taken"
    except WebhookVerificationError as error:
        seen[name] = str(error)
if seen != {"UTC": "taken", "+02:00": "No matching signature found"}:
    sys.exit(f"standardwebhooks-zone-of-instant: the behaviour has changed: {seen}")
print(f"standardwebhooks 1.1.0: the same instant, signed by its zone: {seen}")
PY
