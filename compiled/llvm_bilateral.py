"""The weighted sums of filters/bilateral_loops.py, in LLVM's terms."""

from typing import Any

import numpy as np
from llvmlite import ir
from numba.core import cgutils, types
from numba.extending import intrinsic

from .llvm import FLAGS, FLOAT, LANES, constant, splat, sweep
from .llvm_rows import pixels


class Arithmetic:
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

    def most(self, a: Any, b: Any) -> Any:
        return self.builder.select(self.builder.fcmp_ordered(">", a, b), a, b)

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
    y, y_pitch, x, x_pitch, centre, offsets, near, taps, decay, length = pixels(
        context, builder, signature, args
    )[:-2]

    def tile(position, lanes):
        do = Arithmetic(builder, lanes)
        planes = [builder.mul(x_pitch, constant(c)) for c in range(channels)]
        middle = [x.load(lanes, centre, plane, position) for plane in planes]
        sums = [cgutils.alloca_once(builder, do.kind) for _ in range(channels + 1)]
        for place in sums:
            builder.store(do.number(0), place)
        falls_by = splat(builder, decay, lanes)
        with cgutils.for_range(builder, taps) as tap:
            here = offsets.scalar(tap.index)
            seen = [x.load(lanes, centre, plane, position, here) for plane in planes]
            apart = [do.minus(a, b) for a, b in zip(seen, middle, strict=True)]
            distance = do.squared_distance(apart, bool(squared))
            weight = do.fall(do.product(falls_by, distance))
            weight = do.product(weight, splat(builder, near.scalar(tap.index), lanes))
            parts = [*(do.product(weight, value) for value in seen), weight]
            for place, part in zip(sums, parts, strict=True):
                builder.store(do.plus(builder.load(place), part), place)
        *totals, weights = (builder.load(place) for place in sums)
        for c, total in enumerate(totals):
            to = builder.mul(y_pitch, constant(c))
            y.store(builder.fdiv(total, weights), to, position)

    sweep(builder, length, [LANES, 1], tile)
    return context.get_dummy_value()


@intrinsic
def blur_row(typing, y, y_pitch, x, x_pitch, centre, offsets, near, taps, decay, length,
              channels, squared):  # fmt: skip
    literal = types.IntegerLiteral
    if not (isinstance(channels, literal) and isinstance(squared, literal)):
        return None
    n, number = types.intp, types.float32
    arguments = (y, n, x, n, n, offsets, near, n, number, n, channels, squared)
    return types.void(*arguments), _emit_blur
