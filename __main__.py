"""`python -m edgewise` is the `edgewise` command."""

import sys


def main() -> None:
    """Run the command line and leave with its exit code."""
    from .cli.main import run

    _leave(run())


def _leave(code: int) -> None:
    """Exit at once, after all that is registered to run at the end.

    Taking some three hundred modules apart one by one takes a fifth of a short
    command's time, and the process ends with it anyway.
    """
    import atexit
    import os
    import threading

    try:
        threading._shutdown()  # type: ignore[attr-defined]
        atexit._run_exitfuncs()
        sys.stdout.flush()
        sys.stderr.flush()
    except (OSError, ValueError, AttributeError):
        # Python's own way says what went wrong, as with a pipe that was closed.
        sys.exit(code)
    os._exit(code)


if __name__ == "__main__":
    main()
