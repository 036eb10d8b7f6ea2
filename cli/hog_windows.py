"""`edgewise hog --window`: features of all windows of large pictures."""

import click

from .labelled import use_threads
from .options import SizeType
from .session import Session

OPTIONS = (
    click.option(
        "--window", type=SizeType(), metavar="WxH",
        help="A row for each window of this size, named PICTURE[WxH+LEFT+TOP].",
    ),
    click.option(
        "--window-stride", type=SizeType(), metavar="WxH",
        help="Pixels from one window to the next.  [default: from one block to the next]",
    ),
)  # fmt: skip


def window_options(function):
    """Give a command the options of windows."""
    for option in reversed(OPTIONS):
        function = option(function)
    return function


def chosen_windows(config, window, stride, *, shards: bool, picture: str | None):
    """Return (window, stride) in rows and columns, None without windows; refuse what is at odds."""
    if window is None:
        if stride:
            raise click.UsageError("--window-stride goes with a --window WxH")
        return None
    if shards or picture:
        raise click.UsageError(
            "--window fills a file such as windows.npz, not a folder of shards or a --picture"
        )
    steps = tuple(a * b for a, b in zip(config.block_stride, config.cell, strict=True))
    return window, stride or steps


def extracted_windows(session: Session, dataset, config, windows, *, jobs, **how):
    """Extract features of windows under a progress bar; failures are reported as they come."""
    from ..features.window_table import extract_windows

    use_threads(jobs)
    with session.counter(total=len(dataset), unit="picture", what="HoG") as progress:
        return extract_windows(
            dataset, config, *windows, jobs=jobs, progress=progress, failed=session.failed, **how
        )
