"""`edgewise kernels`: the catalogue, and single kernels."""

import json

import click

from .complaints import reading_words
from .options import examples, json_option, with_session
from .session import Session


@click.command(
    epilog=examples(
        "edgewise kernels",
        "edgewise kernels gaussian:1.5",
        'edgewise kernels "[1 2 1; 2 4 2; 1 2 1]:normalize=sum"',
        "edgewise kernels 3x3:0,1,0,1,-4,1,0,1,0",
        "edgewise kernels @kernel.mat",
        "edgewise kernels laplacian:8 --json",
    ),
)
@click.argument("name", required=False)
@json_option
@with_session
def command(session: Session, name, as_json):
    """List the named kernels and filters, or print one kernel.

    NAME is a kernel with its settings, as in a chain: gaussian:2,
    gaussian:sigma=2:size=7, a matrix in brackets or @FILE. Printed are its
    weights, their sum, its rank (1: a column times a row) and its frequency
    response. For a filter, its settings are printed.
    """
    from ..filters import FILTERS

    if name is None:
        _list(as_json)
        return
    first = name.partition(":")[0].strip()
    with reading_words():
        if first in FILTERS and "," not in name:
            _describe(FILTERS[first], name, as_json)
        else:
            _show(name, as_json)


def _list(as_json: bool) -> None:
    from ..filters import FILTERS, KERNELS

    tables = {"kernels": KERNELS, "filters": FILTERS}
    if as_json:
        found = {
            title: [_entry(entry) for entry in entries.values()]
            for title, entries in tables.items()
        }
        click.echo(json.dumps({"schema": "edgewise.kernels/1", **found}, indent=2))
        return
    for title, entries in tables.items():
        click.echo(f"{title.capitalize()}:")
        for entry in entries.values():
            click.echo(f"  {entry.usage}\n      {entry.summary}")
        click.echo()
    click.echo("Correlating steps also take stride= dilation= padding= border= fill= flip=,")
    click.echo("kernels normalize=none|sum|abs scale= bias= anchor=X:Y as well.")


def _entry(entry) -> dict[str, str]:
    return {"name": entry.name, "usage": entry.usage, "summary": entry.summary}


def _describe(entry, chain: str, as_json: bool) -> None:
    """Print a filter's settings, after a look at those that were given."""
    from ..filters.chain import compile_chain
    from ..filters.rehearsal import rehearse, window_settings

    rehearse(compile_chain(chain))
    taken = window_settings(entry.name) if entry.correlates else []
    if as_json:
        click.echo(json.dumps({"schema": "edgewise.filter/1", **_entry(entry), "windows": taken}))
        return
    click.echo(f"{entry.usage}\n{entry.summary}")
    if taken:
        click.echo(f"Also takes {' '.join(f'{key}=' for key in taken)}")


def _show(name: str, as_json: bool) -> None:
    from ..filters.chain import single_kernel
    from ..filters.kernel_facts import kernel_facts

    weights = single_kernel(name)
    facts = kernel_facts(weights)
    if as_json:
        values = [[float(f"{value:.9g}") for value in row] for row in weights]
        click.echo(
            json.dumps({"schema": "edgewise.kernel/1", "name": name, **facts, "values": values})
        )
        return
    click.echo(_matrix(weights))
    click.echo("\n".join(_lines(facts)))


def _lines(facts: dict) -> list[str]:
    """Say what a kernel is like: its size, sum, rank, and frequency response."""
    from ..filters.kernel_facts import FREQUENCIES

    separable = "a column times a row" if facts["rank"] == 1 else "not separable"
    total = 0 if facts["zero_sum"] else facts["sum"]
    words = [
        ["cycles per pixel", *(f"{f:g}" for f in FREQUENCIES)],
        *([name, *(f"{v:.3g}" for v in values)] for name, values in facts["response"].items()),
    ]
    widths = [max(map(len, column)) for column in zip(*words, strict=True)]
    return [
        f"{facts['rows']} x {facts['columns']}, sum {total:g}, runs as {facts['method']}",
        f"rank {facts['rank']}: {separable}; magnitudes add up to {facts['abs_sum']:.6g}",
        "frequency response, what waves along x, y and the diagonal are multiplied by:",
        *(
            "  ".join([row[0].ljust(widths[0]), *map(str.rjust, row[1:], widths[1:])])
            for row in words
        ),
    ]


def _matrix(weights) -> str:
    # Beside the greatest weight these are the rounding of a sine, or count for nothing.
    least = 1e-7 * abs(weights).max()
    words = [[f"{value:.5g}" if abs(value) > least else "0" for value in row] for row in weights]
    width = max(len(word) for row in words for word in row)
    return "\n".join("  ".join(word.rjust(width) for word in row) for row in words)
