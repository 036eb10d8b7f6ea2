"""`python -m edgewise` is the `edgewise` command."""

import sys


def main() -> None:
    """Run the command line and leave with its exit code."""
    from .cli import signals

    # Before the imports that take time, which a user may interrupt.
    signals.heed()
    from .cli.main import run
    from .cli.streams import open_streams

    open_streams()
    _leave(run())


def _leave(code: int) -> None:
    """Exit at once, after all that is registered to run at the end.

    Taking some three hundred modules apart one by one takes a fifth of a short
    command's time, and the process ends with it anyway.
    """
    import atexit
    import os
    import threading
    from contextlib import suppress

    with suppress(OSError, ValueError, AttributeError):
        threading._shutdown()  # type: ignore[attr-defined]
        atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        # What could not be written was said, or nobody reads it.
        with suppress(OSError, ValueError):
            stream.flush()
    os._exit(code)


if __name__ == "__main__":
    main()
