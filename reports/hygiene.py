"""What is wrong with a data set: facts for JSON, and findings in sentences."""

import shlex
from collections import Counter
from collections.abc import Sequence
from textwrap import wrap

from ..images.parts import parts_among
from ..models.hygiene import Survey
from ..models.hygiene_clues import Clue, find_clue
from ..models.hygiene_series import Series, find_series
from ..models.sizes import as_option, moderate_size
from .facts import WIDTH, facts_text
from .findings import Facts, Findings, groups, pictures

# From this ratio of the largest class to the smallest on a model would rather learn the large one.
UNBALANCED = 3

# Facts that may be long.
LISTS = (
    "single_colour", "exact_groups", "near_groups", "nearest_pairs", "mirrored_groups",
    "labels_differ",
)  # fmt: skip

# Names of files are not to be cut at their hyphens.
INDENT = {
    "initial_indent": "  - ", "subsequent_indent": "    ",
    "break_on_hyphens": False, "break_long_words": False,
}  # fmt: skip


def examine(survey: Survey) -> Findings:
    """Return what is to be said of one data set, its duplicates aside."""
    found = Findings()
    if formats := Counter(one.format for one in survey.sights if one.format):
        found.facts["formats"] = dict(formats.most_common())
    for part in (_readable, _parts, _balance, _kinds, _flat, _clues, _series, _groups):
        found |= part(survey)
    return found


def _readable(survey: Survey) -> Findings:
    count = len(survey.failed)
    if not count:
        return Findings()
    return Findings(
        {}, [f"{pictures(count)} cannot be read; mend or remove {'it' if count == 1 else 'them'}"]
    )


def _parts(survey: Survey) -> Findings:
    found = parts_among(survey.dataset.classes)
    if not found:
        return Findings()
    sentence = (
        f"{' and '.join(found)} are named like parts of a divided data set, not like classes; a "
        "model would learn to tell them apart"
    )
    return Findings({"parts": found}, [sentence])


def _balance(survey: Survey) -> Findings:
    counts = Counter(survey.labels or ()).most_common()
    if len(counts) < 2:
        sentences = [
            f"every picture is labelled {name}; there is no other class" for name, _ in counts
        ]
        return Findings({}, sentences)
    (large, most), (small, least) = counts[0], counts[-1]
    found = Findings({"imbalance": round(most / least, 2)})
    if most >= UNBALANCED * least:
        found.sentences.append(
            f"the classes are unbalanced: {most:,} pictures of {large}, {least:,} of {small}; see "
            "the balanced accuracy, and --class-weight of train linear"
        )
    return found


def _moderate(size: str) -> str:
    """Return the option for a size that a model can live with, of about the same proportion."""
    columns, rows = map(int, size.split("x"))
    return as_option(*moderate_size(rows, columns))


def _kinds(survey: Survey) -> Findings:
    found = Findings()
    sizes = Counter(one.size for one in survey.sights).most_common()
    if len(sizes) > 1:
        found.sentences.append(
            f"the pictures have {len(sizes):,} sizes; train with --size, such as "
            f"{_moderate(sizes[0][0])}; {sizes[0][1]:,} are {sizes[0][0]}"
        )
    colours = Counter(f"{one.colour} {one.dtype}" for one in survey.sights).most_common()
    if len(colours) > 1:
        listed = ", ".join(f"{count:,} {name}" for name, count in colours)
        found.sentences.append(
            f"colours and depths are mixed ({listed}); --gray makes them alike in training"
        )
    return found


def _flat(survey: Survey) -> Findings:
    names = [name for name, one in zip(survey.names, survey.sights, strict=True) if one.flat]
    if not names:
        return Findings()
    verb = "is" if len(names) == 1 else "are"
    sentence = f"{pictures(len(names))} {verb} of a single colour, first {names[0]}"
    return Findings({"single_colour": names}, [sentence])


def _clues(survey: Survey) -> Findings:
    if survey.labels is None:
        return Findings()
    values = {
        "format": [one.format for one in survey.sights],
        "size": [one.size for one in survey.sights],
        "colour": [f"{one.colour} {one.dtype} {one.mode}".strip() for one in survey.sights],
    }
    clues = [find_clue(name, own, survey.labels) for name, own in values.items()]
    there = [clue for clue in clues if clue]
    if not there:
        return Findings()
    told = {
        clue.name: {"right": round(clue.accuracy, 4), "guessing": round(clue.guessing, 4)}
        for clue in there
    }
    return Findings({"clues": told}, [_clue_text(clue) for clue in there])


def _clue_text(clue: Clue) -> str:
    few = list(clue.table.items())[:2]
    told = "; ".join(
        f"{value}: " + ", ".join(f"{count:,} {label}" for label, count in list(own.items())[:2])
        for value, own in few
    )
    return (
        f"the {clue.name} gives the class away: it alone names {clue.accuracy:.0%} rightly, "
        f"guessing {clue.guessing:.0%} ({told}); a model may learn it instead of what is shown"
    )


def _series(survey: Survey) -> Findings:
    """Look for frames of series, unless it is known already what belongs together."""
    if survey.dataset.groups is not None or survey.dataset.paths is None:
        return Findings()
    found = find_series(survey.names, survey.labels, survey.signatures)
    if found is None:
        return Findings()
    facts: Facts = {"share": round(found.share, 4), "group_by": found.rule}
    return Findings({"series": facts}, [series_text(found, survey.names)])


def series_text(found: Series, names: Sequence[str]) -> str:
    """Return a sentence on pictures that look like frames of a series."""
    first, second = (names[i] for i in found.first)
    rule = shlex.quote(found.rule) if found.rule else "REGEX"
    return (
        f"pictures with consecutive names look alike: {found.share:.0%} of these pairs do so more "
        f"than 99% of the other pairs of their class, such as {first} and {second}; frames of one "
        f"series on both sides of a split make a model look better than it is: keep them together "
        f"with --group-by {rule}"
    )


def _groups(survey: Survey) -> Findings:
    """Name the groups that stand in several splits."""
    dataset = survey.dataset
    if dataset.groups is None or dataset.splits is None:
        return Findings()
    sides: dict[str, set[str]] = {}
    for group, split in zip(dataset.groups, dataset.splits, strict=True):
        if split:
            sides.setdefault(group, set()).add(split)
    torn = [group for group, own in sides.items() if group and len(own) > 1]
    if not torn:
        return Findings()
    verb = "lies" if len(torn) == 1 else "lie"
    sentence = f"{groups(len(torn))} {verb} in more than one split, such as {torn[0]}"
    return Findings({"groups_across": len(torn)}, [sentence])


def hygiene_text(facts: Facts, *, verbose: bool = False) -> str:
    """Return the facts of a data set as text: numbers, then findings.

    Parameters
    ----------
    facts : dict
    verbose : bool
        List the groups of duplicates too.
    """
    lists = [name for name in LISTS if facts.get(name)]
    hidden = {"findings", *LISTS} - (set(lists) if verbose else set())
    text = facts_text({name: own for name, own in facts.items() if name not in hidden})
    sentences = [str(one) for one in facts["findings"]]  # type: ignore[attr-defined]
    if not sentences:
        return f"{text}\n\nfindings  none"
    if lists and not verbose:
        sentences.append("-v lists which pictures, --json all of them")
    lines = [line for one in sentences for line in wrap(one, WIDTH - 2, **INDENT)]
    return "\n".join([text, "", "findings", *lines])
