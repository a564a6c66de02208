#!/usr/bin/env python3
"""Renders hearth.svg to the files that the window, the packages and the installers want, and
tray/*.svg to the shapes that the tray shows.

Needs `rsvg-convert` (Debian: librsvg2-bin). The results are committed, so no build runs this:
run it by hand after a change of a drawing and look at 16, 32 and 256 pixels, at the shapes of the
tray at 22 pixels on a light and on a dark ground (a test of src-tauri/src/tray/face.rs keeps a
picture of them).
"""

import struct
import subprocess
from pathlib import Path

HERE = Path(__file__).resolve().parent
TRAY = HERE / "tray"
# Panels are 22 or 24 pixels high, taskbars 32; 44 is for screens with twice the pixels. The shapes
# are black on nothing: the program gives them the ink that the panel wants.
TRAY_SIZES = (22, 24, 32, 44)
PNGS = {"32x32.png": 32, "128x128.png": 128, "128x128@2x.png": 256, "icon.png": 512}
ICO_SIZES = (16, 24, 32, 48, 64, 256)
# Apple's four-letter names of the slots that take a PNG.
ICNS_SLOTS = {b"icp4": 16, b"icp5": 32, b"ic11": 32, b"ic12": 64, b"ic07": 128,
              b"ic13": 256, b"ic08": 256, b"ic14": 512, b"ic09": 512, b"ic10": 1024}


def png(size: int, drawing: Path = HERE / "hearth.svg") -> bytes:
    """The drawing at `size` by `size` pixels."""
    command = ["rsvg-convert", "-w", str(size), "-h", str(size), str(drawing)]
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
    for drawing in sorted(TRAY.glob("*.svg")):
        for size in TRAY_SIZES:
            (TRAY / f"{drawing.stem}-{size}.png").write_bytes(png(size, drawing))


if __name__ == "__main__":
    main()
