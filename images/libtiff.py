"""What libtiff says of damaged files: kept, instead of printed without a file's name.

Pillow's own copy of libtiff prints its errors on stderr. Its handlers, which are
the whole process's, are found through the library that Pillow loaded; where they
cannot be (a Pillow that hides them), libtiff prints as before.
"""

import threading
from functools import cache
from typing import Any

LONGEST = 500  # bytes of a message
# Two threads that took the messages at once would let go of what libtiff calls.
_taking = threading.Lock()
_last = threading.local()


def forget_said() -> None:
    """Begin anew: what libtiff says from now on in this thread is kept."""
    with _taking:
        _handler()
    _last.words = ""


def what_was_said() -> str:
    """Return what libtiff said last in this thread, or nothing."""
    return getattr(_last, "words", "")


@cache
def _handler() -> Any:
    """Take libtiff's messages; keep what ctypes made for as long as the process lives."""
    import ctypes

    from PIL import Image

    pointer, text = ctypes.c_void_p, ctypes.c_char_p
    try:
        library = ctypes.CDLL(Image.core.__file__)
        set_error, set_warning = library.TIFFSetErrorHandler, library.TIFFSetWarningHandler
        print_into = ctypes.CDLL(None).vsnprintf
    except (OSError, AttributeError, TypeError):
        return None
    print_into.argtypes = [ctypes.c_char_p, ctypes.c_size_t, ctypes.c_char_p, pointer]

    def keep(module: bytes | None, form: bytes, values: int) -> None:
        room = ctypes.create_string_buffer(LONGEST)
        print_into(room, LONGEST, form, values)
        _last.words = room.value.decode(errors="replace").strip(" .:\n")

    handler = ctypes.CFUNCTYPE(None, text, text, pointer)(keep)
    set_warning.argtypes = set_error.argtypes = [pointer]
    set_error(ctypes.cast(handler, pointer))
    set_warning(None)
    return handler
