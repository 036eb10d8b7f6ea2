"""What the loops of pooling layers say of windows of 2x2 pixels, in LLVM's terms."""

from llvmlite import ir
from numba.core import types
from numba.extending import intrinsic

from .llvm import LANES, operands, sweep


def _emit_share_out(context, builder, signature, args):
    dy, winners, at, dx, top, bottom, length = operands(context, builder, signature, args)
    places = [(row, column) for row in (top, bottom) for column in (None, length)]

    def some(position, width):
        here = builder.add(at, position)
        upper, which = dy.load(width, here), winners.load(width, here)
        zero = ir.Constant(upper.type, None)
        for number, (row, column) in enumerate(places):
            wanted = ir.Constant(which.type, [number] * width)
            value = builder.select(builder.icmp_signed("==", which, wanted), upper, zero)
            dx.store(value, row, position, *([] if column is None else [column]))

    sweep(builder, length, [LANES, 1], some)
    return context.get_dummy_value()


@intrinsic
def share_out(typing, dy, winners, at, dx, top, bottom, length):
    n = types.intp
    return types.void(dy, winners, n, dx, n, n, n), _emit_share_out
