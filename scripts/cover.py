#!/usr/bin/env python3
"""Draws the default podcast cover: src/http/feed/cover.png, 1400 x 1400 (Apple's smallest), and the
cover in the tags of finished audio: src/render/cover.png, 500 x 500.

Bars of a sound wave in a circle, two colours, edges smoothed by their distance. Only the standard
library; run it from the root of the repository.
"""

import math
import struct
import zlib

# Lengths are those of the large cover.
SIZE = 1400
GROUND = (20, 33, 61)
DISC = (31, 52, 94)
BARS = (252, 178, 62)
BAR_WIDTH, BAR_STEP = 76, 136
HEIGHTS = (150, 330, 560, 760, 560, 330, 150)


def blend(under, over, share):
    return tuple(round(a + (b - a) * share) for a, b in zip(under, over))


def coverage(distance):
    """How much of a pixel lies inside an edge that is `distance` pixels away (negative: inside)."""
    return min(1.0, max(0.0, 0.5 - distance))


def bar_distance(x, y, centre, height):
    """Distance to an upright capsule."""
    radius = BAR_WIDTH / 2
    reach = height / 2 - radius
    middle = SIZE / 2
    nearest = min(max(y, middle - reach), middle + reach)
    return math.hypot(x - centre, y - nearest) - radius


def row(y, size):
    """One row of pixels of a cover that is `size` wide."""
    scale = SIZE / size
    middle = SIZE / 2
    centres = [middle + (i - len(HEIGHTS) // 2) * BAR_STEP for i in range(len(HEIGHTS))]
    line = []
    for x in range(size):
        px, py = (x + 0.5) * scale, (y + 0.5) * scale
        edge = math.hypot(px - middle, py - middle) - 600
        colour = blend(GROUND, DISC, coverage(edge / scale))
        index = round((px - centres[0]) / BAR_STEP)
        if 0 <= index < len(HEIGHTS):
            edge = bar_distance(px, py, centres[index], HEIGHTS[index])
            colour = blend(colour, BARS, coverage(edge / scale))
        line.append(colour)
    return line


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def draw(path, size):
    top = [row(y, size) for y in range(size // 2)]
    lines = b"".join(b"\0" + bytes(sum(line, ())) for line in top + top[::-1])
    header = struct.pack(">IIBBBBB", size, size, 8, 2, 0, 0, 0)
    png = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header)
    png += chunk(b"IDAT", zlib.compress(lines, 9)) + chunk(b"IEND", b"")
    with open(path, "wb") as file:
        file.write(png)


draw("src/http/feed/cover.png", SIZE)
draw("src/render/cover.png", 500)
