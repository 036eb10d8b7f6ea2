"""What features/gradient_loops.py says of lanes, in LLVM's terms."""

from typing import Any

from llvmlite import ir
from numba.core import cgutils, types
from numba.extending import intrinsic

from .llvm import FLOAT, Builder, Value, constant
from .llvm_rows import pixels

# Lanes that are turned at once, and the columns and channels for which that is done:
# the cells of 8 and of 4 pixels that nearly everybody uses, of gray and of colour.
LANES = 8
COMMON = [(8, 1), (8, 3), (4, 1), (4, 3)]
BYTES = 16  # of a vector in which shuffling costs one instruction


def _shuffled(builder: Builder, a: Value, b: Value, picks: list[int]) -> Value:
    kind = ir.VectorType(ir.IntType(32), len(picks))
    return builder.shuffle_vector(a, b, ir.Constant(kind, picks))


def _interleaved(builder: Builder, a: Value, b: Value) -> list[Value]:
    """Return the numbers of two vectors in turn, as one vector or two."""
    count = a.type.count
    picks = [place + k for place in range(count) for k in (0, count)]
    if 2 * count <= BYTES:
        return [_shuffled(builder, a, b, picks)]
    return [_shuffled(builder, a, b, some) for some in (picks[:count], picks[count:])]


def _turned(builder: Builder, lanes: list[list[Value]]) -> list[Value]:
    """Return all first numbers of some lanes, all second ones, and so on, in whole vectors."""
    while len(lanes) > 1:
        half = len(lanes) // 2
        lanes = [
            [part for pair in zip(a, b, strict=True) for part in _interleaved(builder, *pair)]
            for a, b in zip(lanes[:half], lanes[half:], strict=True)
        ]
    return lanes[0]


def _as_single(builder: Builder, value: Value) -> Value:
    wide = builder.zext(value, ir.VectorType(ir.IntType(32), value.type.count))
    return builder.sitofp(wide, ir.VectorType(FLOAT, value.type.count))


class _Spread:
    """The columns of one row of a picture, written lane by lane; see `spread`."""

    def __init__(self, context: Any, builder: Builder, signature: Any, args: Any):
        (self.rows, self.at, self.pitch, self.images, self.begin, self.step, self.channels,
         self.count) = pixels(context, builder, signature, args)  # fmt: skip
        self.builder = builder
        self.channel = builder.mul(self.pitch, builder.add(self.step, constant(2)))
        self.lane = cgutils.alloca_once_value(builder, constant(0))
        self.width = builder.mul(self.step, self.channels)

    def common(self, step: int, channels: int) -> None:
        """Turn lanes while enough of them are whole."""
        builder = self.builder
        alike = builder.and_(
            builder.icmp_signed("==", self.step, constant(step)),
            builder.icmp_signed("==", self.channels, constant(channels)),
        )
        with builder.if_then(alike):
            blocks = builder.sdiv(self.count, constant(LANES * step))
            with cgutils.for_range(builder, blocks):
                lane = builder.load(self.lane)
                self._turn(lane, step, channels)
                builder.store(builder.add(lane, constant(LANES)), self.lane)

    def _turn(self, lane: Value, step: int, channels: int) -> None:
        builder, width, size = self.builder, step * channels, step
        source = builder.add(self.begin, builder.mul(lane, constant(width)))
        lanes = [
            [self._bytes(source, k * width + part, size) for part in range(0, width, size)]
            for k in range(LANES)
        ]
        turned = _turned(builder, lanes)
        for v in range(step):
            for c in range(channels):
                part, place = divmod((v * channels + c) * LANES, turned[0].type.count)
                picks = list(range(place, place + LANES))
                some = _shuffled(builder, turned[part], turned[part], picks)
                self.rows.store(_as_single(builder, some), self._target(constant(v), c, lane))

    def _bytes(self, source: Value, at: int, size: int) -> Value:
        kind = ir.VectorType(self.images.number, size).as_pointer()
        place = self.builder.bitcast(self.images.address(source, constant(at)), kind)
        value = self.builder.load(place)
        value.align = 1
        return value

    def _target(self, v: Value, c: Any, lane: Value) -> Value:
        builder = self.builder
        c = constant(c) if isinstance(c, int) else c
        line = builder.mul(builder.add(v, constant(1)), self.pitch)
        place = builder.add(builder.add(self.at, lane), line)
        return builder.add(place, builder.mul(c, self.channel))

    def rest(self) -> None:
        """Write the other lanes number by number; the last may not be whole."""
        builder = self.builder
        first, after = builder.load(self.lane), builder.add(self.count, self.step)
        last = builder.sdiv(builder.sub(after, constant(1)), self.step)
        with cgutils.for_range(builder, last, start=first) as lane:
            begin = builder.mul(lane.index, self.step)
            left = builder.sub(self.count, begin)
            whole = builder.icmp_signed("<", left, self.step)
            columns = builder.select(whole, left, self.step)
            source = builder.add(self.begin, builder.mul(lane.index, self.width))
            with cgutils.for_range(builder, columns) as v:
                here = builder.add(source, builder.mul(v.index, self.channels))
                with cgutils.for_range(builder, self.channels) as c:
                    value = self._number(builder.add(here, c.index))
                    place = self.rows.address(self._target(v.index, c.index, lane.index))
                    builder.store(value, place)

    def _number(self, place: Value) -> Value:
        value, wanted = self.images.scalar(place), self.rows.number
        if isinstance(value.type, ir.IntType):
            return self.builder.uitofp(value, wanted)
        return value


def _emit_spread(context, builder, signature, args):
    spread = _Spread(context, builder, signature, args)
    if spread.images.number == ir.IntType(8):
        for step, channels in COMMON:
            spread.common(step, channels)
    spread.rest()
    return context.get_dummy_value()


@intrinsic
def spread(typing, rows, at, pitch, images, begin, step, channels, count):
    n = types.intp
    return types.void(rows, n, n, images, n, n, n, n), _emit_spread
