"""What a file is, and what leaves of it. Both read its size before any pixel, so that a small file
can't fill the memory, and both may run in a thread.
"""

import io
import warnings
from collections.abc import Iterator
from typing import Final

from PIL import ExifTags, Image, ImageOps, ImageSequence, UnidentifiedImageError

from bot.errors import OutOfResources, PictureUnfit, shortage
from bot.model.message import ReadyPicture
from bot.pictures import Facts, Wish
from bot.pictures.cards.packing import size_of
from bot.pictures.colours import screen

MOST_PIXELS: Final = 64_000_000
"""Pixels above which a picture is not opened: telephones take 50 million, and each needs four bytes
here. Of an animation those of all its frames.
"""

SIDE: Final = 4_096
"""The longest side that leaves, in pixels: X shows no more, Mastodon takes 33 million pixels, and
Telegram 10,000 of both sides together.
"""

_KINDS: Final = ("JPEG", "PNG", "GIF", "WEBP", "AVIF")
_NAMES: Final = {"JPEG": "JPEG", "PNG": "PNG", "GIF": "GIF", "WEBP": "WebP", "AVIF": "AVIF"}
_ALPHA: Final = "RGBA"
_SIDES: Final = (SIDE, 2_560, 2_048, 1_600, 1_280, 1_024, 800, 640)
_QUALITIES: Final = (90, 82, 74)
_OPAQUE: Final = 255

STILL = "it moves, and only its first picture goes out"
"""What is lost of an animation where a network shows none, or it is too large."""

WHITE = "its transparent parts become white"
"""What is lost where only a JPEG is small enough."""

# what is suspected to be a bomb is an error, not a line on standard error
warnings.filterwarnings("error", category=Image.DecompressionBombWarning)


def look(data: bytes) -> Facts:
    """Return what these bytes are, by their first ones and not by a name.

    Raises `PictureUnfit` for what is no picture, or one that is too large to be opened,
    `OutOfResources` where this machine can't open it now.
    """
    try:
        with _opened(data) as image:
            width, height = image.size
            exif = image.getexif()
            if exif.get(ExifTags.Base.Orientation, 1) in _LYING:
                width, height = height, width
            return Facts(
                kind=_NAMES[_kind(image)],
                width=width,
                height=height,
                moves=getattr(image, "n_frames", 1) > 1 and _kind(image) != "JPEG",
                located=bool(exif.get_ifd(ExifTags.IFD.GPSInfo)) or _tells_place(image, data),
            )
    except PictureUnfit:
        raise
    # a hostile file makes a decoder raise whatever there is
    except Exception as error:  # noqa: BLE001
        raise _fault(error, data) from None


_LYING = frozenset({5, 6, 7, 8})  # orientations in which the camera was held on its side


def ready(data: bytes, wish: Wish) -> ReadyPicture:
    """Return the picture of these bytes as it may leave, within the wish.

    Raises `PictureUnfit` for what is no picture, can't be opened within `MOST_PIXELS`, or can't be
    made small enough; `OutOfResources` where this machine can't make it now.
    """
    if len(data) <= wish.most and (card := size_of(data, SIDE)):
        # a card of ours leaves as it was drawn: packing it anew takes longer than drawing it
        return ReadyPicture(data=data, mime="image/png", width=card[0], height=card[1], lost=())
    try:
        with _opened(data) as image:
            return _made(image, wish)
    except PictureUnfit:
        raise
    # a hostile file makes a decoder raise whatever there is
    except Exception as error:  # noqa: BLE001
        raise _fault(error, data) from None


def _made(image: Image.Image, wish: Wish) -> ReadyPicture:
    lost: list[str] = []
    moves = getattr(image, "n_frames", 1) > 1 and _kind(image) != "JPEG"
    if moves and wish.moving and (moving := _moving(image, wish)) is not None:
        return moving
    if moves:
        lost.append(STILL)
        image.seek(0)
    lossless = _kind(image) in ("PNG", "GIF")
    still = _still(image)
    if (lossless or still.mode == _ALPHA) and len(data := _png(still)) <= wish.most:
        return _ready(data, "image/png", still, lost)
    if still.mode == _ALPHA:
        lost.append(WHITE)
        still = _on_white(still)
    for small in _smaller(still):
        for quality in _QUALITIES:
            if len(data := _jpeg(small, quality)) <= wish.most:
                return _ready(data, "image/jpeg", small, lost)
    raise PictureUnfit(
        f"it can't be made smaller than {wish.most:,} bytes, which is the most there"
    )


def _ready(data: bytes, mime: str, image: Image.Image, lost: list[str]) -> ReadyPicture:
    width, height = image.size
    return ReadyPicture(data=data, mime=mime, width=width, height=height, lost=tuple(lost))


def _opened(data: bytes) -> Image.Image:
    """Open a file without reading a pixel; raises `PictureUnfit` for what must not be read."""
    try:
        image = Image.open(io.BytesIO(data), formats=_KINDS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise PictureUnfit(_TOO_MANY.format("far more", MOST_PIXELS)) from None
    if (pixels := image.width * image.height) > MOST_PIXELS:
        raise PictureUnfit(_TOO_MANY.format(f"{pixels:,}", MOST_PIXELS))
    return image


_TOO_MANY = "it has {} pixels, but {:,} is the most that is opened: make it smaller"


def _kind(image: Image.Image) -> str:
    """Return the kind of an open file; a JPEG that holds further pictures is one too."""
    return "JPEG" if image.format == "MPO" else str(image.format)


def _fault(error: Exception, data: bytes) -> PictureUnfit | OutOfResources:
    """Return whose fault an error is: the picture's, or this machine's, which may pass."""
    lacking = shortage(error)
    if lacking is None and (isinstance(error, ImportError) or str(error).startswith(_NO_MEMORY)):
        lacking = str(error)
    if lacking is not None:
        return OutOfResources(
            f"this machine can't open it now ({lacking}), which is no fault of the picture: see to"
            " the machine, then try again"
        )
    return _broken(error, data)


_NO_MEMORY = "out of memory"  # how Pillow's decoders say it, in an OSError without a number


_HEIC: Final = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")


def _other_kind(data: bytes) -> str:
    """Return what kind of picture this is that no network shows; '' for what isn't known."""
    if data[4:8] == b"ftyp" and data[8:12] in _HEIC:
        return "HEIC, as telephones take them"
    begins = {b"II*\0": "TIFF", b"MM\0*": "TIFF", b"%PDF-": "PDF"}
    known = next((kind for start, kind in begins.items() if data.startswith(start)), "")
    return "SVG" if not known and b"<svg" in data[:1_000].lower() else known


def _broken(error: Exception, data: bytes) -> PictureUnfit:
    if isinstance(error, UnidentifiedImageError) and (kind := _other_kind(data)):
        return PictureUnfit(
            f"it is a {kind}, which networks don't show: save it anew as a JPEG, PNG, GIF or WebP"
        )
    if isinstance(error, UnidentifiedImageError):
        return PictureUnfit(
            "it is no picture; a JPEG, PNG, GIF, WebP or AVIF is one, whatever its name: save it"
            " anew as one of these"
        )
    return PictureUnfit("it is broken, and can't be read to its end: save it anew")


def _tells_place(image: Image.Image, data: bytes) -> bool:
    """Return whether what programs write (XMP) says where it was taken."""
    told = (value for value in image.info.values() if isinstance(value, str | bytes))
    return b"GPSLatitude" in data or any("GPSLatitude" in str(value) for value in told)


def _still(image: Image.Image) -> Image.Image:
    """Return the picture upright, small enough to be shown, and with nothing beside its pixels."""
    if _kind(image) == "JPEG":
        # decoded at half the size or less where that is enough, which spares memory
        image.draft(image.mode, (SIDE, SIDE))
    image.load()
    plain = screen(image)
    plain.thumbnail((SIDE, SIDE), reducing_gap=2.0)
    ImageOps.exif_transpose(plain, in_place=True)
    clean = Image.new(plain.mode, plain.size)
    clean.paste(plain)
    return _without_full_alpha(clean)


def _without_full_alpha(image: Image.Image) -> Image.Image:
    """Return the picture without an alpha channel that hides nothing."""
    if image.mode != _ALPHA:
        return image
    lowest, _ = image.getchannel("A").getextrema()
    return image.convert("RGB") if lowest == _OPAQUE else image


def _on_white(image: Image.Image) -> Image.Image:
    white = Image.new("RGB", image.size, "white")
    white.paste(image, mask=image.getchannel("A"))
    return white


def _smaller(image: Image.Image) -> Iterator[Image.Image]:
    """Yield the picture at its size, then smaller and smaller."""
    yield image
    for side in _SIDES:
        if side < max(image.size):
            small = image.copy()
            small.thumbnail((side, side))
            yield small


def _png(image: Image.Image) -> bytes:
    file = io.BytesIO()
    image.save(file, "PNG", optimize=True)
    return file.getvalue()


def _jpeg(image: Image.Image, quality: int) -> bytes:
    file = io.BytesIO()
    image.save(file, "JPEG", quality=quality, optimize=True, progressive=True)
    return file.getvalue()


def _moving(image: Image.Image, wish: Wish) -> ReadyPicture | None:
    """Return the animation without anything beside its frames; None where it is too large, or no
    GIF.
    """
    frames = getattr(image, "n_frames", 1)
    if _kind(image) != "GIF" or image.width * image.height * frames > MOST_PIXELS:
        return None
    clean, lasting = [], []
    for frame in ImageSequence.Iterator(image):
        lasting.append(int(frame.info.get("duration", 0)))
        pixels = frame.convert(_ALPHA)
        still = Image.new(_ALPHA, pixels.size)
        still.paste(pixels)
        clean.append(still)
    loops = {} if "loop" not in image.info else {"loop": image.info["loop"]}
    file = io.BytesIO()
    clean[0].save(
        file,
        "GIF",
        save_all=True,
        append_images=clean[1:],
        duration=lasting,
        disposal=2,
        **loops,
    )
    if len(data := file.getvalue()) > wish.most:
        return None
    return _ready(data, "image/gif", image, [])
