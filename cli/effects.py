"""Options of `edgewise filter` that would change nothing, which is said rather than passed over."""

from collections.abc import Collection, Iterable

import click

from .outputs import Output

KINDS = {"--quality": ("JPEG", "WEBP"), "--compress": ("PNG", "TIFF")}


def refuse_idle_encoding(outputs: Iterable[Output], given: Collection[str]) -> None:
    """Raise UsageError for --quality or --compress where no output is of their formats."""
    from ..images.formats import OF_SUFFIX

    written = {OF_SUFFIX[output.format].name for output in outputs}
    for option, kinds in KINDS.items():
        if option in given and written and not written.intersection(kinds):
            raise click.UsageError(
                f"{option} is for {' and '.join(kinds)}, and {' and '.join(sorted(written))} is "
                "written; leave it out, or choose another format"
            )


def refuse_idle_windows(chain, given: Collection[str]) -> None:
    """Raise UsageError for a window setting, such as stride, that no step of a chain takes."""
    if not given:
        return
    from ..filters.rehearsal import window_settings
    from ..filters.steps import FILTERS

    taken: set[str] = set()
    for stage in chain.stages:
        entry = FILTERS.get(stage.step.name)
        if entry is None:  # a kernel, which takes them all
            return
        if entry.correlates:
            taken.update(window_settings(entry.name))
    for name in given:
        if name not in taken:
            raise click.UsageError(f"--{name} changes nothing: no step of this chain takes it")


def refuse_idle_skipping(skip_existing: bool, overwrite: bool, output: str) -> None:
    """Raise UsageError where --skip-existing contradicts --overwrite or has nothing to skip."""
    if skip_existing and overwrite:
        raise click.UsageError("--skip-existing and --overwrite exclude each other")
    if skip_existing and output == "-":
        raise click.UsageError("--skip-existing is about files, and -o - is stdout")
