"""What a compiled loop can be given: arrays, numbers, and named tuples of these.

A loop declares its arguments with annotations. An argument is handed over as a list
of 8-byte words, which the loop's entry point reads: of an array its size, address, shape
and strides, of a tuple its members one after the other.
"""

import struct
from dataclasses import dataclass, field
from itertools import product
from typing import Annotated, Any, get_args, get_origin, get_type_hints

import numpy as np

# By the letter that NumPy gives a dtype, for it is looked up at every call.
NAMES = {
    np.dtype(name).char: name
    for name in ("bool", "uint8", "uint16", "uint32", "int32", "int64", "float32", "float64")
}


@dataclass(frozen=True)
class Array:
    """A C-contiguous array.

    Attributes
    ----------
    dimensions : int
    dtypes : tuple of str
        The dtypes that the loop is compiled for.
    like : str
        Arrays of one loop with the same word here have the same dtype.
    """

    dimensions: int
    dtypes: tuple[str, ...]
    like: str = ""

    def pack(self, value: Any, words: list[int], found: list[str]) -> None:
        """Append what the loop's entry point reads, and the dtype where there are several."""
        name = NAMES.get(value.dtype.char) if value.dtype.isnative else None
        if name not in self.dtypes or not value.flags.c_contiguous or value.ndim != self.dimensions:
            raise TypeError(f"wanted {self}, got {value.dtype} {value.shape} {value.strides}")
        if len(self.dtypes) > 1:
            found.append(name)
        address = value.__array_interface__["data"][0]
        words += (0, 0, value.size, value.itemsize, address, *value.shape, *value.strides)


@dataclass(frozen=True)
class Number:
    """A number: int64, float32, float64 or bool."""

    name: str

    def pack(self, value: Any, words: list[int], found: list[str]) -> None:
        """Append the word that the loop's entry point reads."""
        if self.name in FORMS:
            whole, broken = FORMS[self.name]
            words.append(struct.unpack(whole, struct.pack(broken, value))[0])
        else:
            words.append(int(value))


# How the bits of a floating-point number become those of a whole one.
FORMS = {"float32": ("<i", "<f"), "float64": ("<q", "<d")}


@dataclass(frozen=True)
class Group:
    """A tuple, or a named tuple with its class."""

    members: tuple[Any, ...]
    made_of: type | None = field(default=None)

    def pack(self, value: Any, words: list[int], found: list[str]) -> None:
        """Append the words of every member.

        A tuple of a class of its own, which has a `__dict__`, keeps its words: it is given
        to many calls, and packing it takes longer than what little loops do.
        """
        kept = getattr(value, "__dict__", None)
        if kept is None:
            self._pack(value, words, found)
            return
        packed = kept.get("packed")
        if packed is None:
            packed: tuple[list[int], list[str]] = [], []
            self._pack(value, *packed)
            kept["packed"] = packed
        words += packed[0]
        found += packed[1]

    def _pack(self, value: Any, words: list[int], found: list[str]) -> None:
        for kind, member in zip(self.members, value, strict=True):
            kind.pack(member, words, found)


# How loops spell their arguments.
Single = Annotated[float | np.float32, Number("float32")]
Index = Annotated[int, Number("int64")]


def array(dimensions: int, *dtypes: str, like: str = "") -> Any:
    """Return the annotation of an array argument."""
    return Annotated[np.ndarray, Array(dimensions, dtypes, like)]


def kinds_of(function: Any) -> tuple[list[str], list[Any]]:
    """Return the names and the kinds of a loop's arguments."""
    hints = get_type_hints(function, include_extras=True)
    hints.pop("return", None)
    names = function.__code__.co_varnames[: function.__code__.co_argcount]
    return list(names), [kind_of(hints[name]) for name in names]


def kind_of(hint: Any) -> Any:
    """Return the kind that an annotation stands for."""
    if get_origin(hint) is Annotated:
        return get_args(hint)[1]
    if get_origin(hint) is tuple:
        return Group(tuple(map(kind_of, get_args(hint))))
    if isinstance(hint, type) and issubclass(hint, tuple):
        members = get_type_hints(hint, include_extras=True)
        return Group(tuple(map(kind_of, members.values())), hint)
    return Number({int: "int64", float: "float64", bool: "bool"}[hint])


def signatures(kinds: list[Any]) -> list[tuple[str, ...]]:
    """Return the dtypes of the arrays that have several, for every combination."""
    several = [kind for kind in _arrays(kinds) if len(kind.dtypes) > 1]
    labels = [kind.like or number for number, kind in enumerate(several)]
    choices = {label: kind.dtypes for label, kind in zip(labels, several, strict=True)}
    combinations = (dict(zip(choices, each, strict=True)) for each in product(*choices.values()))
    return [tuple(chosen[label] for label in labels) for chosen in combinations]


def _arrays(kinds: Any) -> list[Array]:
    found: list[Array] = []
    for kind in kinds:
        if isinstance(kind, Array):
            found.append(kind)
        elif isinstance(kind, Group):
            found += _arrays(kind.members)
    return found
