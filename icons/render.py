#!/usr/bin/env python3
"""Renders hearth.svg to the files that the window, the packages and the installers want.

Needs `rsvg-convert` (Debian: librsvg2-bin). The results are committed, so no build runs this:
run it by hand after a change of the drawing and look at 16, 32 and 256 pixels.
"""

import struct
import subprocess
from pathlib import Path

HERE = Path(__file__).resolve().parent
PNGS = {"32x32.png": 32, "128x128.png": 128, "128x128@2x.png": 256, "icon.png": 512}
ICO_SIZES = (16, 24, 32, 48, 64, 256)
# Apple's four-letter names of the slots that take a PNG.
ICNS_SLOTS = {b"icp4": 16, b"icp5": 32, b"ic11": 32, b"ic12": 64, b"ic07": 128,
              b"ic13": 256, b"ic08": 256, b"ic14": 512, b"ic09": 512, b"ic10": 1024}


def png(size: int) -> bytes:
    """The drawing at `size` by `size` pixels."""
    command = ["rsvg-convert", "-w", str(size), "-h", str(size), str(HERE / "hearth.svg")]
    return subprocess.run(command, check=True, capture_output=True).stdout


def ico(sizes: tuple[int, ...]) -> bytes:
    """A Windows icon: a directory of 16-byte entries, then the PNG files."""
    images = [png(size) for size in sizes]
    offset = 6 + 16 * len(images)
    entries = b""
    for size, image in zip(sizes, images):
        side = size % 256  # 0 stands for 256
        entries += struct.pack("<BBBBHHII", side, side, 0, 0, 1, 32, len(image), offset)
        offset += len(image)
    return struct.pack("<HHH", 0, 1, len(images)) + entries + b"".join(images)


def icns(slots: dict[bytes, int]) -> bytes:
    """An Apple icon: each slot is a name, a length that counts the header, and a PNG."""
    body = b""
    for name, size in slots.items():
        image = png(size)
        body += name + struct.pack(">I", len(image) + 8) + image
    return b"icns" + struct.pack(">I", len(body) + 8) + body


def main() -> None:
    for name, size in PNGS.items():
        (HERE / name).write_bytes(png(size))
    (HERE / "icon.ico").write_bytes(ico(ICO_SIZES))
    (HERE / "icon.icns").write_bytes(icns(ICNS_SLOTS))


if __name__ == "__main__":
    main()
