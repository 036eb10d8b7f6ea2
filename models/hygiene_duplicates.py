"""Pictures that are there more than once, exactly or nearly."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from .hygiene_signature import halves

# Correlation of two thumbnails from which on they count as one picture. At 0.99
# some 130 pairs among 20,000 MNIST digits are as alike, and 1,500 garments of
# Fashion-MNIST, mostly trousers; at 0.995, 2 and 92.
NEAR = 0.995
BLOCK = 1024
# Edges held before they are thinned out to one a picture.
MOST_EDGES = 4_000_000


@dataclass(frozen=True, eq=False)
class Duplicates:
    """Which pictures are the same.

    Attributes
    ----------
    exact, near, twins : ndarray of int, (M,)
        The number of each picture's group; a picture that is alone has a group
        of its own. Near groups hold exact ones, and whoever is near to one of
        their members; groups of twins those who are near when mirrored, too.
    pairs : list of (int, int, float)
        The nearest pairs that are not exactly the same, first those most alike.
    """

    exact: np.ndarray
    near: np.ndarray
    twins: np.ndarray
    pairs: list[tuple[int, int, float]]


def find_duplicates(
    digests: list[bytes],
    signatures: np.ndarray,
    *,
    near: float | None = NEAR,
    most: int = 1000,
    progress: Callable[[int], object] | None = None,
) -> Duplicates:
    """Find exact and near duplicates, and mirrored ones.

    Parameters
    ----------
    digests : list of bytes, (M,)
    signatures : ndarray, (M, 256) float32
        Of unit length, or zero for pictures that are near to none.
    near : float, optional
        Least scalar product of near duplicates; None looks for exact ones only.
    most : int
        How many pairs to give back.
    progress : callable, optional
        Told how many pictures were compared with all later ones.

    Notes
    -----
    Near ones come from blocked matrix products of all against all, one of each
    exact group: 60,000 pictures take some seconds, and memory for two blocks.
    """
    exact = _groups_of(digests)
    first = np.unique(exact, return_index=True)[1]
    if near is None:
        return Duplicates(exact, exact, exact, [])
    found = _compare(*halves(signatures[first]), near, most, progress)
    joined, twins = (components(len(first), *edges)[exact] for edges in (found.near, found.twins))
    pairs = [(int(first[i]), int(first[j]), alike) for i, j, alike in found.best]
    return Duplicates(exact, joined, twins, pairs)


def _groups_of(digests: list[bytes]) -> np.ndarray:
    """Return the number of each digest, by its first place."""
    number: dict[bytes, int] = {}
    return np.array([number.setdefault(one, len(number)) for one in digests], np.int64)


@dataclass(eq=False)
class _Found:
    """What came out so far: edges (2, n) of either kind, and the nearest pairs."""

    near: np.ndarray
    twins: np.ndarray
    best: list[tuple[int, int, float]]


def _compare(even: np.ndarray, odd: np.ndarray, near: float, most: int, progress) -> _Found:
    count, none = len(even), np.empty((2, 0), np.int64)
    found = _Found(none, none, [])
    # Fresh memory for every block would cost as much as a third of the products.
    room = np.empty((3, BLOCK, BLOCK), np.float32)
    for start in range(0, count, BLOCK):
        for other in range(start, count, BLOCK):
            _compare_blocks(found, room, even, odd, (start, other), near, most)
        if progress:
            progress(min(start + BLOCK, count))
    return found


def _compare_blocks(
    found: _Found,
    room: np.ndarray,
    even: np.ndarray,
    odd: np.ndarray,
    starts: tuple[int, int],
    near: float,
    most: int,
) -> None:
    one, other = (slice(start, start + BLOCK) for start in starts)
    same, turned, either = room[:, : len(even[one]), : len(even[other])]
    np.matmul(even[one], even[other].T, out=same)
    np.matmul(odd[one], odd[other].T, out=turned)
    np.add(np.abs(turned, out=either), same, out=either)
    i, j = np.nonzero(either >= near)
    same, turned = same[i, j], turned[i, j]
    edges = np.stack([i + starts[0], j + starts[1]])
    later = edges[0] < edges[1]
    edges, alike = edges[:, later], (same + turned)[later]
    found.twins = _few(len(even), np.hstack([found.twins, edges]))
    straight = alike >= near
    edges, alike = edges[:, straight], alike[straight]
    found.near = _few(len(even), np.hstack([found.near, edges]))
    order = np.argsort(-alike, kind="stable")[:most]
    found.best += zip(*edges[:, order].tolist(), alike[order].tolist(), strict=True)
    found.best = sorted(found.best, key=lambda pair: (-pair[2], *pair[:2]))[:most]


def _few(count: int, edges: np.ndarray) -> np.ndarray:
    return _thinned(count, edges) if edges.shape[1] > MOST_EDGES else edges


def _thinned(count: int, edges: np.ndarray) -> np.ndarray:
    """Return fewer edges that join the same pictures."""
    group = components(count, *edges)
    first = np.unique(group, return_index=True)[1]
    return np.stack([first[group], np.arange(count)])


def components(count: int, i: np.ndarray, j: np.ndarray) -> np.ndarray:
    """Return the number of the connected group of each of so many things, joined in pairs."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    graph = coo_array((np.ones(len(i), np.int8), (i, j)), shape=(count, count))
    return connected_components(graph, directed=False)[1].astype(np.int64)


def members(groups: np.ndarray) -> list[list[int]]:
    """Return the groups that have more than one member, by their first members."""
    found: dict[int, list[int]] = defaultdict(list)
    counts = np.bincount(groups)
    for place in np.flatnonzero(counts[groups] > 1):
        found[int(groups[place])].append(int(place))
    return sorted(found.values())
