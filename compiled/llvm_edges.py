"""What HoG's loops say of bin edges and of the strongest channel, in LLVM's terms."""

from typing import Any

from llvmlite import ir
from numba.core import cgutils, types
from numba.extending import intrinsic

from .llvm import FLAGS, FLOAT, LANES, Builder, Rows, Value, constant, splat, sweep

WHOLE = ir.VectorType(ir.IntType(32), LANES)


def _upper(builder: Builder, x: Value, y: Value) -> tuple[Value, Value, Value]:
    """Return vectors turned into the upper half circle, and which were not there."""
    zero = ir.Constant(x.type, None)
    level = builder.fcmp_ordered("==", y, zero)
    backwards = builder.and_(level, builder.fcmp_ordered("<", x, zero))
    turned = builder.or_(builder.fcmp_ordered("<", y, zero), backwards)
    x, y = (builder.select(turned, builder.fneg(value), value) for value in (x, y))
    return x, y, turned


class _Edges:
    """What `count_edges` is given, and the number of the edges."""

    def __init__(self, context: Any, builder: Builder, signature: Any, args: Any):
        arrays = [
            context.make_array(kind)(context, builder, value)
            for kind, value in zip(signature.args, args, strict=True)
            if isinstance(kind, types.Array)
        ]
        self.builder = builder
        self.x, self.y, self.edges, self.position = (Rows(builder, a.data) for a in arrays)
        self.length = builder.extract_value(arrays[0].shape, 0)
        self.count = builder.extract_value(arrays[2].shape, 0)
        self.signed = builder.icmp_signed("!=", args[3], constant(0))

    def count_at(self, place: Value, width: int) -> None:
        """Count the edges that some vectors of gradients are at or beyond."""
        builder = self.builder
        places = [builder.add(place, constant(k)) for k in range(0, width, LANES)]
        some = [self._load(where) for where in places]
        totals = [cgutils.alloca_once(builder, WHOLE) for _ in some]
        for total in totals:
            builder.store(ir.Constant(WHOLE, None), total)
        with cgutils.for_range(builder, self.count) as edge:
            line = builder.mul(edge.index, constant(4))
            numbers: Any = [self.edges.scalar(line, constant(k)) for k in range(4)]
            for gradients, total in zip(some, totals, strict=True):
                # What is true is -1 to a whole number.
                hit = self._hit(*numbers, *gradients)  # pyright: ignore
                count = builder.sub(builder.load(total), hit)
                builder.store(count, total)
        for where, total in zip(places, totals, strict=True):
            count = builder.sitofp(builder.load(total), ir.VectorType(FLOAT, LANES))
            self.position.store(count, where)

    def _load(self, place: Value) -> tuple[Value, Value, Value]:
        """Return gradients in the upper half circle, and which count below their edge."""
        builder = self.builder
        x, y, turned = _upper(builder, *(a.load(LANES, place) for a in (self.x, self.y)))
        lower = builder.and_(turned, splat(builder, self.signed, LANES))
        return x, y, builder.sext(lower, WHOLE)

    def _hit(self, cosine, sine, half, least, x, y, lower) -> Value:
        builder = self.builder
        up, across = (
            builder.fmul(value, splat(builder, number, LANES), flags=FLAGS)
            for value, number in ((y, cosine), (x, sine))
        )
        cross = builder.fsub(up, across, flags=FLAGS)
        beyond = builder.fcmp_ordered(">=", cross, splat(builder, least, LANES))
        first = builder.fcmp_ordered("==", half, ir.Constant(half.type, 0.0))
        first = splat(builder, builder.sext(first, ir.IntType(32)), LANES)
        # In the first half of the circle either will do, in the second both are needed.
        either = builder.or_(builder.sext(beyond, WHOLE), builder.and_(lower, first))
        return builder.and_(either, builder.or_(lower, first))


def _emit_edges(context, builder, signature, args):
    edges = _Edges(context, builder, signature, args)
    sweep(builder, edges.length, [4 * LANES, LANES], edges.count_at)
    return context.get_dummy_value()


@intrinsic
def count_edges(typing, gx, gy, edges, signed, position):
    return types.void(gx, gy, edges, types.intp, position), _emit_edges


def _emit_stronger(context, builder, signature, args):
    arrays = [
        context.make_array(kind)(context, builder, value)
        for kind, value in zip(signature.args, args, strict=True)
    ]
    rows = [Rows(builder, array.data) for array in arrays]

    def keep(place, _):
        new, old = ([row.load(LANES, place) for row in some] for some in (rows[:3], rows[3:]))
        stronger = builder.fcmp_ordered(">", new[2], old[2])
        stronger = builder.or_(stronger, builder.fcmp_unordered("uno", new[2], new[2]))
        for row, *both in zip(rows[3:], new, old, strict=True):
            row.store(builder.select(stronger, *both), place)

    sweep(builder, builder.extract_value(arrays[0].shape, 0), [LANES], keep)
    return context.get_dummy_value()


@intrinsic
def keep_stronger(typing, gx, gy, strength, best_x, best_y, best):
    return types.void(gx, gy, strength, best_x, best_y, best), _emit_stronger
