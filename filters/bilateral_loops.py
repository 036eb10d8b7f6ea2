"""The bilateral filter, compiled: a window of weights that depend on the pixels.

The range weight exp(-x) is (1 - y + y^2/2 - y^3/6)^64 with y = x / 64: off by less
than 8e-7 of 1, and nothing but multiply-adds, so that it is vectorised. A pixel's sums
stay in registers, spelled in LLVM's terms as in vector_loops.py: RGB takes 0.8 of
OpenCV's time so, and took 1.7 with a loop along the row for each place of the window.
"""

from typing import Any

import numpy as np
from llvmlite import ir
from numba import prange
from numba.core import cgutils, types
from numba.extending import intrinsic

from ..jit import FAST_MATH, config, parallel_loop, serial_loop
from .tiles import LANES, _constant, _splat, _sweep
from .vector_loops import FLOAT, _operands

FLAGS = tuple(sorted(FAST_MATH))


class _Arithmetic:
    """Float32 vectors of one length, and what is done with them."""

    def __init__(self, builder: Any, lanes: int):
        self.builder, self.lanes = builder, lanes
        self.kind = ir.VectorType(FLOAT, lanes)

    def number(self, value: float) -> Any:
        return ir.Constant(self.kind, [float(np.float32(value))] * self.lanes)

    def product(self, a: Any, b: Any) -> Any:
        return self.builder.fmul(a, b, flags=FLAGS)

    def plus(self, a: Any, b: Any) -> Any:
        return self.builder.fadd(a, b, flags=FLAGS)

    def minus(self, a: Any, b: Any) -> Any:
        return self.builder.fsub(a, b, flags=FLAGS)

    def least(self, a: Any, b: Any) -> Any:
        return self.builder.select(self.builder.fcmp_ordered("<", a, b), a, b)

    def magnitude(self, a: Any) -> Any:
        name = f"llvm.fabs.v{self.lanes}f32"
        signature = ir.FunctionType(self.kind, [self.kind])
        fabs = cgutils.get_or_insert_function(self.builder.module, signature, name)
        return self.builder.call(fabs, [a])

    def fall(self, x: Any) -> Any:
        """Return exp(-64 x)."""
        one, y = self.number(1), self.least(x, self.number(1))
        power = self.minus(self.number(0.5), self.product(y, self.number(1 / 6)))
        power = self.minus(one, self.product(y, power))
        power = self.minus(one, self.product(y, power))
        for _ in range(6):
            power = self.product(power, power)
        return power

    def squared_distance(self, differences: list, squared: bool) -> Any:
        if squared:
            parts = [self.product(part, part) for part in differences]
        else:
            parts = [self.magnitude(part) for part in differences]
        total = parts[0]
        for part in parts[1:]:
            total = self.plus(total, part)
        return total if squared else self.product(total, total)


def _emit_blur(context, builder, signature, args):
    channels, squared = (kind.literal_value for kind in signature.args[-2:])
    y, y_pitch, x, x_pitch, centre, offsets, near, taps, decay, length = _operands(
        context, builder, signature, args
    )[:-2]

    def tile(position, lanes):
        do = _Arithmetic(builder, lanes)
        planes = [builder.mul(x_pitch, _constant(c)) for c in range(channels)]
        middle = [x.load(lanes, centre, plane, position) for plane in planes]
        sums = [cgutils.alloca_once(builder, do.kind) for _ in range(channels + 1)]
        for place in sums:
            builder.store(do.number(0), place)
        falls_by = _splat(builder, decay, lanes)
        with cgutils.for_range(builder, taps) as tap:
            here = offsets.scalar(tap.index)
            seen = [x.load(lanes, centre, plane, position, here) for plane in planes]
            apart = [do.minus(a, b) for a, b in zip(seen, middle, strict=True)]
            distance = do.squared_distance(apart, bool(squared))
            weight = do.fall(do.product(falls_by, distance))
            weight = do.product(weight, _splat(builder, near.scalar(tap.index), lanes))
            parts = [*(do.product(weight, value) for value in seen), weight]
            for place, part in zip(sums, parts, strict=True):
                builder.store(do.plus(builder.load(place), part), place)
        *totals, weights = (builder.load(place) for place in sums)
        for c, total in enumerate(totals):
            to = builder.mul(y_pitch, _constant(c))
            y.store(builder.fdiv(total, weights), to, position)

    _sweep(builder, length, [LANES, 1], tile)
    return context.get_dummy_value()


@intrinsic
def _blur_row(typing, y, y_pitch, x, x_pitch, centre, offsets, near, taps, decay, length,
              channels, squared):  # fmt: skip
    literal = types.IntegerLiteral
    if not (isinstance(channels, literal) and isinstance(squared, literal)):
        return None
    n, number = types.intp, types.float32
    arguments = (y, n, x, n, n, offsets, near, n, number, n, channels, squared)
    return types.void(*arguments), _emit_blur


def _blur_row_plainly(y, y_pitch, x, x_pitch, centre, offsets, near, taps, decay, length,
                      channels, squared):  # fmt: skip
    """Blur one row of pixels in planes, `x_pitch` apart; `centre` is the first pixel's place.

    y gets `channels` planes, `y_pitch` apart. `offsets` and `near` are the places of the
    window, counted from its middle, and their weights; `decay` is 1 / (128 sigma^2) of
    the range.
    """
    x, y = x.reshape(-1), y.reshape(-1)
    begins = centre + x_pitch * np.arange(channels)
    middle = np.stack([x[at : at + length] for at in begins])
    total, weights = np.zeros_like(middle), np.zeros(length, np.float32)
    for k in range(taps):
        seen = np.stack([x[at + offsets[k] :][:length] for at in begins])
        apart = np.abs(seen - middle)
        distance = (apart**2).sum(axis=0) if squared else apart.sum(axis=0) ** 2
        weight = near[k] * np.exp(-64 * np.float32(decay) * distance)
        weights += weight
        total += weight * seen
    for c in range(channels):
        y[c * y_pitch : c * y_pitch + length] = total[c] / weights


blur_row: Any = _blur_row_plainly if config.DISABLE_JIT else _blur_row


@serial_loop
def _split(frame, channels, planes):
    """Copy interleaved rows to a plane for each channel."""
    for r in range(frame.shape[0]):
        if channels == 1:
            source, row = frame[r], planes[0, r]
            for j in range(row.size):
                row[j] = source[j]
        elif channels == 3:
            pixels = frame[r].reshape((frame.shape[1] // 3, 3))
            first, second, third = planes[0, r], planes[1, r], planes[2, r]
            for j in range(first.size):
                first[j], second[j], third[j] = pixels[j, 0], pixels[j, 1], pixels[j, 2]
        else:
            for c in range(channels):
                source, row = frame[r, c::channels], planes[c, r]
                for j in range(row.size):
                    row[j] = source[j]


@serial_loop
def _join(planes, channels, out):
    if channels == 3:
        pixels = out.reshape((out.size // 3, 3))
        first, second, third = planes[0], planes[1], planes[2]
        for j in range(first.size):
            pixels[j, 0], pixels[j, 1], pixels[j, 2] = first[j], second[j], third[j]
    else:
        for c in range(channels):
            row, given = out[c::channels], planes[c]
            for j in range(given.size):
                row[j] = given[j]


@serial_loop
def _blur(result, planes, centre, offsets, near, decay, squared):
    """Blur a row by the loop for its channels and its distance."""
    n, width, pitch, taps = result.shape[0], result.shape[1], planes[0].size, near.size
    if n == 1:
        blur_row(result, width, planes, pitch, centre, offsets, near, taps, decay, width, 1, 1)
    elif n == 3 and squared:
        blur_row(result, width, planes, pitch, centre, offsets, near, taps, decay, width, 3, 1)
    elif n == 3:
        blur_row(result, width, planes, pitch, centre, offsets, near, taps, decay, width, 3, 0)


@parallel_loop
def bilateral(frame, channels, rows, columns, near, decay, squared, radius, strip, out):
    """Fill out (OH, OW*C) from frame (OH + 2 radius, (OW + 2 radius)*C), of 1 or 3 channels.

    `rows`, `columns` and `near` list the window's positions and spatial weights;
    `decay` is 1 / (128 sigma^2) of the range. All channels share a pixel's weights.
    """
    height, width = out.shape[0], out.shape[1] // channels
    for s in prange((height + strip - 1) // strip):
        start = s * strip
        count = min(strip, height - start)
        planes = np.empty((channels, count + 2 * radius, frame.shape[1] // channels), np.float32)
        result = np.empty((channels, width), np.float32)
        pitch = planes.shape[2]
        offsets = (rows - radius) * pitch + columns - radius
        _split(frame[start : start + count + 2 * radius], channels, planes)
        for i in range(count):
            centre = (i + radius) * pitch + radius
            _blur(result, planes, centre, offsets, near, decay, squared)
            _join(result, channels, out[start + i])
