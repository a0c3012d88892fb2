"""The headers of the public site's answers: nothing from elsewhere, nothing inline, no frame."""

HEADERS = {
    "content-security-policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; form-action"
        " 'self'; frame-ancestors 'none'; base-uri 'none'"
    ),
    "referrer-policy": "no-referrer",
    "x-robots-tag": "all",
    "cache-control": "public, max-age=60",
}
"""Headers of every answer, beside those of `bot.web.headers`."""

LIVING = "no-store"
"""The header cache-control of what is made anew for each reader."""
