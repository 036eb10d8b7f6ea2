"""What weighted_rows.py says, in LLVM's terms."""

from typing import Any

from llvmlite import ir
from numba.core import cgutils, types
from numba.extending import intrinsic

from .llvm import (
    FLAGS,
    FLOAT,
    LANES,
    VECTORS,
    Builder,
    Pixels,
    Value,
    constant,
    joined,
    splat,
    sweep,
)

# Vectors side by side in a tile of one row, of two and of four: two multiply-adds
# a cycle want eight sums or more at work, and all of them have to fit in registers.
SIDE_BY_SIDE = {1: 8, 2: 2 * VECTORS, 4: VECTORS if LANES > 4 else 2}


class _Sums:
    """The sums of a tile, rows of vectors, all beginning with the same number."""

    def __init__(self, builder: Builder, start: Value, rows: int, vectors: int, lanes: int):
        self.builder, self.lanes = builder, lanes
        kind = ir.VectorType(FLOAT, lanes)
        self.places = [[cgutils.alloca_once(builder, kind) for _ in range(vectors)]
                       for _ in range(rows)]  # fmt: skip
        begin = splat(builder, start, lanes)
        for place in (place for row in self.places for place in row):
            builder.store(begin, place)

    def add(self, row: int, weight: Value, inputs: list[Value]) -> None:
        factor = splat(self.builder, weight, self.lanes)
        for value, place in zip(inputs, self.places[row], strict=True):
            product = self.builder.fmul(value, factor, flags=FLAGS)
            total = self.builder.fadd(self.builder.load(place), product, flags=FLAGS)
            self.builder.store(total, place)

    def store(self, row: int, y: Pixels, *where: Value) -> None:
        values = [self.builder.load(place) for place in self.places[row]]
        y.store(joined(self.builder, values), *where)


def pixels(context: Any, builder: Builder, signature: Any, args: Any) -> list:
    """Return the arguments, arrays as `Pixels` and numbers as they are."""
    return [
        Pixels(context, builder, kind, value) if isinstance(kind, types.Array) else value
        for kind, value in zip(signature.args, args, strict=True)
    ]


def _lanes_and_vectors(width: int) -> tuple[int, int]:
    lanes = LANES if width >= LANES else 1
    return lanes, width // lanes


def _emit_row(context, builder, signature, args):
    y, y_at, start, x, x_at, offsets, w, taps, length = pixels(context, builder, signature, args)

    def tile(position, width):
        lanes, vectors = _lanes_and_vectors(width)
        sums = _Sums(builder, start, 1, vectors, lanes)
        with cgutils.for_range(builder, taps) as tap:
            here = offsets.scalar(tap.index)
            inputs = [
                x.load(lanes, x_at, position, here, constant(k * lanes)) for k in range(vectors)
            ]
            sums.add(0, w.scalar(tap.index), inputs)
        sums.store(0, y, y_at, position)

    sweep(builder, length, [SIDE_BY_SIDE[1] * LANES, 2 * LANES, LANES, 1], tile)
    return context.get_dummy_value()


@intrinsic
def weigh_row(typing, y, y_at, start, x, x_at, offsets, w, taps, length):
    n = types.intp
    return types.void(y, n, types.float32, x, n, offsets, w, n, n), _emit_row


def _emit_put(context, builder, signature, args):
    y, y_at, x, x_at, length = pixels(context, builder, signature, args)

    def tile(position, width):
        lanes, vectors = _lanes_and_vectors(width)
        values = [x.load(lanes, x_at, position, constant(k * lanes)) for k in range(vectors)]
        y.store(joined(builder, values), y_at, position)

    sweep(builder, length, [4 * LANES, LANES, 1], tile)
    return context.get_dummy_value()


@intrinsic
def put_row(typing, y, y_at, x, x_at, length):
    n = types.intp
    return types.void(y, n, x, n, n), _emit_put


def _emit_sum(context, builder, signature, args):
    y, y_at, x, x_at, step, taps, weight, length = pixels(context, builder, signature, args)
    number = x.number
    # Two vectors of sums are at work while one waits for the addition before.
    most = 2 * LANES * 32 // number.width

    def tile(position, lanes):
        kind = ir.VectorType(number, lanes)
        total = cgutils.alloca_once(builder, kind)
        builder.store(ir.Constant(kind, [0] * lanes), total)
        with cgutils.for_range(builder, taps) as tap:
            place = x.address(x_at, position, builder.mul(tap.index, step))
            seen = builder.load(builder.bitcast(place, kind.as_pointer()))
            seen.align = number.width // 8
            builder.store(builder.add(builder.load(total), seen), total)
        whole = builder.load(total)
        if number.width < 32:
            whole = builder.zext(whole, ir.VectorType(ir.IntType(32), lanes))
        values = builder.sitofp(whole, ir.VectorType(FLOAT, lanes))
        y.store(builder.fmul(values, splat(builder, weight, lanes)), y_at, position)

    sweep(builder, length, [most, LANES, 1], tile)
    return context.get_dummy_value()


@intrinsic
def sum_row(typing, y, y_at, x, x_at, step, taps, weight, length):
    n = types.intp
    return types.void(y, n, x, n, n, n, types.float32, n), _emit_sum


def _emit_slide(context, builder, signature, args):
    operands = pixels(context, builder, signature, args)
    sums, at, new, new_at, old, old_at, length = operands

    def tile(position, lanes):
        kind = ir.VectorType(sums.number, lanes)

        def values(source, *where):
            place = source.address(*where)
            kind = ir.VectorType(source.number, lanes)
            found = builder.load(builder.bitcast(place, kind.as_pointer()))
            found.align = source.number.width // 8
            return found

        total = values(sums, at, position)
        enters, leaves = values(new, new_at, position), values(old, old_at, position)
        total = builder.add(total, builder.zext(enters, kind))
        total = builder.sub(total, builder.zext(leaves, kind))
        place = builder.bitcast(sums.address(at, position), kind.as_pointer())
        builder.store(total, place).align = sums.number.width // 8

    sweep(builder, length, [8 * LANES, LANES, 1], tile)
    return context.get_dummy_value()


@intrinsic
def slide_sums(typing, sums, at, new, new_at, old, old_at, length):
    n = types.intp
    return types.void(sums, n, new, n, old, n, n), _emit_slide


def _emit_window(context, builder, signature, args):
    rows = signature.args[-1].literal_value
    y, y_at, y_pitch, x, x_at, x_pitch, w, height, offsets, width, stride, length = pixels(
        context, builder, signature, args
    )[:-1]
    starts = [builder.mul(stride, constant(r)) for r in range(rows)]

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
                    inputs = [x.load(lanes, here, constant(k * lanes)) for k in range(vectors)]
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
            sums.store(r, y, y_at, builder.mul(y_pitch, constant(r)), position)

    sweep(builder, length, [SIDE_BY_SIDE[rows] * LANES, LANES, 1], tile)
    return context.get_dummy_value()


@intrinsic
def weigh_window(typing, y, y_at, y_pitch, x, x_at, x_pitch,
                  w, height, offsets, width, stride, length, rows):  # fmt: skip
    if not isinstance(rows, types.IntegerLiteral):
        return None
    n = types.intp
    return types.void(y, n, n, x, n, n, w, n, offsets, n, n, n, rows), _emit_window
