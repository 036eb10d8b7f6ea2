"""The threads that parallel loops run on, made safe on all of Numba's threading layers.

A parallel loop asks a threading layer to share its work out. GNU OpenMP kills a forked
child that asks, and Numba's own layer, "workqueue", aborts the process if two Python
threads ask at once. So what loops call is a door of ours in front of the layer: in a
forked child, and wherever the layer is in use and could not bear it, the calling thread
does all the work itself. The result is the same to the byte. A loop that is to run on
one thread need not ask the layer either.

The door is machine code: written in Python it would need the interpreter's lock, for
which a thread may wait for 5 ms while others are busy.
"""

import ctypes
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numba
from llvmlite import binding, ir
from numba.core import config as numba_config
from numba.core.compiler_lock import global_compiler_lock
from numba.core.registry import cpu_target
from numba.np.ufunc import parallel

from .errors import EdgewiseError

# Its settings are made at run time, where no type checker sees them.
config: Any = numba_config

# Threads that wait should sleep. GNU OpenMP lets them spin instead, and where
# one core is also wanted by anybody else, each parallel loop then lasts until
# the scheduler steps in: HoG of 512x512 pixels on a shared two-core machine
# took 16 ms in two processes of three, and takes 1 ms so. Numba loads OpenMP
# with the first parallel loop, which reads this.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

LAYER = "numba_parallel_for"
# The layer that has one queue for the whole process.
ONE_AT_A_TIME = "workqueue"
BYTES = ir.IntType(8).as_pointer()
WORD = ir.IntType(8 * ctypes.sizeof(ctypes.c_void_p))
FLAG = ir.IntType(32)


class _State(ctypes.Structure):
    """What the door looks at, at a fixed place in memory."""

    _fields_ = (("alone", ctypes.c_int32), ("busy", ctypes.c_int32))


state = _State()
_door: Any = None
_forked_with_threads = False


def ready() -> None:
    """Start the threads and put the door before them, once; to be called before any loop."""
    global _door
    if _door is not None:
        return
    # The one lock that whoever compiles or loads a loop has already.
    with global_compiler_lock:
        if _door is None:
            _start_layer()
            state.alone = int(_forked_with_threads)
            library = _door_library(binding.address_of_symbol(LAYER), parallel.threading_layer())
            binding.add_symbol(LAYER, library.get_pointer_to_function("edgewise_door"))
            _door = library


def _start_layer() -> None:
    try:
        numba.get_num_threads()
    except ValueError as error:
        name = str(config.THREADING_LAYER)
        if name == "default":
            raise EdgewiseError(f"Numba finds no threads to run on: {error}") from error
        raise EdgewiseError(
            f'NUMBA_THREADING_LAYER is "{name}", which cannot be loaded here',
            hint="unset it, or set it to workqueue, which is always there; "
            "tbb comes with pip install tbb",
        ) from error


def _door_library(layer: int, name: str) -> Any:
    """Compile a function that gives a kernel to the layer, or calls it."""
    context: Any = cpu_target.target_context
    library = context.codegen().create_library("edgewise.threads")
    module = library.create_ir_module("edgewise.threads")
    kernel = ir.FunctionType(ir.VoidType(), [BYTES] * 4)
    share = ir.FunctionType(ir.VoidType(), [BYTES] * 5 + [WORD] * 3)
    door = ir.Function(module, share, "edgewise_door")
    start, shared, pool, serial = (
        door.append_basic_block(block) for block in ("start", "shared", "pool", "serial")
    )
    function, *arguments = door.args

    builder = ir.IRBuilder(start)
    alone, busy = (_address(offset.offset) for offset in (_State.alone, _State.busy))
    forked = builder.icmp_signed("!=", builder.load_atomic(alone, "acquire", 4), FLAG(0))
    single = builder.icmp_signed("<=", arguments[-1], WORD(1))
    builder.cbranch(builder.or_(forked, single), serial, shared)

    builder.position_at_end(shared)
    if name == ONE_AT_A_TIME:
        entered = builder.extract_value(builder.cmpxchg(busy, FLAG(0), FLAG(1), "acquire"), 1)
        builder.cbranch(entered, pool, serial)
    else:
        builder.branch(pool)

    builder.position_at_end(pool)
    builder.call(builder.inttoptr(WORD(layer), share.as_pointer()), door.args)
    if name == ONE_AT_A_TIME:
        builder.store_atomic(FLAG(0), busy, "release", 4)
    builder.ret_void()

    builder.position_at_end(serial)
    builder.call(builder.bitcast(function, kernel.as_pointer()), arguments[:4])
    builder.ret_void()
    library.add_ir_module(module)
    return library


def _address(offset: int) -> Any:
    return WORD(ctypes.addressof(state) + offset).inttoptr(FLAG.as_pointer())


def _leave_the_pool() -> None:
    """After a fork the child has one thread, and the layer does not know it."""
    global _forked_with_threads
    global_compiler_lock.release()
    _forked_with_threads = _forked_with_threads or parallel._is_initialized
    state.alone = int(_forked_with_threads)


if hasattr(os, "register_at_fork"):
    # A child forked while another thread compiles would wait for it for ever.
    os.register_at_fork(
        before=global_compiler_lock.acquire,
        after_in_parent=global_compiler_lock.release,
        after_in_child=_leave_the_pool,
    )


def set_threads(count: int) -> None:
    """Let every loop run on `count` threads, at most those Numba started with."""
    ready()
    numba.set_num_threads(max(1, min(count, config.NUMBA_NUM_THREADS)))


@contextmanager
def at_most_threads(count: int) -> Iterator[None]:
    """Let loops run on at most `count` threads inside a ``with`` block.

    For work that is too small to be shared: waiting for a second thread takes
    microseconds on an idle computer, but 12 ms and more on a busy one.
    """
    ready()
    before = numba.get_num_threads()
    numba.set_num_threads(max(1, min(count, before)))
    try:
        yield
    finally:
        numba.set_num_threads(before)
