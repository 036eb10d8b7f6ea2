"""`edgewise kernels`: the catalogue, and single kernels."""

import json

import click

from .options import examples, json_option, with_session
from .session import Session


@click.command(
    epilog=examples(
        "edgewise kernels",
        "edgewise kernels gaussian:1.5",
        'edgewise kernels "[1 2 1; 2 4 2; 1 2 1]"',
        "edgewise kernels laplacian:8 --json",
    ),
)
@click.argument("name", required=False)
@json_option
@with_session
def command(session: Session, name, as_json):
    """List the named kernels and filters, or print one kernel.

    NAME is a kernel with its settings, as in a chain: gaussian:2 or
    gaussian:sigma=2:size=7. For a filter, its settings are printed.
    """
    from ..filters import FILTERS

    if name is None:
        _list(as_json)
    elif name in FILTERS:
        _describe(FILTERS[name], as_json)
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
    click.echo("Correlating steps also take stride= dilation= padding= border= fill= flip=")


def _entry(entry) -> dict[str, str]:
    return {"name": entry.name, "usage": entry.usage, "summary": entry.summary}


def _describe(entry, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps({"schema": "edgewise.filter/1", **_entry(entry)}))
        return
    click.echo(f"{entry.usage}\n{entry.summary}")
    if entry.correlates:
        click.echo("Also takes stride= dilation= padding= border= fill= flip=")


def _show(name: str, as_json: bool) -> None:
    from ..filters.chain import single_kernel
    from ..filters.separable import separate

    weights = single_kernel(name)
    facts = {
        "rows": weights.shape[0],
        "columns": weights.shape[1],
        "sum": round(float(weights.sum(dtype=float)), 9),
        "two_passes": separate(weights) is not None,
    }
    if as_json:
        values = [[float(f"{value:.9g}") for value in row] for row in weights]
        click.echo(
            json.dumps({"schema": "edgewise.kernel/1", "name": name, **facts, "values": values})
        )
        return
    click.echo(_matrix(weights))
    passes = "two passes" if facts["two_passes"] else "one pass"
    click.echo(f"{facts['rows']} x {facts['columns']}, sum {facts['sum']:g}, runs as {passes}")


def _matrix(weights) -> str:
    words = [[f"{value:.5g}" for value in row] for row in weights]
    width = max(len(word) for row in words for word in row)
    return "\n".join("  ".join(word.rjust(width) for word in row) for row in words)
