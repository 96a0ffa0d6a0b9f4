"""The pictures of the simulated articles: small PNG files in a colour of their own."""

import struct
import zlib

from starlette.responses import Response

_PIXELS = 500


async def serve_image(request):
    """Answer ``GET /images/<asin>.png``."""
    name = request.path_params["name"]
    return Response(png(name), media_type="image/png")


def png(name, pixels=_PIXELS):
    """A square of one colour, which depends on the name."""
    color = zlib.crc32(name.encode("utf-8", "replace")).to_bytes(4, "big")[1:]
    header = struct.pack(">IIBBBBB", pixels, pixels, 8, 2, 0, 0, 0)
    rows = (b"\0" + color * pixels) * pixels
    return (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", header)
        + _chunk(b"IDAT", zlib.compress(rows))
        + _chunk(b"IEND", b"")
    )


def _chunk(kind, data):
    checksum = zlib.crc32(kind + data)
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", checksum)
