"""The steps of a chain, ready to run on pictures of any size."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

import numpy as np

from ..images.colour import has_alpha
from ..images.errors import EdgewiseError, FitError
from .columns import in_columns, is_wide
from .grammar import Step
from .operations import POINT, UNKNOWN, Function, Operation, Parts, Reach, Run, Shape, Strips
from .point_loops import ADD
from .pointwise import Pointwise
from .premultiplied import Premultiplied, joined, over, parted, times
from .runner import Finish, parts, run
from .values import as_image

# Results of so many values are held while a step looks at all of them; larger ones are
# computed again.
HELD = 1 << 24


@dataclass(frozen=True)
class Stage:
    """A step ready to run.

    `operation` filters the colour, and `run_alpha` the alpha channel; `bias` is added
    to what the operation gives. A stage that is not `linear` looks at the colour as it
    is, all others at colour times alpha. `reach` says which rows and which columns
    a result comes from, each None where they are not known.

    A stage with a `settle` depends on the whole picture: given the parts of it,
    or of what `look` makes of it, `settle` returns a function that does not.
    """

    step: Step
    operation: Operation
    run_alpha: Run
    bias: float = 0.0
    linear: bool = True
    reach: Reach = UNKNOWN
    look: Run | None = None
    settle: Callable[[Parts], Run] | None = None

    def run(self, values: np.ndarray) -> np.ndarray:
        """Filter the colour of a picture, without the bias."""
        return run([self.operation], values, None)

    def add_bias(self, values: np.ndarray, share: np.ndarray | None = None) -> np.ndarray:
        """Add the bias, in proportion to the alpha that is left."""
        if not self.bias:
            return values
        bias = np.float32(self.bias)
        return values + bias if share is None else (values.T + bias * share.T).T

    def on_colour(self) -> list[Operation]:
        """Return the operations on a picture without alpha."""
        with_bias = [Pointwise(ADD, self.bias)] if self.bias else []
        return [Labelled(self.operation, self.step), *with_bias]

    def on_alpha(self) -> list[Operation]:
        """Return the operation on a premultiplied picture, (H, W, C + 1)."""
        return [Labelled(Function(self._with_alpha, self.reach), self.step)]

    def _with_alpha(self, values: np.ndarray) -> np.ndarray:
        colour, before = parted(values)
        share = self.run_alpha(before)
        if self.linear:
            return joined(self.add_bias(self.run(colour), share), share)
        return joined(times(self.run(over(colour, before)), share), share)

    def looking(self, *, alpha: bool) -> Operation:
        """Return the operation that makes what `settle` wants to see."""
        look, reach = (self.look, self.reach) if self.look else (_as_it_is, POINT)
        seen = (lambda values: look(over(*parted(values)))) if alpha else look
        return Labelled(Function(seen, reach), self.step)

    def settled(self, parts: Parts) -> "Stage":
        """Return the stage that has seen the whole picture."""
        assert self.settle is not None
        with _naming(self.step):
            return replace(self, operation=Function(self.settle(parts), self.reach), settle=None)


def _as_it_is(values: np.ndarray) -> np.ndarray:
    return values


@contextmanager
def _naming(step: Step) -> Iterator[None]:
    """Let mistakes name the step."""
    try:
        yield
    except EdgewiseError as error:
        raise step.error(error) from None


@dataclass(frozen=True)
class Labelled:
    """An operation whose mistakes name the step that it stands in."""

    operation: Operation
    step: Step

    def strips(self, height: int) -> Strips | None:
        """Say how a picture is cut; see `Operation`."""
        with _naming(self.step):
            return self.operation.strips(height)

    def result(self, shape: Shape, dtype: np.dtype) -> tuple[Shape, np.dtype] | None:
        """Return shape and dtype of the result; see `Operation`."""
        with _naming(self.step):
            return self.operation.result(shape, dtype)

    def strip(
        self, source: np.ndarray, first: int, height: int, start: int, stop: int,
        out: np.ndarray | None,
    ) -> np.ndarray:  # fmt: skip
        """Return some rows of the result; see `Operation`."""
        with _naming(self.step):
            return self.operation.strip(source, first, height, start, stop, out)

    def whole(self, image: np.ndarray) -> np.ndarray:
        """Return the result of a whole picture."""
        with _naming(self.step):
            return self.operation.whole(image)


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
        return self.run(image, Finish(np.float32))

    def then(self, other: "Chain") -> "Chain":
        """Return the chain that runs this one and then another."""
        return Chain((*self.stages, *other.stages))

    # NaN and infinity in the result say what there was; NumPy need not print it.
    @np.errstate(all="ignore")
    def run(self, image: np.ndarray, finish: Finish, out: np.ndarray | None = None) -> np.ndarray:
        """Run every step in order, strip by strip on all threads.

        Parameters
        ----------
        image : ndarray, (H, W) or (H, W, C)
        finish : Finish
            What becomes of the results.
        out : ndarray, optional
            Where they go.
        """
        operations, image = self._settled(as_image(image))
        columns = [stage.reach[1] for stage in self.stages]
        if is_wide(image, columns):
            return in_columns(operations, image, columns, finish, out)
        return run(operations, image, finish, out)

    @np.errstate(all="ignore")
    def parts(self, image: np.ndarray) -> Iterator[np.ndarray]:
        """Yield the strips of the result from top to bottom, (h, W) or (h, W, C)."""
        return parts(*self._settled(as_image(image)))

    def needs_whole(self, height: int) -> bool:
        """Say whether a step must see its whole input, for pictures of a height."""
        try:
            return any(stage.operation.strips(height) is None for stage in self.stages)
        except FitError:
            # It may fit in what the steps before give; running the chain will tell.
            return False

    def _settled(self, image: np.ndarray) -> tuple[list[Operation], np.ndarray]:
        """Return operations none of which depends on the whole picture, and what they run on."""
        alpha = has_alpha(image)
        ends = Premultiplied(image.dtype) if alpha else None
        operations: list[Operation] = [] if ends is None else [Function(ends.begin, POINT)]
        for stage in self.stages:
            # Where it is not known which rows a result comes from, a step sees all at once.
            if stage.settle and stage.reach[0] is not None:
                if operations and image.size <= HELD:
                    operations, image = [], run(operations, image, None)
                seen = [*operations, stage.looking(alpha=alpha)]
                stage = _settle(stage, seen, image)
            operations += stage.on_alpha() if alpha else stage.on_colour()
        if ends is not None:
            operations.append(Function(ends.end, POINT))
        return operations, image


def _settle(stage: Stage, seen: list[Operation], image: np.ndarray) -> Stage:
    return stage.settled(lambda: parts(seen, image))
