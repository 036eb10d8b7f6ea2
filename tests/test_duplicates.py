"""Near and mirrored duplicates by their definition, signatures, and clues to the class."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from edgewise.models import hygiene_duplicates
from edgewise.models.hygiene_clues import find_clue
from edgewise.models.hygiene_duplicates import Duplicates, components, find_duplicates, members
from edgewise.models.hygiene_signature import signatures
from edgewise.reports.hygiene_duplicates import duplicate_findings


def mirrored(vectors):
    return vectors.reshape(-1, 16, 16)[:, :, ::-1].reshape(-1, 256)


def joined(near, first):
    """Return groups by their definition: neighbours until nothing changes, slowly."""
    group = np.array(first)
    for _ in range(len(group)):
        for i, j in np.ndindex(near.shape):
            if near[first[i], first[j]]:
                group[i] = group[j] = min(group[i], group[j])
    return group


@settings(max_examples=25)
@given(st.integers(0, 10**6), st.integers(1, 40), st.floats(0.3, 0.99))
def test_near_pairs_are_those_of_all_against_all(seed, count, near):
    rng = np.random.default_rng(seed)
    vectors = (rng.normal(size=(count, 3)) @ rng.normal(size=(3, 256))).astype(np.float32)
    mirror = rng.integers(0, 2, count).astype(bool)
    vectors[mirror] = mirrored(vectors[mirror])
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    digests = [bytes([d]) for d in rng.integers(0, 30, count)]
    place = {d: digests.index(d) for d in digests}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(hygiene_duplicates, "BLOCK", 7)
        patch.setattr(hygiene_duplicates, "MOST_EDGES", 5)
        found = find_duplicates(digests, vectors, near=near)
    product = vectors @ vectors.T
    either = np.maximum(product, mirrored(vectors) @ vectors.T)
    # What is within rounding of the limit may be on either side of it.
    assume(not np.any(np.abs(np.stack([product, either]) - near) < 1e-5))
    first = [place[d] for d in digests]
    assert members(found.near) == members(joined(product >= near, first))
    assert members(found.twins) == members(joined(either >= near, first))
    expected = {
        (i, j)
        for i in place.values()
        for j in place.values()
        if i < j and product[i, j] >= near
    }  # fmt: skip
    assert {(i, j) for i, j, _ in found.pairs} == expected


def test_components():
    assert members(components(6, np.array([0, 4]), np.array([3, 0]))) == [[0, 3, 4]]


def test_signatures_are_means_of_equal_parts(rng):
    image = rng.integers(0, 256, (2, 37, 21), np.uint8)
    large = image.repeat(16, axis=1).repeat(16, axis=2).astype(float)
    means = large.reshape(2, 16, 37, 16, 21).mean(axis=(2, 4)).reshape(2, -1)
    means -= means.mean(axis=1, keepdims=True)
    assert_allclose(
        signatures(image), means / np.linalg.norm(means, axis=1, keepdims=True), atol=1e-5
    )
    assert_array_equal(signatures(np.full((1, 9, 9), 7, np.uint8)), np.zeros((1, 256)))


@pytest.mark.parametrize(
    ("values", "labels", "accuracy"),
    [
        ("PPPPPPPPPPJJJJJJJJJJ", "aaaaaaaaaabbbbbbbbbb", 1),
        ("PPPPPPPPPPJJJJJJJJJJ", "abababababababababab", None),
        ("PPPPPPPPPPPPPPPPPPPP", "aaaaaaaaaabbbbbbbbbb", None),
        # Every value is there once: it says nothing of any other picture.
        ("abcdefghijklmnopqrst", "aaaaaaaaaabbbbbbbbbb", None),
        ("PJ", "ab", None),
        ("PPPPPPPPPPJJJJJJJJJJ", "aaaaaaaaaaaaaaaaaaaa", None),
    ],
)
def test_clues(values, labels, accuracy):
    clue = find_clue("format", values, labels)
    assert (clue and clue.accuracy) == accuracy


def test_each_kind_is_shown_by_pictures_of_its_own():
    found = Duplicates(np.array([0, 0, 1, 2]), np.array([0, 0, 0, 1]), np.zeros(4, int), [])
    _, near, mirrored = duplicate_findings(found, list("abcd"), None, ["x"] * 4).sentences
    assert near.endswith("nearly the same as another, such as a and c")
    assert mirrored.endswith("nearly the mirror image of another, such as a and d")
