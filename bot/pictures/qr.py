"""QR codes: an address to take along by a phone's camera."""

import io


def svg(text: str) -> bytes:
    """Return a text as a QR code, an SVG of black on white that is read to a quarter damaged.

    Raises `ValueError` for more than some 2,000 characters.
    """
    import segno  # imported at the first code

    file = io.BytesIO()
    segno.make(text, error="q", micro=False).save(
        file, kind="svg", scale=4, light="white", xmldecl=False, svgclass=None, lineclass=None
    )
    return file.getvalue()
