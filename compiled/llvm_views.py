"""What views.py says, in LLVM's terms: Numba's own reshape calls its run time."""

from llvmlite import ir
from numba.core import cgutils, types
from numba.extending import intrinsic


def _view(context, builder, source, kind, shape):
    """Return an array of another kind at the same place in memory."""
    view = context.make_array(kind)(context, builder)
    itemsize = ir.Constant(view.itemsize.type, kind.dtype.bitwidth // 8)
    strides = [itemsize]
    for length in reversed(shape[1:]):
        strides.insert(0, builder.mul(strides[0], length))
    size = shape[0]
    for length in shape[1:]:
        size = builder.mul(size, length)
    view.data, view.itemsize = builder.bitcast(source.data, view.data.type), itemsize
    view.nitems = size
    view.shape = cgutils.pack_array(builder, shape)
    view.strides = cgutils.pack_array(builder, strides)
    view.meminfo = ir.Constant(view.meminfo.type, None)
    view.parent = ir.Constant(view.parent.type, None)
    return view._getvalue()


def _array(context, builder, signature, args):
    return context.make_array(signature.args[0])(context, builder, args[0])


@intrinsic
def table(typing, values, columns):
    kind = types.Array(values.dtype, 2, "C")

    def emit(context, builder, signature, args):
        source = _array(context, builder, signature, args)
        rows = builder.sdiv(source.nitems, args[1])
        return _view(context, builder, source, kind, [rows, args[1]])

    return kind(values, types.intp), emit


@intrinsic
def flat(typing, values):
    return _flat_as(values.dtype, 1, values)


@intrinsic
def bits_of(typing, values):
    return _flat_as(types.Integer.from_bitwidth(values.dtype.bitwidth, False), 1, values)


@intrinsic
def twice_as_wide(typing, values):
    return _flat_as(types.Integer.from_bitwidth(2 * values.dtype.bitwidth, False), 2, values)


def _flat_as(dtype, times, values):
    """Return what an intrinsic is: a view of an array as one row of numbers, `times` as wide."""
    kind = types.Array(dtype, 1, "C")

    def emit(context, builder, signature, args):
        source = _array(context, builder, signature, args)
        size = builder.sdiv(source.nitems, ir.Constant(source.nitems.type, times))
        return _view(context, builder, source, kind, [size])

    return kind(values), emit
