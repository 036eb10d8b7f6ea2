"""Chains of filters: text made into functions, and run on an image."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..images.colour import split_alpha
from ..images.errors import EdgewiseError
from .correlation import as_kernel, correlate
from .grammar import Step, parse_chain
from .kernel_text import read_kernel
from .kernels import KERNELS, kernel
from .registry import Named, suggest
from .steps import FILTERS, Filter, Windows
from .values import saturate

Run = Callable[[np.ndarray], np.ndarray]

WINDOWS = Named("windows", Windows)


@dataclass(frozen=True)
class Chain:
    """A chain, checked and ready to run on any number of images.

    Calling it with an image (H, W) or (H, W, C) gives a float32 image. Two
    and four channels are gray or colour with alpha: the colour is filtered
    premultiplied, so that transparent pixels do not bleed; kernels that keep
    brightness blur the alpha with it, all others leave it.
    """

    steps: tuple[tuple[Step, Run, Run], ...]

    def __call__(self, image: np.ndarray) -> np.ndarray:
        """Run every step in order."""
        colour, alpha = split_alpha(np.asarray(image))
        if alpha is None:
            return self._run(colour).astype(np.float32, copy=False)
        return self._run_premultiplied(colour, alpha)

    def then(self, other: "Chain") -> "Chain":
        """Return the chain that runs this one and then another."""
        return Chain((*self.steps, *other.steps))

    def _run(self, values: np.ndarray) -> np.ndarray:
        for step, run, _ in self.steps:
            values = _at(step, run, values)
        return values

    def _run_premultiplied(self, colour: np.ndarray, alpha: np.ndarray) -> np.ndarray:
        opaque = np.iinfo(alpha.dtype).max if alpha.dtype.kind in "ui" else 1
        share = alpha.astype(np.float32) / np.float32(opaque)
        values = (colour.T * share.T).T
        for step, run, run_alpha in self.steps:
            values = _at(step, run, values)
            share = _at(step, run_alpha, share)
        share = np.clip(share, 0, 1)
        visible = np.where(share > 0, share, 1)
        values = np.where((share > 0).T, values.T / visible.T, 0).T
        planes = values if values.ndim == 3 else values[:, :, None]
        return np.concatenate([planes, share[:, :, None] * opaque], axis=2, dtype=np.float32)


def _at(step: Step, run: Run, values: np.ndarray) -> np.ndarray:
    try:
        return run(values)
    except EdgewiseError as error:
        raise step.error(str(error)) from None


def compile_chain(chain: str, **defaults: Any) -> Chain:
    """Read a chain and check every name and setting in it.

    Parameters
    ----------
    chain : str
        Steps separated by commas, each ``name[:value][:key=value]...``; see
        `grammar.parse_chain`. A step is a filter of `FILTERS`, a kernel of
        `KERNELS`, a kernel in brackets, or ``@FILE``.
    **defaults
        Window settings (`Windows`) of all correlating steps that set no other.

    Raises
    ------
    ChainError
        If the chain makes no sense; the text points at the step.
    """
    return Chain(tuple((step, *_compile(step, Windows(**defaults))) for step in parse_chain(chain)))


def _compile(step: Step, windows: Windows) -> tuple[Run, Run]:
    try:
        if step.name in FILTERS:
            return _compile_filter(step, FILTERS[step.name], windows)
        return _compile_kernel(step, windows)
    except EdgewiseError as error:
        raise step.error(str(error)) from None


def _compile_filter(step: Step, entry: Filter, windows: Windows) -> tuple[Run, Run]:
    if not entry.correlates:
        settings = entry.bind(step.values, step.options)
        run: Run = lambda image: entry.function(image, **settings)  # noqa: E731
        return run, run if entry.alpha == "same" else _keep
    windows, options = _windows(step, windows, entry)
    settings = entry.bind(step.values, options)
    run = lambda image: entry.function(image, windows, **settings)  # noqa: E731
    return run, run if entry.alpha == "same" else _sampler(windows, (3, 3))


def single_kernel(text: str) -> np.ndarray:
    """Return the kernel that one step of a chain names, without window settings.

    Raises
    ------
    EdgewiseError
        If the text is more than one step, or names no kernel.
    """
    step, *more = parse_chain(text)
    if more:
        raise EdgewiseError(f'"{text}" is a chain; one kernel is wanted')
    if step.name not in KERNELS and step.name[0] not in "[@":
        raise EdgewiseError(f'no kernel "{step.name}"{suggest(step.name, KERNELS)}')
    return as_kernel(_weights(step, step.options))


def _compile_kernel(step: Step, windows: Windows) -> tuple[Run, Run]:
    windows, options = _windows(step, windows, KERNELS.get(step.name))
    weights = as_kernel(_weights(step, options))
    total = weights.sum()
    if abs(total) > 1e-5 * np.abs(weights).sum():
        return lambda image: windows.slide(image, weights), lambda alpha: windows.slide(
            alpha, weights / total
        )
    return lambda image: windows.slide(image, weights), _sampler(windows, weights.shape)


def _weights(step: Step, options: dict[str, str]) -> np.ndarray:
    if step.name in KERNELS:
        return kernel(step.name, **KERNELS[step.name].bind(step.values, options))
    if step.name[0] not in "[@":
        raise EdgewiseError(f"no such filter{suggest(step.name, [*FILTERS, *KERNELS])}")
    if step.values or options:
        extra = [*step.values, *options]
        raise EdgewiseError(f'a kernel of one\'s own takes window settings only, not "{extra[0]}"')
    return read_kernel(step.name)


def _windows(step: Step, windows: Windows, entry: Named | None) -> tuple[Windows, dict[str, str]]:
    """Take the window settings out of a step's options."""
    own = entry.parameters if entry else {}
    chosen = {k: v for k, v in step.options.items() if k in WINDOWS.parameters and k not in own}
    rest = {key: value for key, value in step.options.items() if key not in chosen}
    changes = WINDOWS.bind((), chosen)
    return Windows(**{**windows.__dict__, **changes}), rest


def _sampler(windows: Windows, shape: tuple[int, int]) -> Run:
    """Return a step that moves alpha to where a kernel of that shape puts its results."""
    weights = np.zeros(shape, np.float32)
    weights[shape[0] // 2, shape[1] // 2] = 1

    def sample(alpha: np.ndarray) -> np.ndarray:
        settings = {key: value for key, value in windows.__dict__.items() if key != "flip"}
        return correlate(alpha, weights, **settings)

    return sample


def _keep(alpha: np.ndarray) -> np.ndarray:
    return alpha


def apply(chain: str, image: np.ndarray, *, dtype: object = None, **defaults: Any) -> np.ndarray:
    """Run a chain of filters on an image.

    Parameters
    ----------
    chain : str
        Such as ``gaussian:2,sobel,maxpool:2``; see `compile_chain`.
    image : ndarray, (H, W) or (H, W, C), uint8, uint16 or float32
        Two and four channels are gray or colour with alpha.
    dtype : {None, float32, uint8, uint16}
        None gives float32. An integer dtype rounds half to even and saturates,
        once, at the end.
    **defaults
        ``stride``, ``dilation``, ``padding``, ``border``, ``fill`` and
        ``flip`` of all correlating steps that set no other.

    Returns
    -------
    ndarray

    Raises
    ------
    ChainError
        If the chain makes no sense or cannot run on this image.

    Examples
    --------
    >>> import numpy as np
    >>> apply("[-1 0 1],abs", np.eye(3), border="constant")
    array([[0., 1., 0.],
           [1., 0., 1.],
           [0., 1., 0.]], dtype=float32)
    """
    return saturate(compile_chain(chain, **defaults)(image), dtype)
