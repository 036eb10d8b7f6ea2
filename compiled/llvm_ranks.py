"""The order statistics of filters/rank_loops.py, in LLVM's terms."""

from typing import Any

from llvmlite import ir
from numba.core import cgutils, types
from numba.extending import intrinsic

from .llvm import LANES, Pixels, constant, splat, sweep
from .networks import GREATER, LESSER, median_network

# Vectors of results found together: their numbers found, limits and counts fit in registers.
VECTORS = 4 if LANES == 16 else 2


class _Search:
    """The results of a tile: `vectors` of `lanes` whole numbers, and what is known of them."""

    def __init__(self, builder: Any, number: ir.IntType, lanes: int, vectors: int):
        self.builder, self.lanes = builder, lanes
        self.kind = ir.VectorType(number, lanes)
        self.found, self.limits, self.counts = (
            [cgutils.alloca_once(builder, self.kind) for _ in range(vectors)] for _ in range(3)
        )
        for place in self.found:
            builder.store(self.number(0), place)

    def number(self, value: int) -> Any:
        return ir.Constant(self.kind, [value] * self.lanes)

    def try_bit(self, bit: Any) -> None:
        bits = splat(self.builder, bit, self.lanes)
        for found, limit, count in zip(self.found, self.limits, self.counts, strict=True):
            self.builder.store(self.builder.or_(self.builder.load(found), bits), limit)
            self.builder.store(self.number(0), count)

    def count(self, values: list, one: Any) -> None:
        builder = self.builder
        for value, limit, place in zip(values, self.limits, self.counts, strict=True):
            is_below = self._is_below(value, builder.load(limit), one)
            builder.store(builder.add(builder.load(place), is_below), place)

    def _is_below(self, value: Any, limit: Any, one: Any) -> Any:
        """Return 1 or 0, for 8 and 16 bits without a comparison.

        Comparisons of AVX-512 go through mask registers, which took twice the time.
        LLVM would make this one again if it knew that `one` is 1.
        """
        if self.kind.element.width > 16:
            return self.builder.zext(self.builder.icmp_unsigned("<", value, limit), self.kind)
        return _call(self.builder, "umin", _call(self.builder, "usub.sat", limit, value), one)

    def keep_bit(self, wanted: Any) -> None:
        builder = self.builder
        most = splat(builder, wanted, self.lanes)
        for found, limit, count in zip(self.found, self.limits, self.counts, strict=True):
            fits = builder.icmp_unsigned("<=", builder.load(count), most)
            kept = builder.select(fits, builder.load(limit), builder.load(found))
            builder.store(kept, found)


def _call(builder: Any, name: str, a: Any, b: Any) -> Any:
    """Call one of LLVM's functions of two vectors."""
    signature = ir.FunctionType(a.type, [a.type, a.type])
    name = f"llvm.{name}.v{a.type.count}i{a.type.element.width}"
    function = cgutils.get_or_insert_function(builder.module, signature, name)
    return builder.call(function, [a, b])


def _vector(builder: Any, pixels: Pixels, lanes: int, *where: Any) -> Any:
    kind = ir.VectorType(pixels.number, lanes).as_pointer()
    return builder.bitcast(pixels.address(*where), kind)


def _emit_find(context, builder, signature, args):
    y, x = (
        Pixels(context, builder, kind, value)
        for kind, value in zip(signature.args[:3:2], args[:3:2], strict=True)
    )
    places = Pixels(context, builder, signature.args[3], args[3])
    y_at, taps, wanted, one, bits, length = args[1], *args[4:]
    number = x.number
    size = number.width // 8
    most = LANES * 4 // size

    def tile(position, width):
        lanes = min(width, most)
        cuts = [constant(at) for at in range(0, width, lanes)]
        search = _Search(builder, number, lanes, len(cuts))
        ones = splat(builder, one, lanes)
        with cgutils.for_range(builder, bits) as turn:
            place = builder.sub(builder.sub(bits, constant(1)), turn.index)
            place = builder.trunc(place, number)
            search.try_bit(builder.shl(ir.Constant(number, 1), place))
            with cgutils.for_range(builder, taps) as tap:
                here = places.scalar(tap.index)
                seen = [_vector(builder, x, lanes, position, here, cut) for cut in cuts]
                values = [builder.load(pointer) for pointer in seen]
                for value in values:
                    value.align = size
                search.count(values, ones)
            search.keep_bit(wanted)
        for cut, found in zip(cuts, search.found, strict=True):
            to = _vector(builder, y, lanes, y_at, position, cut)
            builder.store(builder.load(found), to).align = size

    with builder.if_else(builder.icmp_signed("<", length, constant(most))) as (short, long):
        with short, cgutils.for_range(builder, length) as loop:
            tile(loop.index, 1)
        with long:
            sweep(builder, length, [VECTORS * most, most], tile)
            # The last vector overlaps the one before.
            tile(builder.sub(length, constant(most)), most)
    return context.get_dummy_value()


@intrinsic
def find_row(typing, y, y_at, x, places, taps, wanted, one, bits, length):
    n = types.intp
    return types.void(y, n, x, places, n, x.dtype, x.dtype, n, n), _emit_find


def _greatest(builder: Any, a: Any, b: Any) -> Any:
    return builder.select(builder.icmp_signed(">", a, b), a, b)


def _exchange(builder: Any, values: list, exchanges: Any) -> None:
    """Put values in order, by the exchanges of a network."""
    for first, second, wanted in exchanges.tolist():
        a, b = values[first], values[second]
        if wanted != GREATER:
            values[first] = _call(builder, "umin", a, b)
        if wanted != LESSER:
            values[second] = _call(builder, "umax", a, b)


def _emit_median(context, builder, signature, args):
    """Sort what is in each column, then find the medians from what is sorted."""
    size = signature.args[7].literal_value
    network = median_network(size)
    y, y_at, x, places, ordered, pitch, channels, _, length = (
        Pixels(context, builder, kind, value) if isinstance(kind, types.Array) else value
        for kind, value in zip(signature.args, args, strict=True)
    )
    lanes = 4 * LANES * 8 // x.number.width

    def load(pixels, *where):
        value = builder.load(_vector(builder, pixels, lanes, *where))
        value.align = x.number.width // 8
        return value

    def store(value, pixels, *where):
        place = _vector(builder, pixels, lanes, *where)
        builder.store(value, place).align = x.number.width // 8

    rows = [places.scalar(constant(k * size)) for k in range(size)]
    lines = [builder.mul(pitch, constant(k)) for k in range(size)]
    shifts = [builder.mul(channels, constant(k)) for k in range(size)]

    def sorted_columns(position):
        values = [load(x, row, position) for row in rows]
        _exchange(builder, values, network.columns)
        return values

    def sort_columns(position):
        for value, line in zip(sorted_columns(position), lines, strict=True):
            store(value, ordered, line, position)

    def find(position):
        if size == 3:
            columns = [sorted_columns(builder.add(position, shift)) for shift in shifts]
            values: Any = {k: columns[k % size][k // size] for k in range(size * size)}
        else:
            used = {place for exchange in network.rest.tolist() for place in exchange[:2]}
            values = {
                place: load(ordered, lines[place // size], shifts[place % size], position)
                for place in sorted(used)
            }
        _exchange(builder, values, network.rest)
        store(values[network.found], y, y_at, position)

    # Columns of three are sorted again for each window: sooner done than stored.
    if size > 3:
        _sweep_overlapping(builder, builder.add(length, shifts[-1]), lanes, sort_columns)
    _sweep_overlapping(builder, length, lanes, find)
    return context.get_dummy_value()


def _sweep_overlapping(builder: Any, count: Any, lanes: int, body: Any) -> None:
    """Emit `body(position)` for vectors; the last one overlaps the one before, if there is one."""
    vectors = builder.sdiv(builder.add(count, constant(lanes - 1)), constant(lanes))
    last = _greatest(builder, builder.sub(count, constant(lanes)), constant(0))
    with cgutils.for_range(builder, vectors) as vector:
        place = builder.mul(vector.index, constant(lanes))
        body(builder.select(builder.icmp_signed("<", place, last), place, last))


@intrinsic
def median_row(typing, y, y_at, x, places, ordered, pitch, channels, size, length):
    if not isinstance(size, types.IntegerLiteral):
        return None
    n = types.intp
    return types.void(y, n, x, places, ordered, n, n, size, n), _emit_median


def _sixteen(context, builder, kind, array, at):
    """Return the address of sixteen numbers of an array."""
    return _vector(builder, Pixels(context, builder, kind, array), 16, at)


def _emit_move(context, builder, signature, args):
    counts, at, x, new, old = args
    to = _sixteen(context, builder, signature.args[0], counts, at)

    def load(pointer):
        value = builder.load(pointer)
        value.align = value.type.element.width // 8
        return value

    total = load(to)
    entering, leaving = (
        load(_sixteen(context, builder, signature.args[2], x, place)) for place in (new, old)
    )
    if total.type != entering.type:
        entering, leaving = (builder.zext(value, total.type) for value in (entering, leaving))
    total = builder.sub(builder.add(total, entering), leaving)
    builder.store(total, to).align = total.type.element.width // 8
    return context.get_dummy_value()


@intrinsic
def move_counts(typing, counts, at, x, new, old):
    n = types.intp
    return types.void(counts, n, x, n, n), _emit_move


def _emit_count(context, builder, signature, args):
    counts, at, most = args
    values = builder.load(_sixteen(context, builder, signature.args[0], counts, at))
    values.align = values.type.element.width // 8
    limits = splat(builder, builder.trunc(most, values.type.element), 16)
    bits = builder.bitcast(builder.icmp_unsigned("<=", values, limits), ir.IntType(16))
    return builder.zext(builder.ctpop(bits), ir.IntType(64))


@intrinsic
def count_up_to(typing, counts, at, most):
    return types.intp(counts, types.intp, types.intp), _emit_count
