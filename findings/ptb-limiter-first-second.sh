#!/usr/bin/env bash
# python-telegram-bot 22.8, aiolimiter 1.2.1
#
# Expected: a bot with `AIORateLimiter()`, whose limit is 30 messages a second (that of the Bot API),
# sends at most 30 in any second.
# Seen: it sends twice as many in the first second: 30 at once, and then one every thirtieth
# of a second from the start. After a pause of a second it does so again. (The limiter below it is a
# leaky bucket that holds as much as leaks in a second.)
# Why it matters: a broadcast begins with the fault that the limiter is there to keep off; where the
# server is strict it begins with a 429, and the whole bot rests.
# What to do: spread the same rate over short spans, `AIORateLimiter(overall_max_rate=3,
# overall_time_period=0.1)`: the bucket then holds three, and the busiest second has some 33.
set -euo pipefail

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install --quiet --disable-pip-version-check \
  'python-telegram-bot[rate-limiter]==22.8' aiolimiter==1.2.1

NO_PROXY=127.0.0.1 no_proxy=127.0.0.1 "$tmp/venv/bin/python" - <<'PY'
import asyncio
import sys
import time

from telegram.ext import AIORateLimiter, ExtBot

MESSAGE = b'{"ok":true,"result":{"message_id":1,"date":1,"chat":{"id":1,"type":"private"},"text":"x"}}'


class Telegram(asyncio.Protocol):
    """Answers each request, and notes when it came."""

    came = []

    def connection_made(self, transport):
        self.transport, self.heard = transport, b""

    def data_received(self, data):
        self.heard += data
        while (end := self.heard.find(b"\r\n\r\n") + 4) >= 4:
            head = self.heard[:end].lower()
            length = int(head.split(b"content-length:")[1].split(b"\r\n")[0])
            if len(self.heard) < end + length:
                return
            self.heard = self.heard[end + length :]
            self.came.append(time.monotonic())
            self.transport.write(
                b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n%b"
                % (len(MESSAGE), MESSAGE)
            )


async def busiest(base, limiter):
    """Send for three seconds to as many people; the most that arrived in any second."""
    Telegram.came.clear()
    async with asyncio.timeout(30):
        bot = ExtBot("1:token", base_url=base, rate_limiter=limiter)
        await limiter.initialize()
        await bot.request.initialize()
        everybody = [asyncio.create_task(bot.send_message(n, "x")) for n in range(1, 95)]
        await asyncio.sleep(3)
        for task in everybody:
            task.cancel()
        await asyncio.gather(*everybody, return_exceptions=True)
        await bot.request.shutdown()
    came = Telegram.came
    return max(sum(1 for at in came if first <= at < first + 1) for first in came)


async def main():
    server = await asyncio.get_running_loop().create_server(Telegram, "127.0.0.1", 0)
    base = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/bot"
    plain = await busiest(base, AIORateLimiter())
    short = await busiest(base, AIORateLimiter(overall_max_rate=3, overall_time_period=0.1))
    if plain < 50 or short > 40:
        sys.exit(f"ptb-limiter-first-second: the behaviour has changed: {plain}, {short}")
    print(
        f"python-telegram-bot 22.8: with AIORateLimiter() {plain} messages in the busiest second,"
        f" where 30 are the limit; {short} with 3 in each tenth of one"
    )


asyncio.run(main())
PY
