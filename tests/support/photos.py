"""Pictures as people bring them: photos with all that a camera writes, and files that mean no good."""

import io
import struct
import zlib

from PIL import Image, ImageCms


def saved(image, kind="JPEG", **more):
    """The bytes of a file."""
    file = io.BytesIO()
    image.save(file, kind, **more)
    return file.getvalue()


def opened(data):
    """What a reader's program shows of a file."""
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


def noise(width=60, height=40):
    """A picture that hardly gets smaller."""
    return Image.effect_noise((width, height), 90).convert("RGB")


def exif(*, orientation=1, located=True):
    """What a camera writes: its owner, how it was held, and where it was."""
    written = Image.Exif()
    written[0x112] = orientation
    written[0xA430] = "Ada Owner"
    if located:
        place = written.get_ifd(0x8825)
        place[1], place[2], place[3], place[4] = "N", (52.0, 31.0, 12.0), "E", (13.0, 24.0, 36.0)
    return written


def photo(width=60, height=40, *, orientation=1, quality=90, **more):
    """A JPEG with a place, an owner, a comment and a preview of its own."""
    more = {"exif": exif(orientation=orientation), "comment": b"Ada was here"} | more
    xmp = b'<x:xmpmeta xmlns:x="adobe:ns:meta/" exif:GPSLatitude="52,31.2N"/>'
    return saved(noise(width, height), quality=quality, xmp=xmp, **more)


def wide(colour=(0, 255, 0)):
    """A JPEG of one colour in the numbers of Adobe RGB, whose green is greener."""
    matrix = ImageCms.createProfile("sRGB")
    profile = bytearray(ImageCms.ImageCmsProfile(matrix).tobytes())
    # red and blue of sRGB, changed places: a profile that can't be taken for sRGB by mistake
    red, blue = profile.find(b"rXYZ"), profile.find(b"bXYZ")
    profile[red : red + 4], profile[blue : blue + 4] = b"bXYZ", b"rXYZ"
    return saved(Image.new("RGB", (40, 40), colour), quality=95, icc_profile=bytes(profile))


def moving(frames=4, kind="GIF", **more):
    """An animation of so many colours."""
    each = [Image.new("RGB", (40, 30), (50 * number, 0, 0)) for number in range(frames)]
    return saved(each[0], kind, save_all=True, append_images=each[1:], duration=100, **more)


def bomb(width, height):
    """A PNG of a few bytes that says that it is so large."""
    return _png(struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0), bytes(1_000))


def black(width, height):
    """A sound PNG that takes no memory before it is opened, and much then."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return _png(header, *(bytes(3 * width + 1) for _ in range(height)))


def _png(header, *rows):
    def chunk(kind, data):
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    packer = zlib.compressobj()
    pixels = b"".join([*map(packer.compress, rows), packer.flush()])
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels)
