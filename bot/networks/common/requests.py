"""What the networks on the library requests share: a time-out on every request, and whether a
failed one can have left.
"""

from typing import Any

import requests
from requests.adapters import HTTPAdapter
from typing_extensions import override
from urllib3.exceptions import MaxRetryError, NewConnectionError


class Adapter(HTTPAdapter):
    """An adapter whose requests all have a time-out: seconds to wait for a connection, and for each
    piece of the answer.
    """

    def __init__(self, timeout: tuple[float, float]) -> None:
        super().__init__()
        self._timeout = timeout

    @override
    def send(  # type: ignore[override]
        self, request: requests.PreparedRequest, **options: Any
    ) -> requests.Response:
        """Send as the library does, with the time-out."""
        return super().send(request, **{**options, "timeout": self._timeout})


def never_left(error: BaseException | None) -> bool:
    """True when no connection stood: then the request can't have arrived."""
    if isinstance(
        error,
        requests.ConnectTimeout
        | requests.exceptions.SSLError
        | requests.exceptions.ProxyError
        | requests.exceptions.InvalidURL,
    ):
        return True
    cause = error.args[0] if isinstance(error, requests.RequestException) and error.args else None
    return isinstance(cause, MaxRetryError) and isinstance(cause.reason, NewConnectionError)
