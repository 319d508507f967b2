"""Screenshots as small PNG files: 256 colours at most, chosen in the browser, where it is quick."""

from __future__ import annotations

import base64
import struct
import zlib
from typing import Any

# The most frequent colours are kept; every other becomes the nearest of them.
_REDUCE = """async (source) => {
  const image = new Image();
  image.src = `data:image/png;base64,${source}`;
  await image.decode();
  const canvas = new OffscreenCanvas(image.width, image.height);
  const context = canvas.getContext("2d");
  context.drawImage(image, 0, 0);
  const pixels = new Uint32Array(context.getImageData(0, 0, image.width, image.height).data.buffer);
  const counts = new Map();
  for (const pixel of pixels) counts.set(pixel, (counts.get(pixel) ?? 0) + 1);
  const palette = [...counts].sort((a, b) => b[1] - a[1]).slice(0, 256).map(([pixel]) => pixel);
  const parts = (pixel) => [pixel & 255, (pixel >> 8) & 255, (pixel >> 16) & 255];
  const colours = palette.map(parts);
  const nearest = new Map(palette.map((pixel, index) => [pixel, index]));
  for (const pixel of counts.keys()) {
    if (nearest.has(pixel)) continue;
    const [r, g, b] = parts(pixel);
    let best = 0, least = Infinity;
    colours.forEach(([x, y, z], index) => {
      const distance = (r - x) ** 2 + (g - y) ** 2 + (b - z) ** 2;
      if (distance < least) [best, least] = [index, distance];
    });
    nearest.set(pixel, best);
  }
  const indexes = Uint8Array.from(pixels, (pixel) => nearest.get(pixel));
  let text = "";
  for (let at = 0; at < indexes.length; at += 8192) text += String.fromCharCode(...indexes.subarray(at, at + 8192));
  return { width: image.width, height: image.height, colours: colours.flat(), indexes: btoa(text) };
}"""


def reduce(page: Any, screenshot: bytes) -> bytes:
    """`screenshot` with a palette; `page` is any page without a policy."""
    found = page.evaluate(_REDUCE, base64.b64encode(screenshot).decode())
    width, height, indexes = found["width"], found["height"], base64.b64decode(found["indexes"])
    rows = b"".join(b"\0" + indexes[row * width : (row + 1) * width] for row in range(height))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        (
            _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)),
            _chunk(b"PLTE", bytes(found["colours"])),
            _chunk(b"IDAT", zlib.compress(rows, 9)),
            _chunk(b"IEND", b""),
        )
    )


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
