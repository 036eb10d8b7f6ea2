"""A comparison of two models as one page of HTML."""

from collections.abc import Callable, Sequence
from html import escape

import numpy as np

from ..images.errors import EdgewiseError
from ..models.comparison.conditions import conditions
from ..models.comparison.result import Comparison, Side
from ..models.files import load_model
from ..models.hygiene_duplicates import NEAR
from ..models.linear_features import features_from_dict
from .comparison_plots import learning_curves
from .comparison_tables import (
    curve_rows,
    difference_rows,
    overlap_rows,
    seed_rows,
    side_by_side,
    side_names,
)
from .hog_weights import weights_picture
from .html_page import figure, html_page, image, section, table
from .html_report import HOW_TO_READ, confusion_html, small
from .kernel_grid import kernels_picture
from .linear_training import features_text

# Thumbnails of pictures that only one model names rightly.
MOST_SHOWN = 14
SEEDS = (
    "<p>McNemar's exact test for each seed; for the mean an interval and p that cover other "
    "pictures and other seeds.</p>"
)
NEARLY = (
    "<p>The same pixel by pixel, or nearly: small gray versions of both correlate by "
    f"{NEAR} or more, whatever their brightness and contrast, as they are or mirrored.</p>"
)


def comparison_page(found: Comparison, *, title: str = "Comparison", command: str = "") -> str:
    """Return a comparison as a page that needs no other file and no network.

    Parameters
    ----------
    found : Comparison
    title : str
    command : str
        What made the page.
    """
    sides = list(zip(side_names(found), (found.linear, found.cnn), strict=True))
    parts = [
        *_advice(found),
        table(side_by_side(found)),
        *_chance(found),
        section("Learning curves", *_curves(found, sides)),
        section("Confusion", *_confusions(sides)),
        *(
            section(f"Only {name} is right", _only(found, kind))
            for kind, (name, _) in zip(("linear", "cnn"), sides, strict=True)
        ),
        section("What they look for", _weights(found)),
        section("Pictures in two parts", NEARLY, table(overlap_rows(found))),
        section("Settings", table(_settings(found), kind="words")),
    ]
    if command:
        parts.append(section("Made by", f"<pre>{escape(command)}</pre>"))
    return html_page(title, parts)


def _chance(found: Comparison) -> list[str]:
    said = [f"<p>{escape(words)}</p>" for words in conditions(found)]
    parts = [section("Is the difference chance?", table([["", ""], *difference_rows(found)]))]
    if seeds := seed_rows(found):
        parts.append(section("Random seeds", SEEDS, table(seeds)))
    return [*parts, section("What was compared", *said)]


def _advice(found: Comparison) -> list[str]:
    parts, advice = found.contest.parts, found.advice
    notes = [f"<p>{escape(note)}</p>" for note in advice.notes]
    told = (
        f"<p>{len(parts.train):,} pictures to learn from, {len(parts.validation):,} to choose by, "
        f"{len(parts.test):,} to test; {len(parts.test.classes)} classes.</p>"
    )
    return [f'<p class="big">{escape(advice.text)}</p>', *notes, told]


def _curves(found: Comparison, sides: Sequence[tuple[str, Side]]) -> list[str]:
    count = len(found.gap.each)
    mean = f"; the CNN's are means of {count} seeds" if count > 1 else ""
    caption = f"With more pictures to learn from; bars: 95 % intervals{mean}"
    return [figure(learning_curves(sides), caption), table(curve_rows(found))]


def _confusions(sides: Sequence[tuple[str, Side]]) -> list[str]:
    drawn = [
        f"<figure><figcaption>{escape(name)}</figcaption>"
        f"{confusion_html(side.answers.evaluation, numbered=True)}</figure>"
        for name, side in sides
    ]
    return [
        HOW_TO_READ,
        f'<div class="row pair">{"".join(drawn)}</div>',
    ]


def _only(found: Comparison, kind: str) -> str:
    places = found.only(kind)
    if not len(places):
        return "<p>There is no such picture.</p>"
    other = found.cnn if kind == "linear" else found.linear
    shown = "".join(_thumbnail(found, other, int(i)) for i in places[:MOST_SHOWN])
    row = f'<div class="row">{shown}</div>'
    if len(places) <= MOST_SHOWN:
        return row
    return f"<p>{MOST_SHOWN} of {len(places):,}: where the other is surest.</p>{row}"


def _thumbnail(found: Comparison, other: Side, i: int) -> str:
    test, answers = found.contest.parts.test, other.answers
    values, name = answers.values[i], test.names[i]
    truth, wrong = test.classes[test.labels[i]], test.classes[values.argmax()]
    caption = f"{truth}, not {wrong} ({values.max():.0%}); {name}"
    return figure(image(small(test.images[i]), name), caption, "thumb")


def _weights(found: Comparison) -> str:
    pictures = {"linear": weights_picture, "cnn": kernels_picture}
    drawn = [_learned(found, kind, draw) for kind, draw in pictures.items()]
    return f'<div class="row pair">{"".join(drawn)}</div>'


def _learned(found: Comparison, kind: str, draw: Callable[..., np.ndarray]) -> str:
    try:
        picture = draw(load_model(found.contest.model_path(kind)))
    except EdgewiseError as error:
        return f"<p>{escape(str(error))}</p>"
    words = {"linear": "Weights of the linear model", "cnn": "Kernels of the network's first layer"}
    return figure(image(picture, words[kind]), words[kind], "learned")


def _settings(found: Comparison) -> list[list[str]]:
    plan = found.contest.plan
    (rows, columns), colour = plan.size, "gray" if plan.channels == 1 else "colour"
    told = {
        "pictures": f"{columns}x{rows} {colour}",
        "features": features_text(features_from_dict(plan.features)),
        "network": plan.network,
        "held back to choose by": f"{plan.validation:g} of the pictures",
        "seed": str(plan.seed),
    }
    shown = ("seeds", "epochs", "minutes", "augment", "copies", "group_by", "rate")
    others = {name: getattr(plan, name) for name in shown}
    told |= {name: str(value) for name, value in others.items() if value not in (None, "")}
    return [["setting", "value"], *([name, value] for name, value in told.items())]
