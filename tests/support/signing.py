"""Tokens as letters had them before they said when they were made and what they are about."""

import base64
import hashlib
import hmac


def old_token(key, grant):
    said = f"{grant.purpose.value}-{grant.person}-{grant.subject}"
    signature = hmac.digest(key, said.encode(), hashlib.sha256)[:18]
    return f"{said}-{base64.urlsafe_b64encode(signature).decode()}"
