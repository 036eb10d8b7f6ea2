"""What is wrong with a data set: facts for JSON, and findings in sentences."""

from collections import Counter
from dataclasses import dataclass, field
from textwrap import wrap

import numpy as np

from ..models.hygiene import Survey
from ..models.hygiene_clues import Clue, find_clue
from ..models.hygiene_duplicates import Duplicates, members
from ..models.sizes import as_option, moderate_size
from .facts import MOST_LINES, WIDTH, facts_text

Facts = dict[str, object]

# From this ratio of the largest class to the smallest on a model would rather learn the large one.
UNBALANCED = 3
# Pictures named in a list of JSON, too: a set of copies would else be written out twice.
MOST_GROUPS = 10_000

# Facts that may be long.
LISTS = ("single_colour", "exact_groups", "near_groups", "nearest_pairs", "labels_differ")

# Names of files are not to be cut at their hyphens.
INDENT = {
    "initial_indent": "  - ", "subsequent_indent": "    ",
    "break_on_hyphens": False, "break_long_words": False,
}  # fmt: skip


@dataclass
class Findings:
    """Facts, and sentences on those that need a look."""

    facts: Facts = field(default_factory=dict)
    sentences: list[str] = field(default_factory=list)

    def __ior__(self, other: "Findings") -> "Findings":
        self.facts |= other.facts
        self.sentences += other.sentences
        return self


def examine(survey: Survey) -> Findings:
    """Return what is to be said of one data set, its duplicates aside."""
    found = Findings()
    if formats := Counter(one.format for one in survey.sights if one.format):
        found.facts["formats"] = dict(formats.most_common())
    for part in (_readable, _balance, _kinds, _flat, _clues):
        found |= part(survey)
    return found


def _readable(survey: Survey) -> Findings:
    count = len(survey.failed)
    if not count:
        return Findings()
    return Findings(
        {}, [f"{_pictures(count)} cannot be read; mend or remove {'it' if count == 1 else 'them'}"]
    )


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
    sentence = f"{_pictures(len(names))} {verb} of a single colour, first {names[0]}"
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


def duplicate_findings(
    found: Duplicates, names: list[str], labels: list[str] | None, sides: list[str]
) -> Findings:
    """Return what is to be said of duplicates.

    Parameters
    ----------
    found : Duplicates
    names : list of str, (M,)
    labels : list of str, (M,), or None
    sides : list of str, (M,)
        The part of the data that each picture belongs to, such as ``train``.
    """
    exact, near = members(found.exact), members(found.near)
    # What is exactly the same is told once.
    near = [group for group in near if len(np.unique(found.exact[group])) > 1]
    result = Findings()
    for kind, groups in (("exact", exact), ("near", near)):
        result |= _told(kind, groups, names, sides)
    if labels is not None:
        result |= _conflicts(exact + near, names, labels)
    if near:
        result.facts["nearest_pairs"] = {
            f"{names[i]} and {names[j]}": round(alike, 4)
            for i, j, alike in found.pairs[:MOST_LINES]
        }
    return result


def _told(kind: str, groups: list[list[int]], names: list[str], sides: list[str]) -> Findings:
    result = Findings()
    count = sum(map(len, groups))
    result.facts[f"{kind}_duplicates"] = {"groups": len(groups), "pictures": count}
    if not groups:
        return result
    listed = {names[first]: [names[i] for i in more] for first, *more in groups[:MOST_GROUPS]}
    result.facts[f"{kind}_groups"] = listed
    word = "the same as another" if kind == "exact" else "nearly the same as another"
    result.sentences.append(
        f"{_pictures(count)} in {len(groups):,} group{'s' * (len(groups) > 1)} "
        f"{'is' if count == 1 else 'are'} {word}, such as {names[groups[0][0]]} and "
        f"{names[groups[0][1]]}"
    )
    across = [group for group in groups if len({sides[i] for i in group}) > 1]
    if len(set(sides)) > 1:
        result |= _across(kind, across, names, sides)
    return result


def _across(kind: str, groups: list[list[int]], names: list[str], sides: list[str]) -> Findings:
    order = list(dict.fromkeys(sides))
    counts = Counter(sides[i] for group in groups for i in group)
    result = Findings({f"{kind}_across": {side: counts[side] for side in order}})
    if groups:
        first = groups[0]
        one = next(i for i in first if sides[i] != sides[first[0]])
        parts = ", ".join(f"{counts[side]:,} of {side}" for side in order if counts[side])
        word = "exact" if kind == "exact" else "near"
        result.sentences.append(
            f"{word} duplicates lie on both sides: {parts}, such as {names[first[0]]} and "
            f"{names[one]}; a model that learns from one side knows these of the other"
        )
    return result


def _conflicts(groups: list[list[int]], names: list[str], labels: list[str]) -> Findings:
    differ = [group for group in groups if len({labels[i] for i in group}) > 1]
    if not differ:
        return Findings()
    told = {
        f"{names[first]}: {labels[first]}": [f"{names[i]}: {labels[i]}" for i in more]
        for first, *more in differ[:MOST_GROUPS]
    }
    first, *more = differ[0]
    other = next(i for i in more if labels[i] != labels[first])
    sentence = (
        f"{len(differ):,} group{'s' * (len(differ) > 1)} of duplicates "
        f"{'have' if len(differ) > 1 else 'has'} different labels, such as {names[first]} "
        f"({labels[first]}) and {names[other]} ({labels[other]})"
    )
    return Findings({"labels_differ": told}, [sentence])


def _pictures(count: int) -> str:
    return f"{count:,} picture{'' if count == 1 else 's'}"


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
