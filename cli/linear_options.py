"""The options that say how a linear model is trained; each is a field of LinearSettings."""

from collections.abc import Callable

import click

MAP_HELP = "Kernel machine by an explicit map: rbf[:LANDMARKS[:GAMMA]] (Nyström) or chi2[:STEPS]."
WEIGHT_HELP = "balanced, or CLASS=NUMBER,...: how much a picture of a class counts."


class ClassWeightType(click.ParamType):
    """balanced, or a number for some classes."""

    name = "WEIGHTS"

    def convert(self, value, param, ctx):
        """Parse the text."""
        if value == "balanced" or isinstance(value, dict):
            return value
        weights = {}
        for word in value.split(","):
            name, equals, number = word.rpartition("=")
            try:
                weights[name] = float(number)
            except ValueError:
                equals = ""
            if not equals or not name:
                self.fail(f'"{word}" is not CLASS=NUMBER; or write balanced', param, ctx)
        return weights


OPTIONS = (
    click.option("--model", "kind", type=click.Choice(["logistic", "svm"]), default="logistic",
                 show_default=True,
                 help="Logistic regression (gives probabilities) or a linear SVM."),
    click.option("-C", "C", type=float, help="Cost of mistakes.  [default: 1, for svm 0.1]"),
    click.option("--search", is_flag=True, help="Choose C by cross-validation; print the curve."),
    click.option("--cv", type=click.IntRange(min=2), metavar="K",
                 help="Judge by cross-validation in K parts.  [default with --search: 5]"),
    click.option("--one-vs-rest", is_flag=True,
                 help="One logistic regression for each class against the rest."),
    click.option("--loss", type=click.Choice(["squared-hinge", "hinge"]), default="squared-hinge",
                 show_default=True, help="What an SVM minimises."),
    click.option("--class-weight", type=ClassWeightType(), metavar="WEIGHTS", help=WEIGHT_HELP),
    click.option("--calibrate", type=click.Choice(["platt", "isotonic"]),
                 help="Give probabilities, fitted to cross-validated scores."),
    click.option("--kernel-map", metavar="MAP", help=MAP_HELP),
)  # fmt: skip


def linear_options(function: Callable) -> Callable:
    """Give a command the settings of a linear model."""
    for option in reversed(OPTIONS):
        function = option(function)
    return function
