"""What follows from the numbers of a comparison, in words; each rule is one function.

The words depend on what was answered, never on how long it took.
"""

from dataclasses import dataclass

from .growth import growth_notes
from .overlap import Overlap
from .paired import Gap
from .words import CNN, LINEAR, capital, measured, points

# A difference of less than this share of the pictures is small.
SMALL = 0.01
# An interval of the difference wider than this leaves the question open.
WIDE = 0.04


@dataclass(frozen=True)
class Advice:
    """An answer to whether a CNN is worth it.

    Parameters
    ----------
    verdict : {'linear', 'cnn', 'no difference shown', 'not decided'}
    text : str
        The advice, in one sentence.
    notes : tuple of str
        What else the numbers say, a sentence each.
    """

    verdict: str
    text: str
    notes: tuple[str, ...] = ()

    def to_dict(self) -> dict:
        """Return everything ready for JSON."""
        return {"verdict": self.verdict, "text": self.text, "notes": list(self.notes)}


def advise(
    found: Gap,
    linear_gain: Gap | None = None,
    cnn_gain: Gap | None = None,
    gained_more: Gap | None = None,
    *,
    epochs: tuple[int, int] | None = None,
    overlaps: tuple[Overlap, ...] = (),
    untested: tuple[str, ...] = (),
) -> Advice:
    """Return what to do, and what else to know.

    Parameters
    ----------
    found : Gap
        Of the network from the linear model, on the test pictures.
    linear_gain, cnn_gain : Gap, optional
        Of each model that learned from all pictures from the one that learned
        from about half of them.
    gained_more : Gap, optional
        Of the network's gain from that of the linear model.
    epochs : (int, int), optional
        Those the network had, and those it would have unless told otherwise.
    overlaps : tuple of Overlap
        Pictures that are in two parts.
    untested : tuple of str
        Classes without test pictures.
    """
    cut = epochs is not None and epochs[0] < epochs[1]
    verdict = _verdict(found)
    if cut and verdict != "cnn":
        verdict = "not decided"
    # A network that stopped early gains from anything that makes it go on.
    gains = (linear_gain, None, None) if cut else (linear_gain, cnn_gain, gained_more)
    notes = [*map(_shared, overlaps), _untested(untested), _open_question(found)]
    notes += growth_notes(verdict, *gains)
    notes += [_unsettled(LINEAR, linear_gain), _unsettled(CNN, cnn_gain)]
    if epochs is not None and cut:
        notes.append(_cut_short(*epochs))
    return Advice(verdict, _sentence(found, verdict), tuple(note for note in notes if note))


def _verdict(found: Gap) -> str:
    if not found.shown:
        return "no difference shown"
    return "cnn" if found.difference > 0 else "linear"


def _sentence(found: Gap, verdict: str) -> str:
    if verdict == "not decided":
        return (
            f"Not decided: {CNN} was stopped early, and differs by {points(found.difference)} "
            f"so far ({measured(found)})."
        )
    if verdict == "no difference shown":
        return _nothing_shown(found)
    more = f"{abs(100 * found.difference):.1f} points more of the test pictures rightly"
    if verdict == "linear":
        sure = measured(found.reversed)
        return f"{capital(LINEAR)} is enough here: it names {more} than {CNN} ({sure})."
    return _cnn_is_better(found, more)


def _nothing_shown(found: Gap) -> str:
    low, high = found.interval
    small = low > -SMALL and high < SMALL
    size = "if there is one, it is likely to be less than a point" if small else "there may be one"
    return (
        f"The test does not show a difference: {CNN} is {points(found.difference)} from {LINEAR} "
        f"({measured(found)}), which chance alone may give; {size}. Take {LINEAR}, the simpler one."
    )


def _cnn_is_better(found: Gap, more: str) -> str:
    low, high = found.interval
    if high < SMALL:
        return (
            f"{capital(CNN)} is better, but by little: it names {more} ({measured(found)}); it is "
            "worth it where every tenth of a point counts."
        )
    if low < SMALL:
        return (
            f"{capital(CNN)} is better: it names {more} than {LINEAR} ({measured(found)}); whether "
            "by more than a point is open."
        )
    return f"A CNN is worth it here: it names {more} than {LINEAR} ({measured(found)})."


# What a picture in two parts does to the figures.
HARM = {
    ("test", "train"): "both models may know them by heart",
    ("test", "validation"): "C and the epoch were chosen by them",
    ("validation", "train"): "C and the epoch are chosen by what is known by heart",
}
PURPOSE = {"train": "to learn from", "validation": "to choose by"}


def _shared(found: Overlap) -> str:
    if not found.exact and not found.near:
        return ""
    own = "test pictures" if found.part == "test" else "pictures to choose by"
    known = (found.exact, "pixel by pixel"), (found.near, "nearly or mirrored")
    ways = ", ".join(f"{count:,} {how}" for count, how in known if count)
    return (
        f"Of the {found.count:,} {own} some are among those {PURPOSE[found.other]}, too ({ways}): "
        f"{HARM[found.part, found.other]}."
    )


def _untested(classes: tuple[str, ...]) -> str:
    if not classes:
        return ""
    first, *others = classes
    more = f" and {len(others):,} more classes" if others else ""
    return f'No test picture is of "{first}"{more}: of these nothing is known.'


def _cut_short(had: int, usual: int) -> str:
    return (
        f"{capital(CNN)} learned for {had} epoch{'' if had == 1 else 's'}, {usual} unless told "
        "otherwise: more may make it better."
    )


def _unsettled(name: str, gain: Gap | None) -> str:
    if gain is None or not gain.shown or gain.difference >= 0:
        return ""
    return (
        f"{capital(name)} was better with half the pictures to learn from, so that its training "
        "is not settled: try several --seeds, or a larger --validation to choose by."
    )


def _open_question(found: Gap) -> str:
    low, high = found.interval
    if found.shown or high - low <= WIDE:
        return ""
    more = "more of them, or more --seeds," if len(found.each) > 1 else "more of them"
    return (
        f"With {found.count:,} test pictures the interval is {100 * (high - low):.1f} points wide: "
        f"{more} would tell."
    )
