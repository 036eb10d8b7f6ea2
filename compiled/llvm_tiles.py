"""What tiles.py says, in LLVM's terms."""

from llvmlite import ir
from numba.core import cgutils, types
from numba.extending import intrinsic

from .llvm import LANES, VECTORS, Builder, Value, constant, multiply_add, operands, splat, sweep


def _weigh_tile(builder, y, start, x, offsets, first, last, w, places, *, lanes: int, cuts: list):
    """Emit one tile.

    y and w are (array, places of the rows) pairs, x an (array, place) pair;
    `cuts` are the vectors' distances from these places.
    """
    (y, y_rows), (w, w_rows), (x, x_at) = y, w, x
    kind = ir.VectorType(y.number, lanes)
    sums = [[cgutils.alloca_once(builder, kind) for _ in cuts] for _ in y_rows]
    for value, row in zip(start, sums, strict=True):
        begin = splat(builder, value, lanes)
        for place in row:
            builder.store(begin, place)
    with cgutils.for_range(builder, last, start=first) as tap:
        here, where = offsets.scalar(tap.index), places.scalar(tap.index)
        inputs = [x.load(lanes, x_at, here, cut) for cut in cuts]
        for w_row, row in zip(w_rows, sums, strict=True):
            weight = splat(builder, w.scalar(w_row, where), lanes)
            for value, place in zip(inputs, row, strict=True):
                multiply_add(builder, place, value, weight)
    for y_row, row in zip(y_rows, sums, strict=True):
        for cut, place in zip(cuts, row, strict=True):
            y.store(builder.load(place), y_row, cut)


def _emit_weigh(context, builder, signature, args):
    (y, y_at, y_step, start, x, x_at, offsets, first, last, w, places, w_step, rows,
     length) = operands(context, builder, signature, args)  # fmt: skip

    def some_rows(row, count):
        numbers = [builder.add(row, constant(r)) for r in range(count)]
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
                cuts=[constant(i) for i in range(0, width, lanes)],
            )

        sweep(builder, length, [VECTORS * LANES, 2 * LANES, LANES, 1], tile)

    sweep(builder, rows, [6, 4, 2, 1], some_rows)
    return context.get_dummy_value()


@intrinsic
def weigh_rows(typing, y, y_at, y_step, start, x, x_at,
                offsets, first, last, w, places, w_step, rows, length):  # fmt: skip
    n = types.intp
    arguments = (y, n, n, start, x, n, offsets, n, n, w, places, n, n, n)
    return types.void(*arguments), _emit_weigh


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
                    multiply_add(builder, place, value, factor)

        sweep(builder, length, [LANES, 1], step)
    for sum_row, *rows in zip(sum_rows, totals[LANES], totals[1], strict=True):
        for sum_tap, *both in zip(sum_taps, *rows, strict=True):
            wide, rest = (_total(builder, builder.load(place)) for place in both)
            found = splat(builder, builder.fadd(wide, rest), 1)
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
    (sums, sums_step, dy, dy_at, dy_step, dy_line, x, x_at, x_line, offsets, places, first, last,
     rows, lines, length) = operands(context, builder, signature, args)  # fmt: skip

    def some_rows(row, row_count):
        row_numbers = [builder.add(row, constant(r)) for r in range(row_count)]
        sum_rows = [builder.mul(sums_step, r) for r in row_numbers]
        dy_rows = [builder.add(dy_at, builder.mul(dy_step, r)) for r in row_numbers]

        def some_taps(tap, tap_count):
            taps = [builder.add(builder.add(first, tap), constant(k)) for k in range(tap_count)]
            sum_taps = [places.scalar(k) for k in taps]
            x_rows = [builder.add(x_at, offsets.scalar(k)) for k in taps]
            all_sums = (sums, sum_rows, sum_taps)
            _multiply_tile(
                builder, all_sums, (dy, dy_rows, dy_line), (x, x_rows, x_line), lines, length
            )

        sweep(builder, builder.sub(last, first), [6, 5, 3, 1], some_taps)

    sweep(builder, rows, [4, 1], some_rows)
    return context.get_dummy_value()


@intrinsic
def multiply_rows(typing, sums, sums_step, dy, dy_at, dy_step, dy_line, x, x_at, x_line,
                   offsets, places, first, last, rows, lines, length):  # fmt: skip
    n = types.intp
    arguments = (sums, n, dy, n, n, n, x, n, n, offsets, places, n, n, n, n, n)
    return types.void(*arguments), _emit_multiply
