"""Weighted sums of rows, kept in vector registers: the step that every CNN layer rests on.

Two functions for compiled loops, `weigh_rows` and `multiply_rows`. Both cut
their work into tiles, a few output rows by a few vectors of numbers, whose sums
stay in registers while all taps are added: each output number is written once,
and each input vector serves several rows.

Why they are spelled in LLVM's terms and not as loops: the compiler vectorises
the innermost loop only, which has to be the one along the row, so that the sums
go out to memory and back after every few taps. Measured on one AVX-512 core
that can multiply and add 120e9 times a second, 5x5 taps over 6 channels:

    loops over rows, 4 rows by 5 taps a pass     17 to 46e9 a second
    OpenBLAS on rows copied side by side         50e9, the copying not counted
    tiles of 4 rows by 4 vectors                 99e9
    tiles of 6 rows by 4 vectors                107 to 112e9
    tiles of 8 rows by 2 vectors                 96 to 114e9
"""

from typing import Any, TypeAlias

import numpy as np
from llvmlite import binding, ir
from numba.core import cgutils, types
from numba.extending import intrinsic

from ..jit import FAST_MATH, config

# llvmlite's own types do not know each other well enough to be checked.
Builder: TypeAlias = Any
Value: TypeAlias = Any

INDEX = ir.IntType(64)
FLAGS = tuple(sorted(FAST_MATH))


def _vector_shape() -> tuple[int, int]:
    """Return the numbers in a vector, and the vectors in a tile's row, for this processor."""
    features = config.CPU_FEATURES
    if features is None:
        features = binding.get_host_cpu_features().flatten()
    if "+avx512f" in features:
        return 16, 4
    # 16 registers: 6 rows by 2 vectors, the inputs and a weight fit.
    return (8, 2) if "+avx" in features else (4, 4)


LANES, VECTORS = _vector_shape()


class _Rows:
    """Vectors of a flat array in memory, for an LLVM builder."""

    def __init__(self, builder: Builder, data: Value):
        self.builder, self.data = builder, data
        self.number = data.type.pointee
        self.bytes = 4 if isinstance(self.number, ir.FloatType) else 8

    def scalar(self, *where: Value) -> Value:
        return self.builder.load(self._address(where))

    def load(self, lanes: int, *where: Value) -> Value:
        value = self.builder.load(self._vector(lanes, where))
        value.align = self.bytes
        return value

    def store(self, value: Value, *where: Value) -> None:
        self.builder.store(value, self._vector(value.type.count, where)).align = self.bytes

    def _vector(self, lanes: int, where: tuple) -> Value:
        kind = ir.VectorType(self.number, lanes).as_pointer()
        return self.builder.bitcast(self._address(where), kind)

    def _address(self, where: tuple) -> Value:
        address = self.data
        for step in where:
            address = self.builder.gep(address, [step])
        return address


def _constant(number: int) -> ir.Constant:
    return ir.Constant(INDEX, number)


def _splat(builder: Builder, value: Value, lanes: int) -> Value:
    empty = ir.Constant(ir.VectorType(value.type, lanes), ir.Undefined)
    first = builder.insert_element(empty, value, ir.Constant(ir.IntType(32), 0))
    zeros = ir.Constant(ir.VectorType(ir.IntType(32), lanes), [0] * lanes)
    return builder.shuffle_vector(first, empty, zeros)


def _multiply_add(builder: Builder, place: Value, a: Value, b: Value) -> None:
    product = builder.fmul(a, b, flags=FLAGS)
    builder.store(builder.fadd(builder.load(place), product, flags=FLAGS), place)


def _sweep(builder: Builder, length: Value, widths: list[int], body) -> None:
    """Emit `body(position, width)` over a length: in the first width, then the next, ..."""
    position = cgutils.alloca_once_value(builder, _constant(0))
    for width in widths:
        blocks = builder.sdiv(builder.sub(length, builder.load(position)), _constant(width))
        with cgutils.for_range(builder, blocks):
            here = builder.load(position)
            body(here, width)
            builder.store(builder.add(here, _constant(width)), position)


def _operands(context, builder, signature, args) -> list:
    """Return the arguments, arrays as `_Rows` and numbers as they are."""
    return [
        _Rows(builder, context.make_array(kind)(context, builder, value).data)
        if isinstance(kind, types.Array)
        else value
        for kind, value in zip(signature.args, args, strict=True)
    ]


def _weigh_tile(builder, y, start, x, offsets, first, last, w, places, *, lanes: int, cuts: list):
    """Emit one tile.

    y and w are (array, places of the rows) pairs, x an (array, place) pair;
    `cuts` are the vectors' distances from these places.
    """
    (y, y_rows), (w, w_rows), (x, x_at) = y, w, x
    kind = ir.VectorType(y.number, lanes)
    sums = [[cgutils.alloca_once(builder, kind) for _ in cuts] for _ in y_rows]
    for value, row in zip(start, sums, strict=True):
        begin = _splat(builder, value, lanes)
        for place in row:
            builder.store(begin, place)
    with cgutils.for_range(builder, last, start=first) as tap:
        here, where = offsets.scalar(tap.index), places.scalar(tap.index)
        inputs = [x.load(lanes, x_at, here, cut) for cut in cuts]
        for w_row, row in zip(w_rows, sums, strict=True):
            weight = _splat(builder, w.scalar(w_row, where), lanes)
            for value, place in zip(inputs, row, strict=True):
                _multiply_add(builder, place, value, weight)
    for y_row, row in zip(y_rows, sums, strict=True):
        for cut, place in zip(cuts, row, strict=True):
            y.store(builder.load(place), y_row, cut)


def _emit_weigh(context, builder, signature, args):
    operands = _operands(context, builder, signature, args)
    y, y_at, y_step, start, x, x_at, offsets, first, last, w, places, w_step, rows, length = (
        operands
    )

    def some_rows(row, count):
        numbers = [builder.add(row, _constant(r)) for r in range(count)]
        begin = [start.scalar(r) for r in numbers]
        w_rows = [builder.mul(w_step, r) for r in numbers]
        y_rows = [builder.add(y_at, builder.mul(y_step, r)) for r in numbers]

        def tile(position, width):
            lanes = LANES if width >= LANES else 1
            _weigh_tile(
                builder,
                (y, [builder.add(y_row, position) for y_row in y_rows]),
                begin,
                (x, builder.add(x_at, position)),
                offsets,
                first,
                last,
                (w, w_rows),
                places,
                lanes=lanes,
                cuts=[_constant(i) for i in range(0, width, lanes)],
            )

        _sweep(builder, length, [VECTORS * LANES, 2 * LANES, LANES, 1], tile)

    _sweep(builder, rows, [6, 4, 2, 1], some_rows)
    return context.get_dummy_value()


@intrinsic
def _weigh_rows(typing, y, y_at, y_step, start, x, x_at,
                offsets, first, last, w, places, w_step, rows, length):  # fmt: skip
    n = types.intp
    arguments = (y, n, n, start, x, n, offsets, n, n, w, places, n, n, n)
    return types.void(*arguments), _emit_weigh


def _weigh_rows_plainly(y, y_at, y_step, start, x, x_at,
                        offsets, first, last, w, places, w_step, rows, length):  # fmt: skip
    """Compute rows of weighted sums of shifted rows.

    All arrays are flat. For row r below `rows` and j below `length`

        y[y_at + r*y_step + j] = start[r] + sum over taps k, first <= k < last, of
            w[r*w_step + places[k]] * x[x_at + offsets[k] + j]
    """
    for r in range(rows):
        total = np.full(length, start[r], y.dtype)
        for k in range(first, last):
            begin = x_at + offsets[k]
            total += w[r * w_step + places[k]] * x[begin : begin + length]
        begin = y_at + r * y_step
        y[begin : begin + length] = total


def _multiply_tile(builder, sums, dy, x, lines: Value, length: Value):
    """Emit one tile.

    sums is (array, places of the rows, places of the taps); dy and x are
    (array, places, distance of lines).
    """
    (sums, sum_rows, sum_taps), (dy, dy_rows, dy_line), (x, x_rows, x_line) = sums, dy, x
    totals = {}
    for lanes in (LANES, 1):
        kind = ir.VectorType(x.number, lanes)
        zero = ir.Constant(kind, None)
        totals[lanes] = [
            [cgutils.alloca_once(builder, kind) for _ in x_rows] for _ in dy_rows
        ]  # fmt: skip
        for place in (place for row in totals[lanes] for place in row):
            builder.store(zero, place)
    with cgutils.for_range(builder, lines) as line:
        dy_here, x_here = (builder.mul(line.index, step) for step in (dy_line, x_line))

        def step(position, width):
            inputs = [x.load(width, row, x_here, position) for row in x_rows]
            for dy_row, row in zip(dy_rows, totals[width], strict=True):
                factor = dy.load(width, dy_row, dy_here, position)
                for value, place in zip(inputs, row, strict=True):
                    _multiply_add(builder, place, value, factor)

        _sweep(builder, length, [LANES, 1], step)
    for sum_row, *rows in zip(sum_rows, totals[LANES], totals[1], strict=True):
        for sum_tap, *both in zip(sum_taps, *rows, strict=True):
            wide, rest = (_total(builder, builder.load(place)) for place in both)
            found = _splat(builder, builder.fadd(wide, rest), 1)
            sums.store(builder.fadd(sums.load(1, sum_row, sum_tap), found), sum_row, sum_tap)


def _total(builder: Builder, vector: Value) -> Value:
    """Add a vector's numbers up, halves to halves."""
    lanes = vector.type.count
    while lanes > 1:
        lanes //= 2
        empty = ir.Constant(vector.type, ir.Undefined)
        pick = ir.VectorType(ir.IntType(32), lanes)
        low, high = (ir.Constant(pick, list(range(i, i + lanes))) for i in (0, lanes))
        halves = (builder.shuffle_vector(vector, empty, half) for half in (low, high))
        vector = builder.fadd(*halves)
    return builder.extract_element(vector, ir.Constant(ir.IntType(32), 0))


def _emit_multiply(context, builder, signature, args):
    operands = _operands(context, builder, signature, args)
    (sums, sums_step, dy, dy_at, dy_step, dy_line, x, x_at, x_line,
     offsets, places, first, last, rows, lines, length) = operands  # fmt: skip

    def some_rows(row, row_count):
        row_numbers = [builder.add(row, _constant(r)) for r in range(row_count)]
        sum_rows = [builder.mul(sums_step, r) for r in row_numbers]
        dy_rows = [builder.add(dy_at, builder.mul(dy_step, r)) for r in row_numbers]

        def some_taps(tap, tap_count):
            taps = [builder.add(builder.add(first, tap), _constant(k)) for k in range(tap_count)]
            sum_taps = [places.scalar(k) for k in taps]
            x_rows = [builder.add(x_at, offsets.scalar(k)) for k in taps]
            all_sums = (sums, sum_rows, sum_taps)
            _multiply_tile(
                builder, all_sums, (dy, dy_rows, dy_line), (x, x_rows, x_line), lines, length
            )

        _sweep(builder, builder.sub(last, first), [6, 5, 3, 1], some_taps)

    _sweep(builder, rows, [4, 1], some_rows)
    return context.get_dummy_value()


@intrinsic
def _multiply_rows(typing, sums, sums_step, dy, dy_at, dy_step, dy_line, x, x_at, x_line,
                   offsets, places, first, last, rows, lines, length):  # fmt: skip
    n = types.intp
    arguments = (sums, n, dy, n, n, n, x, n, n, offsets, places, n, n, n, n, n)
    return types.void(*arguments), _emit_multiply


def _multiply_rows_plainly(sums, sums_step, dy, dy_at, dy_step, dy_line, x, x_at, x_line,
                           offsets, places, first, last, rows, lines, length):  # fmt: skip
    """Multiply rows with shifted rows, number by number, and add up.

    All arrays are flat. For row r below `rows` and tap k, first <= k < last

        sums[r*sums_step + places[k]] += sum over i below `lines` and j below `length` of
            dy[dy_at + r*dy_step + i*dy_line + j] * x[x_at + offsets[k] + i*x_line + j]
    """
    for r in range(rows):
        for k in range(first, last):
            for i in range(lines):
                a = dy_at + r * dy_step + i * dy_line
                b = x_at + offsets[k] + i * x_line
                sums[r * sums_step + places[k]] += dy[a : a + length] @ x[b : b + length]


weigh_rows: Any = _weigh_rows_plainly if config.DISABLE_JIT else _weigh_rows
multiply_rows: Any = _multiply_rows_plainly if config.DISABLE_JIT else _multiply_rows
