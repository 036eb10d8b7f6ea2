"""`edgewise train`: a classifier of either kind."""

import click

from . import train_cnn, train_linear


@click.group()
def command():
    """Train a classifier on labelled pictures or features."""


command.add_command(train_linear.command, "linear")
command.add_command(train_cnn.command, "cnn")
