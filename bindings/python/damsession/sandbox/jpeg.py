"""A picture that is as small as a JPEG can be: one shade of grey, of any width and height.

Some programs decode the pictures that they download, so the picture must be a valid one. Each block
takes two bits: no difference to the block before it, and no coefficients.
"""

from __future__ import annotations

from struct import pack

_BLOCK = 8
_LARGEST = 0xFFFF

# Each Huffman table has one code of a single bit, for the symbol 0.
_ONE_CODE = bytes([1, *[0] * 15, 0])


def jpeg(width: int, height: int, comment: str) -> bytes:
    """The whole picture. `comment` makes two pictures of the same size differ."""
    blocks = -(-width // _BLOCK) * -(-height // _BLOCK)
    return b"".join(
        (
            b"\xff\xd8",
            _segment(0xE0, b"JFIF\0" + pack(">BBBHHBB", 1, 1, 1, 72, 72, 0, 0)),
            _segment(0xFE, comment.encode("utf-8")[: _LARGEST - 2]),
            _segment(0xDB, bytes([0, *[1] * 64])),
            _segment(0xC0, pack(">BHHB3B", 8, height, width, 1, 1, 0x11, 0)),
            _segment(0xC4, b"\x00" + _ONE_CODE),
            _segment(0xC4, b"\x10" + _ONE_CODE),
            _segment(0xDA, bytes([1, 1, 0x00, 0, 63, 0])),
            _zeros(2 * blocks),
            b"\xff\xd9",
        )
    )


def _segment(marker: int, content: bytes) -> bytes:
    return pack(">BBH", 0xFF, marker, len(content) + 2) + content


def _zeros(bits: int) -> bytes:
    """`bits` zeros. The rest of the last byte is ones, as the format demands."""
    whole, left = divmod(bits, 8)
    return bytes(whole) + (bytes([0xFF >> left]) if left else b"")
