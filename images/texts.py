"""Many texts in little memory: the names and paths of millions of pictures."""

from array import array
from collections.abc import Iterable, Iterator, Sequence
from typing import overload

# The names of files need not be text.
CODE = "utf-8", "surrogatepass"


class Texts(Sequence[str]):
    """Texts, or their ends, one behind the other: a byte a character, and eight each.

    As strings of their own, a path takes 100 bytes, and a name as many again.

    Parameters
    ----------
    texts : iterable of str
    """

    def __init__(self, texts: Iterable[str] = ()):
        self._joined, self._ends = bytearray(), array("Q", [0])
        self._cut = 0
        for text in texts:
            self.append(text)

    def append(self, text: str) -> None:
        """Add one more."""
        self._joined += text.encode(*CODE)
        self._ends.append(len(self._joined))

    def without(self, start: str) -> "Texts":
        """Return the same texts, held once, without what all of them start with."""
        found = Texts()
        found._joined, found._ends = self._joined, self._ends
        found._cut = self._cut + len(start.encode(*CODE))
        return found

    def __len__(self) -> int:
        return len(self._ends) - 1

    @overload
    def __getitem__(self, i: int) -> str: ...

    @overload
    def __getitem__(self, i: slice) -> tuple[str, ...]: ...

    def __getitem__(self, i: int | slice) -> str | tuple[str, ...]:
        if isinstance(i, slice):
            return tuple(self[place] for place in range(*i.indices(len(self))))
        place = range(len(self))[i]
        start, stop = self._ends[place] + self._cut, self._ends[place + 1]
        return self._joined[start:stop].decode(*CODE)

    def __iter__(self) -> Iterator[str]:
        return (self[i] for i in range(len(self)))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and tuple(self) == tuple(other)

    __hash__ = None  # type: ignore[assignment]
