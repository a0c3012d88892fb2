"""`python -m cluster.stamped worker`: drumbeat that writes into each request when it leaves, by a
counter that all processes of a machine share.
"""

import time
from typing import Any

import aiohttp

from bot.cli import main

LEFT = "X-Left"

_request = aiohttp.ClientSession._request


async def _stamped(session: Any, *args: Any, headers: Any = None, **more: Any) -> Any:
    stamped = {**(headers or {}), LEFT: f"{time.monotonic():.6f}"}
    return await _request(session, *args, headers=stamped, **more)


if __name__ == "__main__":
    aiohttp.ClientSession._request = _stamped  # type: ignore[method-assign]
    main()
