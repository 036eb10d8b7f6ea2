"""What a layer is: settings, shapes, and a forward beside a backward."""

from collections.abc import Callable
from dataclasses import dataclass, field, fields
from typing import Any, TypeVar

import numpy as np

from ....compiled.bound import Call
from ....compiled.loop import Loop
from ....images.errors import EdgewiseError
from ..memory import aligned

Shape = tuple[int, ...]
Plan = TypeVar("Plan")


@dataclass(frozen=True)
class Parameter:
    """An array that a layer wants to have.

    Parameters
    ----------
    shape : tuple of int
    inputs : int, optional
        How many inputs each output sums over: random values are drawn with
        variance 2 / inputs (He et al. 2015).
    value : float
        What the array is filled with if `inputs` is left out.
    decays : bool
        Whether weight decay pulls at it; biases and scales are left alone.
    """

    shape: Shape
    inputs: int | None = None
    value: float = 0.0
    decays: bool = False

    def draw(self, random: np.random.Generator | None) -> np.ndarray:
        """Return first values, float32; without chance all the same."""
        if self.inputs is None or random is None:
            return np.full(self.shape, self.value, np.float32)
        values = random.standard_normal(self.shape, np.float32)
        return values * np.float32(np.sqrt(2 / self.inputs))


@dataclass(eq=False)
class Use:
    """One layer's place in one pass: its arrays, and what backward must know.

    A layer itself holds settings only, so that several passes, each with a part
    of the batch, run side by side.

    Parameters
    ----------
    parameters, gradients, state : dict of str to ndarray
        By the names that the layer gave them.
    training : bool
        Whether dropout drops and batch norm looks at the batch.
    wants_dx : bool
        Whether backward needs to return the input's gradient.
    seed : tuple of int
        Where this pass's chance starts from.
    steps : list of callable
        What the pass does, in order.
    """

    parameters: dict[str, np.ndarray]
    gradients: dict[str, np.ndarray]
    state: dict[str, np.ndarray]
    training: bool = False
    wants_dx: bool = True
    seed: tuple[int, ...] = (0,)
    kept: dict = field(default_factory=dict)
    steps: list[Callable[[], object]] = field(default_factory=list)
    _arrays: dict[str, np.ndarray] = field(default_factory=dict)
    _plans: dict[Shape, Any] = field(default_factory=dict)

    def run(self, loop: Loop, *arguments: Any) -> None:
        """Let a compiled loop be the next step."""
        self.steps.append(Call(loop, arguments))

    def then(self, step: Callable[[], object]) -> None:
        """Let Python do the next step."""
        self.steps.append(step)

    def plan(self, make: Callable[[Shape], Plan], shape: Shape) -> Plan:
        """Return ``make(shape)``, made once: where windows lie takes longer than small loops."""
        if shape not in self._plans:
            self._plans[shape] = make(shape)
        return self._plans[shape]

    def array(self, name: str, shape: Shape, dtype, *, fill: float | None = None) -> np.ndarray:
        """Return scratch memory that stays from pass to pass while its shape does.

        `fill` is written when the memory is new, not again.
        """
        found = self._arrays.get(name)
        if found is None or found.shape != shape or found.dtype != dtype:
            found = self._arrays[name] = aligned(shape, dtype)
            if fill is not None:
                found[...] = fill
        return found


class Layer:
    """A step of a network.

    Subclasses are frozen dataclasses; their fields are what can be set, in a
    chain and from Python. Inside a network the batch is the innermost axis:
    (C, H, W, N) for images, (features, N) for vectors. Shapes are written
    without the batch.

    `forward` and `backward` compute nothing yet: they say where the result will
    be, in memory that stays, and add to ``use.steps`` what fills it. So a pass
    is planned once, and run often.
    """

    kind: str = ""

    @property
    def text(self) -> str:
        """The layer as it is written in a chain."""
        words, in_order = [self.kind], True
        for setting in fields(self):  # type: ignore[arg-type]
            value = getattr(self, setting.name)
            if value == setting.default:
                in_order = False
            else:
                words.append(_word(value) if in_order else f"{setting.name}={_word(value)}")
        return ":".join(words)

    def output_shape(self, *shapes: Shape) -> Shape:
        """Return the shape of what comes out, for what goes in.

        Raises
        ------
        EdgewiseError
            If the layer cannot take such inputs.
        """
        return shapes[0]

    def wanted(self, *shapes: Shape) -> dict[str, Parameter]:
        """Return the parameters that the layer has for such inputs."""
        return {}

    def states(self, *shapes: Shape) -> dict[str, Parameter]:
        """Return the arrays that are kept but not trained."""
        return {}

    def multiply_adds(self, *shapes: Shape) -> int:
        """Return the multiply-adds of a forward pass for one picture."""
        return 0

    def forward(self, use: Use, x: np.ndarray) -> np.ndarray:
        """Plan the way forward; return where the output for x will be."""
        raise NotImplementedError

    def backward(self, use: Use, dy: np.ndarray):
        """Plan the way back: what is added to ``use.gradients``.

        dy is the gradient of what the last `forward` with this use returned. Returns
        where the gradient of x will be, or a tuple of the inputs'; None if nobody wants it.
        """
        raise NotImplementedError


def _word(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return "/".join(map(_word, value))
    return str(value)


def image_shape(layer: Layer, shape: Shape) -> tuple[int, int, int]:
    """Return (C, H, W), or raise EdgewiseError if the input is a vector."""
    if len(shape) != 3:
        raise EdgewiseError(f"{layer.kind} needs images, and gets vectors of {shape[0]}")
    return shape[0], shape[1], shape[2]
