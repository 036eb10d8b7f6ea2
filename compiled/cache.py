"""Compiled loops on disk: a sealed file for each loop and each signature.

Numba's own cache takes whatever its files hold: a damaged one stopped every command
after it, or crashed it. Two processes that compile one loop for two signatures could
also swap them, because an index says which file is whose. Here the name of a file says
whose it is, and what does not carry the right seal is compiled again, silently.
"""

import hashlib
import logging
import pickle
from collections.abc import Callable
from functools import lru_cache
from inspect import getfile
from pathlib import Path
from typing import Any

from numba.core import sigutils, types
from numba.core.caching import NullCache
from numba.core.compiler import CompileResult
from numba.core.serialize import dumps

from .folder import write_file

SEAL = hashlib.sha256().digest_size

log = logging.getLogger("edgewise")


class LoopCache(NullCache):
    """The compiled versions of one loop.

    Parameters
    ----------
    function : callable
        The loop as it is written.
    folder : Path or None
        Where to keep them; None keeps nothing.
    prepare : callable or None
        Called before a version is loaded or compiled.
    """

    said_full = False

    def __init__(self, function: Callable, folder: Path | None, prepare: Callable | None):
        # What a closure holds could be anything: it is compiled anew.
        self._folder = None if function.__closure__ else folder
        self._function = function
        self._prepare = prepare

    @property
    def cache_path(self) -> str | None:
        """Return the folder, as Numba asks for it."""
        return None if self._folder is None else str(self._folder)

    def load_overload(self, sig: Any, target_context: Any) -> CompileResult | None:
        """Return the loop compiled for a signature, or None if it has to be compiled."""
        target_context.refresh()
        if self._prepare is not None:
            self._prepare()
        if self._folder is None:
            return None
        try:
            key = self._key(sig, target_context.codegen())
            payload = _opened(self._path(key), key)
            if payload is not None:
                return CompileResult._rebuild(target_context, *pickle.loads(payload))
        except Exception as error:
            log.debug("edgewise: cached loop not used: %s: %s", type(error).__name__, error)
        return None

    def save_overload(self, sig: Any, data: CompileResult) -> None:
        """Keep what was compiled, if there is a place for it."""
        if self._folder is None or data.library.has_dynamic_globals:
            return
        try:
            key = self._key(sig, data.codegen)
            payload = dumps(data._reduce())
            write_file(self._path(key), _seal(key, payload) + payload)
        except OSError as error:
            self._say_full(error)
        except Exception as error:
            log.debug("edgewise: loop not cached: %s: %s", type(error).__name__, error)

    def _say_full(self, error: OSError) -> None:
        if not LoopCache.said_full:
            LoopCache.said_full = True
            log.warning("edgewise: compiled loops cannot be kept in %s: %s", self._folder, error)

    def _key(self, sig: Any, codegen: Any) -> bytes:
        arguments, result = sigutils.normalize_signature(sig)
        kinds = [_spelled(kind) for kind in arguments]
        name = (self._function.__module__, self._function.__qualname__)
        source = _file_hash(getfile(self._function))
        return repr((name, source, kinds, str(result), codegen.magic_tuple())).encode()

    def _path(self, key: bytes) -> Path:
        name = self._function.__qualname__.rpartition(".")[2]
        assert self._folder is not None
        return self._folder / f"{name}-{hashlib.sha256(key).hexdigest()[:24]}.loop"


def _spelled(kind: Any) -> str:
    """Name a type with all that the machine code rests on, so also the fields of named tuples."""
    if isinstance(kind, types.BaseTuple):
        parts = [_spelled(part) for part in iter(kind)]  # type: ignore[call-overload]
        fields = getattr(kind, "fields", None)
        return f"{getattr(kind, 'instance_class', tuple).__qualname__}{fields}{parts}"
    return str(kind)


@lru_cache
def _file_hash(path: str) -> str:
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()


def _seal(key: bytes, payload: bytes) -> bytes:
    return hashlib.sha256(hashlib.sha256(key).digest() + payload).digest()


def _opened(path: Path, key: bytes) -> bytes | None:
    """Return what a file of the cache holds, if it is the one that was written for this key."""
    if not path.is_file():
        return None
    content = path.read_bytes()
    seal, payload = content[:SEAL], content[SEAL:]
    return payload if seal == _seal(key, payload) else None
