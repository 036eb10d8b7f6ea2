"""The votes of features/vote_loops.py, in LLVM's terms."""

from typing import Any

from llvmlite import ir
from numba.core import cgutils, types
from numba.extending import intrinsic

from .llvm import FLOAT, LANES, Builder, Value, constant, splat, sweep
from .llvm_bilateral import Arithmetic
from .llvm_rows import pixels


class _Votes:
    """What the votes of one tile of lanes are computed from; see `add_votes`."""

    def __init__(self, context: Any, builder: Builder, signature: Any, args: Any):
        (self.sums, self.places, self.position, self.magnitude, self.top, self.bottom,
         self.left, self.right, self.down, self.across, self.bins, self.line, self.lanes,
         _) = pixels(context, builder, signature, args)  # fmt: skip
        self.builder, self.types = builder, signature.args[-1].literal_value
        arrays = dict(enumerate(zip(signature.args, args, strict=True)))
        self.pitch, self.row, self.height, self.step = (
            builder.extract_value(_shape(context, builder, *arrays[k]), 1) for k in (0, 2, 8, 9)
        )

    def add(self, tile: Value, vectors: int, b: Value, first: bool) -> None:
        """Add the votes of bin b, which is the first or not, in so many vectors of lanes."""
        with cgutils.for_range(self.builder, self.bottom, start=self.top) as row:
            self._sum_row(tile, vectors, b, first, row.index)
        begin = self.builder.add(self.builder.mul(b, self.pitch), tile)
        for a in range(self.types):
            totals = self._sum_line(vectors, a)
            for d, row in enumerate(totals):
                place = self.places.scalar(constant(d * self.types + a))
                for k, total in enumerate(row):
                    where = place, begin, constant(k * LANES)
                    found = self.sums.load(LANES, *where)
                    self.sums.store(self._arithmetic.plus(found, total), *where)

    @property
    def _arithmetic(self) -> Arithmetic:
        return Arithmetic(self.builder, LANES)

    def _sum_row(self, tile: Value, vectors: int, b: Value, first: bool, u: Value) -> None:
        """Put the row's votes, weighted by each type of its columns, into the line of sums."""
        builder, do = self.builder, self._arithmetic
        totals = _zeros(builder, self.types, vectors)
        centre = splat(builder, builder.sitofp(b, FLOAT), LANES)
        beyond = splat(builder, builder.sitofp(builder.sub(self.bins, constant(1)), FLOAT), LANES)
        begin = builder.mul(u, self.row)
        with cgutils.for_range(builder, self.right, start=self.left) as column:
            at = builder.add(begin, builder.mul(column.index, self.lanes))
            weights = [
                self._weight(self.across, a, self.step, column.index) for a in range(self.types)
            ]
            for k in range(vectors):
                p, m = (x.load(LANES, at, tile, constant(k * LANES))
                        for x in (self.position, self.magnitude))  # fmt: skip
                if first:
                    share = do.most(do.minus(do.number(1), p), do.minus(p, beyond))
                else:
                    share = do.minus(do.number(1), do.magnitude(do.minus(p, centre)))
                vote = do.product(m, do.most(share, do.number(0)))
                for weight, row in zip(weights, totals, strict=True):
                    _add(do, row[k], do.product(weight, vote))
        where = builder.mul(builder.sub(u, self.top), constant(self.types * vectors * LANES))
        for a, row in enumerate(totals):
            for k, place in enumerate(row):
                at = constant((a * vectors + k) * LANES)
                self.line.store(builder.load(place), where, at)

    def _sum_line(self, vectors: int, a: int) -> list[list[Value]]:
        """Return the sums of the rows, weighted by each type of row, for one of the columns."""
        builder, do = self.builder, self._arithmetic
        totals = _zeros(builder, self.types, vectors)
        with cgutils.for_range(builder, self.bottom, start=self.top) as row:
            held = builder.sub(row.index, self.top)
            where = builder.mul(held, constant(self.types * vectors * LANES))
            found = [
                self.line.load(LANES, where, constant((a * vectors + k) * LANES))
                for k in range(vectors)
            ]
            for d, sums in enumerate(totals):
                weight = self._weight(self.down, d, self.height, row.index)
                for value, place in zip(found, sums, strict=True):
                    _add(do, place, do.product(weight, value))
        return [[builder.load(place) for place in row] for row in totals]

    def _weight(self, table: Any, kind: int, length: Value, index: Value) -> Value:
        begin = self.builder.mul(constant(kind), length)
        return splat(self.builder, table.scalar(begin, index), LANES)


def _shape(context: Any, builder: Builder, kind: Any, value: Value) -> Value:
    return context.make_array(kind)(context, builder, value).shape


def _zeros(builder: Builder, rows: int, vectors: int) -> list[list[Value]]:
    kind = ir.VectorType(FLOAT, LANES)
    places = [[cgutils.alloca_once(builder, kind) for _ in range(vectors)] for _ in range(rows)]
    for place in (place for row in places for place in row):
        builder.store(ir.Constant(kind, None), place)
    return places


def _add(do: Arithmetic, place: Value, value: Value) -> None:
    do.builder.store(do.plus(do.builder.load(place), value), place)


def _emit_votes(context, builder, signature, args):
    votes = _Votes(context, builder, signature, args)

    def tile(position, width):
        vectors = width // LANES
        votes.add(position, vectors, constant(0), first=True)
        with cgutils.for_range(builder, votes.bins, start=constant(1)) as later:
            votes.add(position, vectors, later.index, first=False)

    sweep(builder, votes.lanes, [2 * LANES, LANES], tile)
    return context.get_dummy_value()


@intrinsic
def add_votes(typing, sums, places, position, magnitude, top, bottom, left, right, down, across,
              bins, line, lanes, types_):  # fmt: skip
    if not isinstance(types_, types.IntegerLiteral):
        return None
    n = types.intp
    arguments = (sums, places, position, magnitude, n, n, n, n, down, across, n, line, n, types_)
    return types.void(*arguments), _emit_votes
