"""What follows from the numbers of a comparison, in words; each rule is one function.

The words depend on what was answered, never on how long it took.
"""

from dataclasses import dataclass

from ..mcnemar import Difference

# McNemar's test shows a difference below this probability.
LEVEL = 0.05
# Fewer points of accuracy than this are shown, but small.
SMALL = 0.01
# An interval of the difference wider than this leaves the question open.
WIDE = 0.04

LINEAR, CNN = "the linear model", "the CNN"


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
    found: Difference,
    linear_growth: Difference | None = None,
    cnn_growth: Difference | None = None,
    *,
    epochs: tuple[int, int] | None = None,
    shared: int = 0,
    untested: tuple[str, ...] = (),
) -> Advice:
    """Return what to do, and what else to know.

    Parameters
    ----------
    found : Difference
        Of the network (second) from the linear model (first), on the test
        pictures.
    linear_growth, cnn_growth : Difference, optional
        Of each model that learned from all pictures (second) from the one
        that learned from about half of them (first).
    epochs : (int, int), optional
        Those the network had, and those it would have unless told otherwise.
    shared : int
        Test pictures that are pictures to learn from, too.
    untested : tuple of str
        Classes without test pictures.
    """
    cut = epochs is not None and epochs[0] < epochs[1]
    verdict = _verdict(found)
    if cut and verdict != "cnn":
        verdict = "not decided"
    # A network that stopped early gains from anything that makes it go on.
    growth = _growth(verdict, linear_growth, None if cut else cnn_growth)
    notes = [_shared(shared, found.count), _untested(untested), _open_question(found), *growth]
    notes += [_unsettled(LINEAR, linear_growth), _unsettled(CNN, cnn_growth)]
    if epochs is not None and cut:
        notes.append(_cut_short(*epochs))
    return Advice(verdict, _sentence(found, verdict), tuple(note for note in notes if note))


def _verdict(found: Difference) -> str:
    if found.p >= LEVEL:
        return "no difference shown"
    return "cnn" if found.difference > 0 else "linear"


def _sentence(found: Difference, verdict: str) -> str:
    low, high = (f"{100 * end:+.1f}" for end in found.interval)
    if verdict == "not decided":
        return (
            f"Not decided: {CNN} was stopped early, and differs by {100 * found.difference:+.1f} "
            f"points so far (95 % interval {low} to {high}, McNemar p = {found.p:.2g})."
        )
    if verdict == "no difference shown":
        return (
            f"No difference shown: the two differ by {100 * found.difference:+.1f} points (95 % "
            f"interval {low} to {high}, McNemar p = {found.p:.2g}), which chance may give; take "
            f"{LINEAR}, the simpler one."
        )
    points = abs(100 * found.difference)
    if verdict == "linear":
        return (
            f"{_capital(LINEAR)} is enough here: it names {points:.1f} points more of the test "
            f"pictures rightly than {CNN} (McNemar p = {found.p:.2g})."
        )
    if found.difference < SMALL:
        return (
            f"{_capital(CNN)} is better by {points:.1f} points (McNemar p = "
            f"{found.p:.2g}), which is little; it is worth it where every tenth of a point counts."
        )
    return (
        f"A CNN is worth it here: it names {points:.1f} points more of the test pictures rightly "
        f"than {LINEAR} (95 % interval {low} to {high}, McNemar p = {found.p:.2g})."
    )


def _capital(words: str) -> str:
    return words[0].upper() + words[1:]


def _shared(count: int, of: int) -> str:
    if not count:
        return ""
    return (
        f"{count:,} of the {of:,} test pictures {'is' if count == 1 else 'are'} among those to "
        "learn from, pixel by pixel: both models may know them by heart."
    )


def _untested(classes: tuple[str, ...]) -> str:
    if not classes:
        return ""
    first, *others = classes
    more = f" and {len(others):,} more classes" if others else ""
    return f'No test picture is of "{first}"{more}: of these nothing is known.'


def _cut_short(had: int, usual: int) -> str:
    return (
        f"{_capital(CNN)} learned for {had} epoch{'' if had == 1 else 's'}, {usual} unless told "
        "otherwise: more may make it better."
    )


def _unsettled(name: str, growth: Difference | None) -> str:
    if growth is None or growth.p >= LEVEL or growth.difference >= 0:
        return ""
    return (
        f"{_capital(name)} was better with half the pictures to learn from, so that its training "
        "is not settled: try another --seed, or a larger --validation to choose by."
    )


def _open_question(found: Difference) -> str:
    low, high = found.interval
    if found.p < LEVEL or high - low <= WIDE:
        return ""
    return (
        f"With {found.count:,} test pictures the interval is {100 * (high - low):.1f} points wide: "
        "more of them would tell."
    )


def _growth(verdict: str, linear: Difference | None, cnn: Difference | None) -> list[str]:
    grows = {LINEAR: _is_growing(linear), CNN: _is_growing(cnn)}
    if all(grows.values()):
        return ["Both still gain from more pictures to learn from."]
    if grows[CNN]:
        later = "" if verdict == "cnn" else "; with more of them it may come out ahead"
        return [f"Only {CNN} still gains from more pictures to learn from{later}."]
    if grows[LINEAR]:
        return [f"Only {LINEAR} still gains from more pictures to learn from."]
    return []


def _is_growing(growth: Difference | None) -> bool:
    return growth is not None and growth.p < LEVEL and growth.difference > 0
