"""Colours: what a camera, a scanner or a printer means by its numbers becomes what screens show."""

import io

from PIL import Image, ImageCms

_SCREEN = ImageCms.createProfile("sRGB")
_DEEP = ("I", "I;16", "I;16B", "I;16L", "I;16N")
_BRIGHTEST = 256  # steps of 16 bits to one of 8


def screen(image: Image.Image) -> Image.Image:
    """Return the picture in sRGB: mode RGB, RGBA where parts are transparent, or L where it is
    grey.

    What no profile, or a broken one, says of is taken as it is.
    """
    plain = _of_screens(image)
    profile = image.info.get("icc_profile")
    if not profile or plain.mode == "L":
        return _with_orientation(plain.convert("RGB") if plain.mode == "CMYK" else plain, image)
    alpha = plain.getchannel("A") if plain.mode == "RGBA" else None
    colours = plain.convert("RGB") if alpha else plain
    try:
        given = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        shown = ImageCms.profileToProfile(colours, given, _SCREEN, outputMode="RGB")
    except (ImageCms.PyCMSError, OSError):
        shown = None
    shown = shown or colours.convert("RGB")
    if alpha:
        shown.putalpha(alpha)
    return _with_orientation(shown, image)


def _of_screens(image: Image.Image) -> Image.Image:
    """Return the picture in one of the modes L, RGB, RGBA and CMYK."""
    if image.mode in _DEEP:
        return image.convert("I").point(lambda value: value * (1 / _BRIGHTEST)).convert("L")
    if image.has_transparency_data:
        return image.convert("RGBA")
    if image.mode in ("L", "1"):
        return image.convert("L")
    return image.copy() if image.mode in ("RGB", "CMYK") else image.convert("RGB")


def _with_orientation(plain: Image.Image, image: Image.Image) -> Image.Image:
    """Return the new picture with what the file says of how it was held, for who turns it."""
    for name in ("exif", "xmp", "XML:com.adobe.xmp"):
        if name in image.info:
            plain.info[name] = image.info[name]
    return plain
