"""Weighted sums of shifted rows of pixels, their sums kept in vector registers.

Two functions for compiled loops: `weigh_row` for one row of windows and
`weigh_window` for several rows at once, which share what they read. Pixels of any
dtype are turned into float32 as they are read, and results are rounded and
saturated as they are written, so that nothing in between goes out to memory.

Spelled in LLVM's terms, as in tiles.py and for its reason: of a loop over taps
inside a loop along the row, the compiler vectorises neither well.
"""

from typing import Any

import numpy as np
from llvmlite import ir
from numba.core import cgutils, types
from numba.extending import intrinsic

from ..jit import FAST_MATH, config
from .tiles import LANES, VECTORS, Builder, Value, _constant, _splat, _sweep

FLAGS = tuple(sorted(FAST_MATH))
FLOAT = ir.FloatType()
# Vectors side by side in a tile of one row, of two and of four: two multiply-adds
# a cycle want eight sums or more at work, and all of them have to fit in registers.
SIDE_BY_SIDE = {1: 2 * VECTORS, 2: 2 * VECTORS, 4: VECTORS if LANES > 4 else 2}


class _Pixels:
    """A flat array of numbers in memory, read and written as vectors of float32."""

    def __init__(self, context: Any, builder: Builder, kind: types.Array, value: Value):
        self.builder = builder
        self.data = context.make_array(kind)(context, builder, value).data
        self.number = self.data.type.pointee

    def address(self, *where: Value) -> Value:
        place = self.data
        for step in where:
            place = self.builder.gep(place, [step])
        return place

    def scalar(self, *where: Value) -> Value:
        return self.builder.load(self.address(*where))

    def load(self, lanes: int, *where: Value) -> Value:
        kind = ir.VectorType(self.number, lanes)
        value = self.builder.load(self.builder.bitcast(self.address(*where), kind.as_pointer()))
        value.align = self._bytes
        if isinstance(self.number, ir.FloatType):
            return value
        wide = value
        if self.number.width < 32:
            wide = self.builder.zext(value, ir.VectorType(ir.IntType(32), lanes))
        return self.builder.sitofp(wide, ir.VectorType(FLOAT, lanes))

    def store(self, value: Value, *where: Value) -> None:
        if not isinstance(self.number, ir.FloatType):
            value = self._fitted(value)
        place = self.builder.bitcast(self.address(*where), value.type.as_pointer())
        self.builder.store(value, place).align = self._bytes

    @property
    def _bytes(self) -> int:
        return 4 if isinstance(self.number, ir.FloatType) else self.number.width // 8

    def _fitted(self, value: Value) -> Value:
        """Round half to even and saturate; NaN becomes 0."""
        builder, kind = self.builder, value.type
        zero, most = (
            ir.Constant(kind, [float(edge)] * kind.count) for edge in (0, 2**self.number.width - 1)
        )
        name = f"llvm.rint.v{kind.count}f32"
        signature = ir.FunctionType(kind, [kind])
        rint = cgutils.get_or_insert_function(builder.module, signature, name)
        value = builder.call(rint, [value])
        value = builder.select(builder.fcmp_ordered(">", value, zero), value, zero)
        value = builder.select(builder.fcmp_ordered("<", value, most), value, most)
        whole = builder.fptosi(value, ir.VectorType(ir.IntType(32), kind.count))
        return builder.trunc(whole, ir.VectorType(self.number, kind.count))


class _Sums:
    """The sums of a tile, rows of vectors, all beginning with the same number."""

    def __init__(self, builder: Builder, start: Value, rows: int, vectors: int, lanes: int):
        self.builder, self.lanes = builder, lanes
        kind = ir.VectorType(FLOAT, lanes)
        self.places = [[cgutils.alloca_once(builder, kind) for _ in range(vectors)]
                       for _ in range(rows)]  # fmt: skip
        begin = _splat(builder, start, lanes)
        for place in (place for row in self.places for place in row):
            builder.store(begin, place)

    def add(self, row: int, weight: Value, inputs: list[Value]) -> None:
        factor = _splat(self.builder, weight, self.lanes)
        for value, place in zip(inputs, self.places[row], strict=True):
            product = self.builder.fmul(value, factor, flags=FLAGS)
            total = self.builder.fadd(self.builder.load(place), product, flags=FLAGS)
            self.builder.store(total, place)

    def store(self, row: int, y: _Pixels, *where: Value) -> None:
        for k, place in enumerate(self.places[row]):
            y.store(self.builder.load(place), *where, _constant(k * self.lanes))


def _operands(context: Any, builder: Builder, signature: Any, args: Any) -> list:
    return [
        _Pixels(context, builder, kind, value) if isinstance(kind, types.Array) else value
        for kind, value in zip(signature.args, args, strict=True)
    ]


def _lanes_and_vectors(width: int) -> tuple[int, int]:
    lanes = LANES if width >= LANES else 1
    return lanes, width // lanes


def _emit_row(context, builder, signature, args):
    y, y_at, start, x, x_at, offsets, w, taps, length = _operands(context, builder, signature, args)

    def tile(position, width):
        lanes, vectors = _lanes_and_vectors(width)
        sums = _Sums(builder, start, 1, vectors, lanes)
        with cgutils.for_range(builder, taps) as tap:
            here = offsets.scalar(tap.index)
            inputs = [
                x.load(lanes, x_at, position, here, _constant(k * lanes)) for k in range(vectors)
            ]
            sums.add(0, w.scalar(tap.index), inputs)
        sums.store(0, y, y_at, position)

    _sweep(builder, length, [SIDE_BY_SIDE[1] * LANES, 2 * LANES, LANES, 1], tile)
    return context.get_dummy_value()


@intrinsic
def _weigh_row(typing, y, y_at, start, x, x_at, offsets, w, taps, length):
    n = types.intp
    return types.void(y, n, types.float32, x, n, offsets, w, n, n), _emit_row


def _weigh_row_plainly(y, y_at, start, x, x_at, offsets, w, taps, length):
    """Compute one row of weighted sums of shifted rows.

    Of all arrays only the flat order counts. For j below `length`

        y[y_at + j] = start + sum over k below `taps` of w[k] * x[x_at + offsets[k] + j]

    in float32, rounded half to even and saturated where y holds whole numbers.
    """
    total = np.full(length, start, np.float32)
    for k in range(taps):
        begin = x_at + offsets[k]
        total += w[k] * x.reshape(-1)[begin : begin + length].astype(np.float32)
    _put(y, y_at, total)


def _put(y: np.ndarray, at: int, total: np.ndarray) -> None:
    if y.dtype.kind == "u":
        most = np.float32(np.iinfo(y.dtype).max)
        total = np.rint(total)
        total = np.where(total > 0, np.minimum(total, most), 0)
    y.reshape(-1)[at : at + total.size] = total


def _emit_window(context, builder, signature, args):
    rows = signature.args[-1].literal_value
    y, y_at, y_pitch, x, x_at, x_pitch, w, height, offsets, width, stride, length = _operands(
        context, builder, signature, args
    )[:-1]
    starts = [builder.mul(stride, _constant(r)) for r in range(rows)]

    def tile(position, cut):
        lanes, vectors = _lanes_and_vectors(cut)
        sums = _Sums(builder, ir.Constant(FLOAT, 0.0), rows, vectors, lanes)
        place = builder.add(x_at, position)

        def lines(begin, end, first, last):
            """Add the input rows from `begin` to `end` to the output rows `first` to `last`."""
            with cgutils.for_range(builder, end, start=begin) as line:
                row = builder.add(place, builder.mul(line.index, x_pitch))
                weights = {
                    r: builder.mul(builder.sub(line.index, starts[r]), width)
                    for r in range(first, last + 1)
                }
                with cgutils.for_range(builder, width) as tap:
                    here = builder.add(row, offsets.scalar(tap.index))
                    inputs = [x.load(lanes, here, _constant(k * lanes)) for k in range(vectors)]
                    for r, at in weights.items():
                        sums.add(r, w.scalar(at, tap.index), inputs)

        # Rows come into the windows of one output row after the other, and leave them so.
        for r in range(1, rows):
            lines(starts[r - 1], starts[r], 0, r - 1)
        lines(starts[-1], height, 0, rows - 1)
        for r in range(1, rows):
            left, end = (builder.add(height, starts[k]) for k in (r - 1, r))
            lines(left, end, r, rows - 1)
        for r in range(rows):
            sums.store(r, y, y_at, builder.mul(y_pitch, _constant(r)), position)

    _sweep(builder, length, [SIDE_BY_SIDE[rows] * LANES, LANES, 1], tile)
    return context.get_dummy_value()


@intrinsic
def _weigh_window(typing, y, y_at, y_pitch, x, x_at, x_pitch,
                  w, height, offsets, width, stride, length, rows):  # fmt: skip
    if not isinstance(rows, types.IntegerLiteral):
        return None
    n = types.intp
    return types.void(y, n, n, x, n, n, w, n, offsets, n, n, n, rows), _emit_window


def _weigh_window_plainly(y, y_at, y_pitch, x, x_at, x_pitch,
                          w, height, offsets, width, stride, length, rows):  # fmt: skip
    """Compute 1, 2 or 4 rows of weighted sums over a window of height x width places.

    Of all arrays only the flat order counts. For r below `rows` and j below `length`

        y[y_at + r*y_pitch + j] = sum over u below `height` and v below `width` of
            w[u*width + v] * x[x_at + (r*stride + u)*x_pitch + offsets[v] + j]

    in float32, rounded half to even and saturated where y holds whole numbers.
    All rows see one input row at least: (rows - 1)*stride is at most the height.
    """
    for r in range(rows):
        total = np.zeros(length, np.float32)
        for u in range(height):
            for v in range(width):
                begin = x_at + (r * stride + u) * x_pitch + offsets[v]
                total += w[u * width + v] * x.reshape(-1)[begin : begin + length]
        _put(y, y_at + r * y_pitch, total)


weigh_row: Any = _weigh_row_plainly if config.DISABLE_JIT else _weigh_row
weigh_window: Any = _weigh_window_plainly if config.DISABLE_JIT else _weigh_window
