"""Order statistics of windows bit by bit, compiled, all counting done in vector registers.

The result is found from its highest bit on: a bit is set if the window then has no more
values below the result than the rank allows. So a tile of neighbouring results looks at
its windows once for each bit; nothing but the results is written. 12 MP uint8 on two
cores (Zen 5), 9x9 and 15x15: 24 and 62 ms; comparing into mask registers 53 and 135;
rows of counts in memory 60 and 140. See rank_loops.py for these, for windows with more
values than the numbers that count them can hold.
"""

from typing import Any

import numpy as np
from llvmlite import ir
from numba import prange
from numba.core import cgutils, types
from numba.extending import intrinsic

from ..jit import config, parallel_loop
from .tiles import LANES, _constant, _splat, _sweep
from .vector_loops import _Pixels

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
        bits = _splat(self.builder, bit, self.lanes)
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
        return self._call("umin", self._call("usub.sat", limit, value), one)

    def _call(self, name: str, a: Any, b: Any) -> Any:
        signature = ir.FunctionType(self.kind, [self.kind, self.kind])
        name = f"llvm.{name}.v{self.lanes}i{self.kind.element.width}"
        function = cgutils.get_or_insert_function(self.builder.module, signature, name)
        return self.builder.call(function, [a, b])

    def keep_bit(self, wanted: Any) -> None:
        builder = self.builder
        most = _splat(builder, wanted, self.lanes)
        for found, limit, count in zip(self.found, self.limits, self.counts, strict=True):
            fits = builder.icmp_unsigned("<=", builder.load(count), most)
            kept = builder.select(fits, builder.load(limit), builder.load(found))
            builder.store(kept, found)


def _vector(builder: Any, pixels: _Pixels, lanes: int, *where: Any) -> Any:
    kind = ir.VectorType(pixels.number, lanes).as_pointer()
    return builder.bitcast(pixels.address(*where), kind)


def _emit_find(context, builder, signature, args):
    y, x = (
        _Pixels(context, builder, kind, value)
        for kind, value in zip(signature.args[:4:2], args[:4:2], strict=True)
    )
    offsets = _Pixels(context, builder, signature.args[4], args[4])
    y_at, x_at, taps, wanted, one, length = args[1], args[3], *args[5:]
    number = x.number
    size = number.width // 8
    most = LANES * 4 // size

    def tile(position, width):
        lanes = min(width, most)
        cuts = [_constant(at) for at in range(0, width, lanes)]
        search = _Search(builder, number, lanes, len(cuts))
        ones = _splat(builder, one, lanes)
        with cgutils.for_range(builder, _constant(number.width)) as turn:
            place = builder.trunc(builder.sub(_constant(number.width - 1), turn.index), number)
            search.try_bit(builder.shl(ir.Constant(number, 1), place))
            with cgutils.for_range(builder, taps) as tap:
                here = offsets.scalar(tap.index)
                seen = [_vector(builder, x, lanes, x_at, position, here, cut) for cut in cuts]
                values = [builder.load(pointer) for pointer in seen]
                for value in values:
                    value.align = size
                search.count(values, ones)
            search.keep_bit(wanted)
        for cut, found in zip(cuts, search.found, strict=True):
            to = _vector(builder, y, lanes, y_at, position, cut)
            builder.store(builder.load(found), to).align = size

    with builder.if_else(builder.icmp_signed("<", length, _constant(most))) as (short, long):
        with short, cgutils.for_range(builder, length) as loop:
            tile(loop.index, 1)
        with long:
            _sweep(builder, length, [VECTORS * most, most], tile)
            # The last vector overlaps the one before.
            tile(builder.sub(length, _constant(most)), most)
    return context.get_dummy_value()


@intrinsic
def _find_row(typing, y, y_at, x, x_at, offsets, taps, wanted, one, length):
    n = types.intp
    return types.void(y, n, x, n, offsets, n, x.dtype, x.dtype, n), _emit_find


def _find_row_plainly(y, y_at, x, x_at, offsets, taps, wanted, one, length):
    """Put the value of rank `wanted` in each of a row of windows into y.

    Of all arrays only the flat order counts. Window j has the values
    x[x_at + offsets[k] + j] for k below `taps`, which is below the greatest number
    that x can hold. `one` is 1.
    """
    x = x.reshape(-1)
    seen = np.stack([x[x_at + offsets[k] :][:length] for k in range(taps)])
    y.reshape(-1)[y_at : y_at + length] = np.sort(seen, axis=0)[int(wanted)]


find_row: Any = _find_row_plainly if config.DISABLE_JIT else _find_row


@parallel_loop
def rank(frame, offsets, wanted, out):
    """Fill out (OH, OW*C) with the value of rank `wanted` in every window of frame.

    frame and out are unsigned, of one dtype, in which `wanted` has two items, the
    rank and 1; `offsets` are the places of a window's values, counted from its first.
    """
    height, width = out.shape
    for i in prange(height):
        at = i * frame.shape[1]
        find_row(out, i * width, frame, at, offsets, offsets.size, wanted[0], wanted[1], width)
