"""`python -m edgewise` is the `edgewise` command."""

import sys


def main() -> None:
    """Run the command line and leave with its exit code."""
    from .cli.main import run

    sys.exit(run())


if __name__ == "__main__":
    main()
