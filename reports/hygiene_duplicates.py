"""What is to be said of pictures that are there more than once."""

from collections import Counter

import numpy as np

from ..models.hygiene_duplicates import Duplicates, members
from .facts import MOST_LINES
from .findings import Findings, groups, pictures

# Groups named in a list of JSON, too: a set of copies would else be written out twice.
MOST_GROUPS = 10_000

WORDS = {
    "exact": "the same as another",
    "near": "nearly the same as another",
    "mirrored": "nearly the mirror image of another",
}


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
    exact, near, twins = members(found.exact), members(found.near), members(found.twins)
    # What is told of one kind is not told of the next.
    near = [group for group in near if len(np.unique(found.exact[group])) > 1]
    twins = [group for group in twins if len(np.unique(found.near[group])) > 1]
    alone = np.arange(len(names))
    result = Findings()
    for kind, own, known in (
        ("exact", exact, alone), ("near", near, found.exact), ("mirrored", twins, found.near),
    ):  # fmt: skip
        result |= _told(kind, own, known, names, sides)
    if labels is not None:
        # Not of twins: an arrow to the left is not one to the right.
        result |= _conflicts(exact + near, names, labels)
    if near:
        result.facts["nearest_pairs"] = {
            f"{names[i]} and {names[j]}": round(alike, 4)
            for i, j, alike in found.pairs[:MOST_LINES]
        }
    return result


def _told(
    kind: str, found: list[list[int]], known: np.ndarray, names: list[str], sides: list[str]
) -> Findings:
    result = Findings()
    count = sum(map(len, found))
    result.facts[f"{kind}_duplicates"] = {"groups": len(found), "pictures": count}
    if not found:
        return result
    listed = {names[first]: [names[i] for i in more] for first, *more in found[:MOST_GROUPS]}
    result.facts[f"{kind}_groups"] = listed
    first = found[0][0]
    # Not one that another kind has told of.
    other = next(i for i in found[0] if known[i] != known[first])
    result.sentences.append(
        f"{pictures(count)} in {groups(len(found))} are {WORDS[kind]}, such as {names[first]} and "
        f"{names[other]}"
    )
    across = [group for group in found if len({sides[i] for i in group}) > 1]
    if len(set(sides)) > 1:
        result |= _across(kind, across, names, sides)
    return result


def _across(kind: str, found: list[list[int]], names: list[str], sides: list[str]) -> Findings:
    order = list(dict.fromkeys(sides))
    counts = Counter(sides[i] for group in found for i in group)
    result = Findings({f"{kind}_across": {side: counts[side] for side in order}})
    if found:
        first = found[0]
        one = next(i for i in first if sides[i] != sides[first[0]])
        parts = ", ".join(f"{counts[side]:,} of {side}" for side in order if counts[side])
        result.sentences.append(
            f"{kind} duplicates lie on both sides: {parts}, such as {names[first[0]]} and "
            f"{names[one]}; a model that learns from one side knows these of the other"
        )
    return result


def _conflicts(found: list[list[int]], names: list[str], labels: list[str]) -> Findings:
    differ = [group for group in found if len({labels[i] for i in group}) > 1]
    if not differ:
        return Findings()
    told = {
        f"{names[first]}: {labels[first]}": [f"{names[i]}: {labels[i]}" for i in more]
        for first, *more in differ[:MOST_GROUPS]
    }
    first, *more = differ[0]
    other = next(i for i in more if labels[i] != labels[first])
    sentence = (
        f"{groups(len(differ))} of duplicates {'have' if len(differ) > 1 else 'has'} different "
        f"labels, such as {names[first]} ({labels[first]}) and {names[other]} ({labels[other]})"
    )
    return Findings({"labels_differ": told}, [sentence])
