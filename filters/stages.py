"""The steps of a chain, ready to run on a picture or on some of its rows."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from ..images.colour import split_alpha
from ..images.errors import EdgewiseError
from .grammar import Step
from .premultiplied import over, times
from .windows import Rows

Run = Callable[[np.ndarray], np.ndarray]
# The parts of a picture, from top to bottom, as often as they are asked for.
Parts = Callable[[], Iterable[np.ndarray]]
Cut = slice | tuple[slice, ...]
Reach = tuple[Rows | None, Rows | None]
UNKNOWN: Reach = None, None
POINT: Reach = Rows(), Rows()  # a result comes from its own pixel


@dataclass(frozen=True)
class Stage:
    """A step ready to run.

    `run` filters the colour and `run_alpha` the alpha channel; `bias` is added
    to what `run` gives. A stage that is not `linear` looks at the colour as it
    is, all others at colour times alpha. `reach` says which rows and which columns
    a result comes from, each None where they are not known.

    A stage with a `settle` depends on the whole picture: given the parts of it,
    or of what `look` makes of it, `settle` returns a `run` that does not.
    """

    step: Step
    run: Run
    run_alpha: Run
    bias: float = 0.0
    linear: bool = True
    reach: Reach = UNKNOWN
    look: Run | None = None
    settle: Callable[[Parts], Run] | None = None

    def __call__(self, values: np.ndarray) -> np.ndarray:
        """Filter the colour, of a picture without alpha."""
        return self.add_bias(self.at(self.run, values))

    def at(self, run: Run, values: np.ndarray) -> np.ndarray:
        """Run a function of this stage; its mistakes name the step."""
        try:
            return run(values)
        except EdgewiseError as error:
            raise self.step.error(str(error)) from None

    def add_bias(self, values: np.ndarray, share: np.ndarray | None = None) -> np.ndarray:
        """Add the bias, in proportion to the alpha that is left."""
        if not self.bias:
            return values
        bias = np.float32(self.bias)
        return values + bias if share is None else (values.T + bias * share.T).T

    def looking(self) -> "Stage":
        """Return the stage that makes what `settle` wants to see."""
        run = self.look or _as_it_is
        reach = self.reach if self.look else POINT
        return replace(self, run=run, reach=reach, look=None, settle=None)


def _as_it_is(values: np.ndarray) -> np.ndarray:
    return values


@dataclass(frozen=True)
class Chain:
    """A chain, checked and ready to run on any number of images.

    Calling it with an image (H, W) or (H, W, C) gives a float32 image. Two
    and four channels are gray or colour with alpha: the colour is filtered
    premultiplied, so that transparent pixels do not bleed; kernels that keep
    brightness blur the alpha with it, all others leave it.
    """

    stages: tuple[Stage, ...]

    def __call__(self, image: np.ndarray) -> np.ndarray:
        """Run every step in order."""
        return self.run(image).astype(np.float32, copy=False)

    def then(self, other: "Chain") -> "Chain":
        """Return the chain that runs this one and then another."""
        return Chain((*self.stages, *other.stages))

    # NaN and infinity in the result say what there was; NumPy need not print it.
    @np.errstate(all="ignore")
    def run(self, image: np.ndarray, cuts: Sequence[Cut] | None = None) -> np.ndarray:
        """Run every step in order; the result may have the image's own dtype.

        `cuts`, one for each step, are the part of its results that is wanted.
        """
        colour, share, opaque = self._run(image, cuts)
        if share is None:
            return colour
        share = np.clip(share, 0, 1)
        values = over(colour, share)
        planes = values if values.ndim == 3 else values[:, :, None]
        return np.concatenate([planes, share[:, :, None] * opaque], axis=2, dtype=np.float32)

    @np.errstate(all="ignore")
    def look(self, image: np.ndarray, cuts: Sequence[Cut]) -> np.ndarray:
        """Run every step, the last on the colour as it is, and return what that gives."""
        *before, last = self.stages
        colour, share, _ = Chain(tuple(before))._run(image, cuts[:-1])
        seen = colour if share is None else over(colour, share)
        return last.at(last.run, seen)[cuts[-1]]

    def _run(self, image: np.ndarray, cuts: Sequence[Cut] | None):
        """Return the colour, times the alpha if there is any, and alpha from 0 to 1."""
        wanted = cuts or [slice(None)] * len(self.stages)
        colour, alpha = split_alpha(np.asarray(image))
        if alpha is None:
            for stage, cut in zip(self.stages, wanted, strict=True):
                colour = stage(colour)[cut]
            return colour, None, 0
        opaque = np.iinfo(alpha.dtype).max if alpha.dtype.kind in "ui" else 1
        share = alpha.astype(np.float32) / np.float32(opaque)
        colour = times(colour, share)
        for stage, cut in zip(self.stages, wanted, strict=True):
            colour, share = (part[cut] for part in _with_alpha(stage, colour, share))
        return colour, share, opaque


def _with_alpha(stage: Stage, values: np.ndarray, before: np.ndarray):
    """Run a stage on colour times alpha, and on the alpha."""
    share = stage.at(stage.run_alpha, before)
    if stage.linear:
        return stage.add_bias(stage.at(stage.run, values), share), share
    return times(stage.at(stage.run, over(values, before)), share), share
