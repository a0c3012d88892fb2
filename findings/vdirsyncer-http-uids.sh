#!/usr/bin/env bash
# vdirsyncer 0.21.0
#
# Expected: a feed that is synchronised into a folder keeps the UIDs of its events: RFC 5545 has the
# UID as what an event is known by, and of two events with different UIDs both are there.
# Seen: vdirsyncer puts a hash of what an event says in place of its UID. Two events that say the
# same (the same deadline for two bodies) become one, without a word. An event whose title is edited
# under the same UID, with a higher SEQUENCE, is deleted and comes back as another one.
# Why it matters: whoever gets the feed by way of vdirsyncer (khal, a CalDAV server that it fills)
# sees fewer events than it has, and loses what they noted at one (an alarm, a category) with each
# correction; a second copy by another way has other UIDs, so both are shown.
# What to do: when writing, let no two events of a feed say the same, and change nothing in what is
# said again but DTSTAMP, LAST-MODIFIED and CREATED, which the hash leaves out; when reading a folder
# that vdirsyncer filled from a feed, tell events by their URL instead of their UID.
set -euo pipefail

tmp=$(mktemp -d)
trap 'kill "${server:-}" 2>/dev/null || true; rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install --quiet --disable-pip-version-check vdirsyncer==0.21.0

mkdir "$tmp/web" "$tmp/status" "$tmp/folder"
(cd "$tmp/web" && exec python3 -u -c '
import http.server

server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), http.server.SimpleHTTPRequestHandler)
print(server.server_port, flush=True)
server.serve_forever()' >"$tmp/port" 2>/dev/null) &
server=$!
until [ -s "$tmp/port" ]; do sleep 0.1; done

cat >"$tmp/config" <<END
[general]
status_path = "$tmp/status"
[pair feed]
a = "web"
b = "folder"
collections = null
[storage web]
type = "http"
url = "http://127.0.0.1:$(cat "$tmp/port")/feed.ics"
[storage folder]
type = "filesystem"
path = "$tmp/folder"
fileext = ".ics"
END

# event UID SEQUENCE SUMMARY
event() {
    printf '%s\r\n' BEGIN:VEVENT "UID:$1" DTSTAMP:20240101T000000Z "SEQUENCE:$2" \
        "DTSTART;VALUE=DATE:20240612" "SUMMARY:$3" END:VEVENT
}

# feed EVENT...: writes the feed, synchronises it, prints the UIDs in the folder in order
feed() {
    { printf '%s\r\n' BEGIN:VCALENDAR VERSION:2.0 "PRODID:-//example.org//calendar//EN"
      printf '%s\r\n' "$@"
      printf '%s\r\n' END:VCALENDAR; } | sed '/^\r$/d' >"$tmp/web/feed.ics"
    "$tmp/venv/bin/vdirsyncer" --config "$tmp/config" sync >/dev/null 2>&1
    cat "$tmp"/folder/*.ics | tr -d '\r' | sed -n 's/^UID://p' | sort
}

"$tmp/venv/bin/vdirsyncer" --config "$tmp/config" discover >/dev/null 2>&1
deadline=$(event council@example.org 0 "Reports are due")
same=$(event board@example.org 0 "Reports are due")
first=$(feed "$deadline" "$same")
edited=$(feed "$(event council@example.org 1 "Reports are due at noon")" "$same")

if [ "$(wc -l <<<"$first")" != 1 ] || [ "$(wc -l <<<"$edited")" != 2 ] ||
    ! grep -Eqx '[0-9a-f]{64}' <<<"$first" || grep -q example.org <<<"$edited"; then
    echo "vdirsyncer-http-uids: the behaviour has changed: $first / $edited" >&2
    exit 1
fi
echo "vdirsyncer 0.21.0: of two events that say the same one is left, called ${first:0:12}…;" \
    "an edited one is another event"
