"""Object code made callable by LLVM alone, in milliseconds: Numba is not imported."""

import ctypes
import os
import struct
from functools import lru_cache
from threading import Lock
from typing import Any

ENTRY = "edgewise_entry"
_lock = Lock()
# What holds the machine code: as long as these live it may be called.
_engines: list[Any] = []


if hasattr(os, "register_at_fork"):
    # A child forked while another thread links would wait for it for ever.
    os.register_at_fork(
        before=_lock.acquire, after_in_parent=_lock.release, after_in_child=_lock.release
    )


class LoadingError(Exception):
    """Object code cannot be loaded on this computer."""


class Native:
    """Machine code of a loop, which takes the address of its words.

    Attributes
    ----------
    address : int
    """

    def __init__(self, address: int):
        self.address = address
        self._function = ctypes.CFUNCTYPE(ctypes.c_int32, ctypes.c_void_p)(address)

    def __call__(self, words: list[int], _: Any) -> None:
        """Run it with the words of its arguments, which nobody may let go meanwhile."""
        self.run(struct.pack(f"{len(words) + 2}q", 0, 0, *words))

    def run(self, words: Any) -> None:
        """Run it with all its words; the first two name what is to run next."""
        if status := self._function(words):
            raise RuntimeError(f"a compiled loop failed with status {status}")


def function_of(code: bytes) -> Native:
    """Return the function that an object file holds.

    Parameters
    ----------
    code : bytes
        An object file whose ``edgewise_entry`` takes the address of its words.

    Returns
    -------
    Native
        Called with the words and the arguments that these point into.

    Raises
    ------
    LoadingError
        If the code cannot be linked.
    """
    try:
        with _lock:
            return Native(_linked(code))
    except Exception as error:
        raise LoadingError(f"{type(error).__name__}: {error}") from error


def _linked(code: bytes) -> int:
    llvm = _llvm()
    # It has nothing to compile, and does that in a third of the time without optimising.
    machine = llvm.Target.from_default_triple().create_target_machine(opt=0, jit=True)
    engine = llvm.create_mcjit_compiler(llvm.parse_assembly(""), machine)
    engine.add_object_file(llvm.ObjectFileRef.from_data(code))
    engine.finalize_object()
    _engines.append(engine)
    address = engine.get_function_address(ENTRY)
    if not address:
        raise LoadingError(f"it has no {ENTRY}")
    return address


@lru_cache
def _llvm() -> Any:
    import llvmlite.binding as llvm

    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    return llvm


@lru_cache
def processor() -> tuple[str, str, str]:
    """Return the system, the name and the features of this processor, as LLVM has them."""
    llvm = _llvm()
    name = llvm.get_host_cpu_name()
    return llvm.get_process_triple(), name, llvm.get_host_cpu_features().flatten()
