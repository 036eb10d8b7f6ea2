"""LLVM's own language, for what the compiler does not vectorise well: vectors and sweeps."""

from typing import Any, TypeAlias

from llvmlite import binding, ir
from numba.core import cgutils, config, types

from .compiling import FAST_MATH

# llvmlite's own types do not know each other well enough to be checked.
Builder: TypeAlias = Any
Value: TypeAlias = Any

INDEX = ir.IntType(64)
FLAGS = tuple(sorted(FAST_MATH))
FLOAT = ir.FloatType()


def _vector_shape() -> tuple[int, int]:
    """Return the numbers in a vector, and the vectors in a tile's row, for this processor."""
    features: str | None = config.CPU_FEATURES  # type: ignore[attr-defined]
    if features is None:
        features = binding.get_host_cpu_features().flatten()
    if "+avx512f" in features:
        return 16, 4
    # 16 registers: 6 rows by 2 vectors, the inputs and a weight fit.
    return (8, 2) if "+avx" in features else (4, 4)


LANES, VECTORS = _vector_shape()


class Rows:
    """Vectors of a flat array in memory, for an LLVM builder."""

    def __init__(self, builder: Builder, data: Value):
        self.builder, self.data = builder, data
        self.number = data.type.pointee
        self.bytes = 4 if self.number in (FLOAT, ir.IntType(32)) else 8

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


def operands(context: Any, builder: Builder, signature: Any, args: Any) -> list:
    """Return a function's arguments, arrays as `Rows` and numbers as they are."""
    return [
        Rows(builder, context.make_array(kind)(context, builder, value).data)
        if isinstance(kind, types.Array)
        else value
        for kind, value in zip(signature.args, args, strict=True)
    ]


def constant(number: int) -> ir.Constant:
    return ir.Constant(INDEX, number)


def splat(builder: Builder, value: Value, lanes: int) -> Value:
    empty = ir.Constant(ir.VectorType(value.type, lanes), ir.Undefined)
    first = builder.insert_element(empty, value, ir.Constant(ir.IntType(32), 0))
    zeros = ir.Constant(ir.VectorType(ir.IntType(32), lanes), [0] * lanes)
    return builder.shuffle_vector(first, empty, zeros)


def multiply_add(builder: Builder, place: Value, a: Value, b: Value) -> None:
    product = builder.fmul(a, b, flags=FLAGS)
    builder.store(builder.fadd(builder.load(place), product, flags=FLAGS), place)


def sweep(builder: Builder, length: Value, widths: list[int], body) -> None:
    """Emit `body(position, width)` over a length: in the first width, then the next, ..."""
    position = cgutils.alloca_once_value(builder, constant(0))
    for width in widths:
        blocks = builder.sdiv(builder.sub(length, builder.load(position)), constant(width))
        with cgutils.for_range(builder, blocks):
            here = builder.load(position)
            body(here, width)
            builder.store(builder.add(here, constant(width)), position)


class Pixels:
    """A flat array of numbers in memory, read and written as vectors of float32."""

    def __init__(self, context: Any, builder: Builder, kind: types.Array, value: Value):
        self.builder = builder
        self.data = context.make_array(kind)(context, builder, value).data
        self.number = self.data.type.pointee

    def address(self, *where: Value) -> Value:
        place = self.data
        for step in where:
            place = self.builder.gep(place, [step])
        return place

    def scalar(self, *where: Value) -> Value:
        return self.builder.load(self.address(*where))

    def load(self, lanes: int, *where: Value) -> Value:
        kind = ir.VectorType(self.number, lanes)
        value = self.builder.load(self.builder.bitcast(self.address(*where), kind.as_pointer()))
        value.align = self._bytes
        if isinstance(self.number, ir.FloatType):
            return value
        wide = value
        if self.number.width < 32:
            wide = self.builder.zext(value, ir.VectorType(ir.IntType(32), lanes))
        return self.builder.sitofp(wide, ir.VectorType(FLOAT, lanes))

    def store(self, value: Value, *where: Value) -> None:
        if not isinstance(self.number, ir.FloatType):
            value = self._fitted(value)
        place = self.builder.bitcast(self.address(*where), value.type.as_pointer())
        self.builder.store(value, place).align = self._bytes

    @property
    def _bytes(self) -> int:
        return 4 if isinstance(self.number, ir.FloatType) else self.number.width // 8

    def _fitted(self, value: Value) -> Value:
        """Round half to even and saturate; NaN becomes 0.

        Capped as float32, because what no int32 holds becomes the least one, as NaN does;
        the rest is what one instruction each does for several vectors.
        """
        builder, kind, lanes = self.builder, value.type, value.type.count
        greatest = 2**self.number.width - 1
        most = ir.Constant(kind, [float(greatest)] * lanes)
        value = builder.select(builder.fcmp_ordered(">", value, most), most, value)
        wide = ir.VectorType(ir.IntType(32), lanes)
        whole = self._call(f"llvm.lrint.v{lanes}i32.v{lanes}f32", wide, value)
        zero, top = (ir.Constant(wide, [edge] * lanes) for edge in (0, greatest))
        whole = self._call(f"llvm.smax.v{lanes}i32", wide, whole, zero)
        whole = self._call(f"llvm.smin.v{lanes}i32", wide, whole, top)
        return builder.trunc(whole, ir.VectorType(self.number, lanes))

    def _call(self, name: str, result: Any, *operands: Value) -> Value:
        signature = ir.FunctionType(result, [operand.type for operand in operands])
        function = cgutils.get_or_insert_function(self.builder.module, signature, name)
        return self.builder.call(function, operands)


def joined(builder: Builder, vectors: list[Value]) -> Value:
    """Return vectors, a power of two of them, as one."""
    while len(vectors) > 1:
        lanes = vectors[0].type.count
        places = ir.Constant(ir.VectorType(ir.IntType(32), 2 * lanes), list(range(2 * lanes)))
        pairs = zip(vectors[::2], vectors[1::2], strict=True)
        vectors = [builder.shuffle_vector(a, b, places) for a, b in pairs]
    return vectors[0]
