"""Compiled loops on disk: a sealed file of object code for each loop and each signature.

The name of a file says whose it is; what does not carry the right seal is compiled
again. Of several processes that need a loop one compiles it, and the others wait.
"""

import hashlib
import logging
from contextlib import suppress
from pathlib import Path

from . import native
from .folder import open_folder, write_file
from .kinds import Group
from .locks import locked
from .loop import Loop

COMPILING = "edgewise: compiling its loops for this computer, once (some seconds each)"
SEAL = hashlib.sha256().digest_size

log = logging.getLogger("edgewise")
_said: set[str] = set()


def object_code(loop: Loop, signature: tuple[str, ...]) -> bytes:
    """Return the object code of a loop, from the cache or else from the compiler."""
    folder, key = open_folder(), _key(loop, signature)
    if folder is None:
        return _compile(loop, signature)
    path = _path(folder, loop, key)
    code = _read(path, key)
    if code is not None:
        return code
    # In a folder that nobody may write to, and on a full disk, there is no lock.
    with suppress(OSError), locked(path.with_suffix(".lock"), wait=True):
        return _read(path, key) or _compile_and_keep(loop, signature, path, key)
    return _compile_and_keep(loop, signature, path, key)


def is_cached(loop: Loop, signature: tuple[str, ...]) -> bool:
    """Say whether a loop need not be compiled."""
    folder, key = open_folder(), _key(loop, signature)
    return folder is not None and _read(_path(folder, loop, key), key) is not None


def _path(folder: Path, loop: Loop, key: bytes) -> Path:
    return folder / f"{loop.__name__}-{hashlib.sha256(key).hexdigest()[:24]}.o"


def _compile_and_keep(loop: Loop, signature: tuple[str, ...], path: Path, key: bytes) -> bytes:
    code = _compile(loop, signature)
    try:
        write_file(path, _seal(key, code) + code)
    except OSError as error:
        say_once(f"edgewise: compiled loops cannot be kept in {path.parent}: {error}")
    return code


def _compile(loop: Loop, signature: tuple[str, ...]) -> bytes:
    from .compiling import compile_loop

    say_once(COMPILING)
    return compile_loop(loop, signature)


def say_once(words: str) -> None:
    """Warn of something, once in a process."""
    if words not in _said:
        _said.add(words)
        log.warning("%s", words)


def _key(loop: Loop, signature: tuple[str, ...]) -> bytes:
    name = loop.function.__module__, loop.function.__qualname__
    kinds = [_spelled(kind) for kind in loop.kinds]
    return repr((name, kinds, signature, native.processor())).encode()


def _spelled(kind: object) -> str:
    """Name a kind with all that the machine code rests on, so also the fields of named tuples."""
    if isinstance(kind, Group):
        fields = getattr(kind.made_of, "_fields", ())
        return f"{fields}{[_spelled(member) for member in kind.members]}"
    return repr(kind)


def _seal(key: bytes, code: bytes) -> bytes:
    return hashlib.sha256(hashlib.sha256(key).digest() + code).digest()


def _read(path: Path, key: bytes) -> bytes | None:
    """Return what a file of the cache holds, if it is the one that was written for this key."""
    try:
        content = path.read_bytes() if path.is_file() else b""
    except OSError:
        return None
    seal, code = content[:SEAL], content[SEAL:]
    return code if code and seal == _seal(key, code) else None
