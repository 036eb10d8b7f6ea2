"""Loops compiled by Numba: to object code that needs nothing else, or to its own functions.

The one module, with those that write LLVM's language, that imports Numba.
"""

import os
from collections.abc import Callable
from functools import cache, partial
from importlib import import_module
from types import FunctionType
from typing import Any

import numba
from llvmlite import ir
from numba.core import cgutils, types
from numba.core.codegen import AOTCodeLibrary
from numba.core.compiler import Compiler
from numba.core.compiler_lock import global_compiler_lock
from numba.core.registry import cpu_target

from .errors import RunTimeError
from .kinds import Array, Group, Number
from .loop import CHECKED, Inner, Loop, prange
from .native import ENTRY

# Everything that lets a sum be reordered and fused, but not "nnan" and "ninf":
# as fast as True here, and NaN and infinity keep their meaning.
FAST_MATH = {"contract", "reassoc", "nsz", "arcp", "afn"}
# Numba counts the references to every slice, with an atomic addition each: of a loop
# over short rows that was a quarter of the time. Without its run time nothing is counted,
# and nothing can be allocated.
OPTIONS: dict[str, Any] = {
    "nogil": True, "error_model": "numpy", "fastmath": FAST_MATH, "boundscheck": CHECKED,
    "_nrt": False,
}  # fmt: skip


if hasattr(os, "register_at_fork"):
    # A child forked while another thread compiles would wait for it for ever.
    os.register_at_fork(
        before=global_compiler_lock.acquire,
        after_in_parent=global_compiler_lock.release,
        after_in_child=global_compiler_lock.release,
    )


@cache
def dispatcher(loop: Inner, parallel: bool = False) -> Any:
    """Return a loop as a function of Numba's that Python can call.

    Parameters
    ----------
    loop : Inner
    parallel : bool
        Whether its ``prange`` shall run on Numba's threads.
    """
    function = _with_compiled_callees(loop.function, numba.prange if parallel else prange)
    # Numba's parallel loops allocate what they tell its threads.
    options = {**OPTIONS, "_nrt": True, "parallel": True} if parallel else OPTIONS
    return numba.njit(**options)(function)


class _Ingredients(AOTCodeLibrary):
    """What a loop was compiled to, for others to take in: LLVM's language, not yet machine code."""

    def _finalize_final_module(self) -> None:
        self._finalized = True

    def _optimize_final_module(self) -> None:
        # Once, with all that a loop calls: as fast a loop as with each optimised first.
        if self.name != "ingredients":
            super()._optimize_final_module()


class _ForOthers(Compiler):
    """Compiles what no Python calls: without wrappers for it, and without machine code."""

    def __init__(self, typingctx, targetctx, library, args, return_type, flags, locals):
        flags.no_cpython_wrapper = flags.no_cfunc_wrapper = flags.no_compile = True
        library = _Ingredients(targetctx.codegen(), "ingredients")
        super().__init__(typingctx, targetctx, library, args, return_type, flags, locals)


@cache
def _ingredient(loop: Inner) -> Any:
    """Return a loop as a function of Numba's for others to call."""
    if loop.twin:
        module, _, name = loop.twin.partition(":")
        return getattr(import_module(module, __package__), name)
    function = _with_compiled_callees(loop.function, prange)
    made: Any = numba.njit(**OPTIONS, pipeline_class=_ForOthers)(function)
    made._compiler.compile = partial(_known_to_others, made._compiler.compile)
    return made


def _known_to_others(compile_: Callable, arguments: Any, result: Any) -> Any:
    found = compile_(arguments, result)
    # Numba knows compiled functions by what Python would call: here by what nobody calls.
    name = [].append
    context: Any = cpu_target.target_context
    context.insert_user_function(name, found.fndesc, [found.library])
    return found._replace(entry_point=name)


def _with_compiled_callees(function: Any, shared_range: Any) -> Callable:
    """Return a loop whose names stand for the compiled forms of what it calls."""
    known = dict(function.__globals__)
    for name in function.__code__.co_names:
        value = known.get(name)
        # The names of attributes are among these, and may be the loop's own.
        if isinstance(value, Inner) and value.function is not function:
            known[name] = _ingredient(value)
        elif value is prange and name == "prange":
            known[name] = shared_range
    copy = FunctionType(
        function.__code__, known, function.__name__, function.__defaults__, function.__closure__
    )
    copy.__qualname__, copy.__module__ = function.__qualname__, function.__module__
    return copy


def compile_loop(loop: Loop, signature: tuple[str, ...]) -> bytes:
    """Return the object code of a loop for the dtypes of its arrays.

    Its entry point takes the address of 8-byte words, from which it reads what Numba
    would be given as arguments.
    """
    chosen = iter(signature)
    arguments = tuple(_type_of(kind, chosen) for kind in loop.kinds)
    with global_compiler_lock:
        compiled = _ingredient(loop)._compiler.compile(arguments, types.none)
        library = _Ingredients(compiled.library.codegen, loop.__name__)
        library.add_ir_module(_entry(library, compiled.fndesc))
        library.add_linking_library(compiled.library)
        library.finalize()
        _refuse_run_time_calls(library)
        return library.emit_native_object()


def _refuse_run_time_calls(library: Any) -> None:
    needed = [one.name for one in library._final_module.functions if one.is_declaration]
    found = [name for name in needed if name.startswith(("numba_", "NRT_", "Py", "_Py"))]
    if found:
        raise RunTimeError(f"{library.name} calls {', '.join(found)}")


def _entry(library: Any, found: Any) -> Any:
    """Write the function that unpacks the words, calls the loop and goes on to the next one.

    Its first two words are the address of another loop's entry, or 0, and of that one's
    words, so that many loops run in turn with one call.
    """
    context: Any = cpu_target.target_context
    module = library.create_ir_module(ENTRY)
    form = context.call_conv.get_function_type(found.restype, found.argtypes)
    callee = ir.Function(module, form, found.llvm_func_name)
    words = ir.IntType(64).as_pointer()
    kind = ir.FunctionType(ir.IntType(32), [words])
    entry = ir.Function(module, kind, ENTRY)
    builder = ir.IRBuilder(entry.append_basic_block())
    result, exception, *kinds = form.args
    unused = [cgutils.alloca_once(builder, kind.pointee) for kind in (result, exception)]
    values = [_word(builder, entry.args[0], n + 2, kind) for n, kind in enumerate(kinds)]
    status = builder.call(callee, [*unused, *values])
    following = _word(builder, entry.args[0], 0, kind.as_pointer())
    last = builder.icmp_unsigned("==", following, following.type(None))
    failed = builder.icmp_signed("!=", status, status.type(0))
    with builder.if_then(builder.or_(last, failed)):
        builder.ret(status)
    builder.ret(builder.call(following, [_word(builder, entry.args[0], 1, words)], tail=True))
    return module


def _word(builder: Any, words: Any, number: int, kind: Any) -> Any:
    place = builder.gep(words, [ir.Constant(ir.IntType(64), number)])
    return builder.load(builder.bitcast(place, kind.as_pointer()))


def _type_of(kind: Any, chosen: Any) -> Any:
    """Return what Numba calls a kind; of arrays with several dtypes the next one chosen."""
    if isinstance(kind, Number):
        return getattr(types, "boolean" if kind.name == "bool" else kind.name)
    if isinstance(kind, Array):
        dtype = next(chosen) if len(kind.dtypes) > 1 else next(iter(kind.dtypes))
        number = types.boolean if dtype == "bool" else getattr(types, dtype)
        return types.Array(number, kind.dimensions, "C")
    assert isinstance(kind, Group)
    members: tuple[Any, ...] = tuple(_type_of(member, chosen) for member in kind.members)
    alike = len(set(members)) == 1
    if kind.made_of is None:
        return types.UniTuple(members[0], len(members)) if alike else types.Tuple(members)
    if alike:
        return types.NamedUniTuple(members[0], len(members), kind.made_of)
    return types.NamedTuple(members, kind.made_of)
