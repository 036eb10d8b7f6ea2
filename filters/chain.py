"""Chains of filters: text made into functions, and run on an image."""

from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from ..images.errors import DataError, EdgewiseError
from .borders import RENORMALIZE, border_name
from .correlation import as_kernel, flipped, sliding
from .grammar import ChainError, Step, parse_chain
from .kernel_settings import KernelSettings, is_zero_sum
from .kernel_text import GivenKernel, given_kernel
from .kernels import KERNELS, kernel
from .operations import POINT, UNKNOWN, Function, Operation, Reach, Run
from .registry import Named, suggest
from .renormalize import check_total
from .runner import Finish, run
from .stages import Chain, Stage
from .steps import FILTERS, Filter, Windows
from .values import as_image
from .windows import pair

# Filters that look at one pixel at a time: these may be run on a part of a picture.
POINTWISE = ("relu", "abs", "gray", "channel", "threshold", "gamma")

# What is said where a name is like no other.
LISTED = "edgewise kernels lists them"

# What other tools call some of the filters.
ELSEWHERE = {
    "autocontrast": "rescale",
    "average": "box",
    "blur": "gaussian, box or motion",
    "despeckle": "median",
    "dilate": "maximum",
    "edge": "sobel or canny",
    "edges": "sobel or canny",
    "erode": "minimum",
    "gradient": "sobel",
    "grayscale": "gray",
    "greyscale": "gray",
    "invert": "[-1]:bias=255",
    "max": "maximum",
    "mean": "box",
    "min": "minimum",
    "negate": "[-1]:bias=255",
    "normalize": "rescale",
    "smooth": "gaussian",
}

WINDOWS = Named("windows", Windows)
SETTINGS = Named("kernel", KernelSettings)


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
    return Chain(tuple(_compile(step, Windows(**defaults)) for step in parse_chain(chain)))


def _compile(step: Step, windows: Windows) -> Stage:
    try:
        if step.name in FILTERS:
            return _compile_filter(step, FILTERS[step.name], windows)
        return _compile_kernel(step, windows)
    except EdgewiseError as error:
        raise step.error(error) from None


def _compile_filter(step: Step, entry: Filter, windows: Windows) -> Stage:
    if not entry.correlates:
        return _compile_plain(step, entry)
    windows, options = _windows(step, windows, entry)
    settings = entry.bind(step.values, options, WINDOWS.parameters)
    run = partial(entry.function, windows=windows, **settings)
    window = entry.window(settings)
    run_alpha = _alpha_run(entry, run, windows, window)
    reach = _reach(entry, windows, window)
    operation = entry.operation(windows, **settings) if entry.operation else None
    look = partial(entry.look, windows=windows, **settings) if entry.look else None
    settle = partial(entry.settle, windows=windows, **settings) if entry.settle else None
    return Stage(
        step, operation or Function(run, reach), run_alpha,
        linear=entry.linear, reach=reach, look=look, settle=settle,
    )  # fmt: skip


def _compile_plain(step: Step, entry: Filter) -> Stage:
    settings = entry.bind(step.values, step.options)
    run = partial(entry.function, **settings)
    reach = POINT if step.name in POINTWISE or entry.settle else UNKNOWN
    settle = partial(entry.settle, **settings) if entry.settle else None
    mean = {key: value for key, value in settings.items() if key != "p"}
    runs = {"same": run, "mean": partial(FILTERS["avgpool"].function, **mean)}
    run_alpha = runs.get(entry.alpha, _keep)
    operation = entry.operation(**settings) if entry.operation else None
    return Stage(
        step, operation or Function(run, reach), run_alpha,
        linear=entry.alpha in runs, reach=reach, settle=settle,
    )  # fmt: skip


def _reach(entry: Filter, windows: Windows, shape: tuple[int, int]) -> Reach:
    """Say which rows and columns the results of a filter come from, if that is known."""
    if entry.twice:
        twice = 2 * shape[0] - 1, 2 * shape[1] - 1
        return windows.reach(twice) if windows.padding == "same" else UNKNOWN
    return windows.reach(shape) if entry.local else UNKNOWN


def _alpha_run(entry: Filter, run: Run, windows: Windows, window: tuple[int, int]) -> Run:
    if entry.alpha == "same":
        return run
    moves = pair(windows.stride, "stride") != (1, 1) or windows.padding != "same"
    return _sampler(windows, window) if moves else _keep


def single_kernel(text: str) -> np.ndarray:
    """Return the kernel that one step of a chain names, without window settings.

    Raises
    ------
    ChainError
        If the text is more than one step, or names no kernel.
    DataError
        If a kernel's file cannot be read.
    """
    step, *more = parse_chain(text)
    try:
        return _single(text, step, bool(more))
    except DataError:
        raise
    except EdgewiseError as error:
        raise ChainError(str(error), hint=error.hint, text=text, end=len(text)) from None


def _single(text: str, step: Step, more: bool) -> np.ndarray:
    if more:
        raise EdgewiseError(f'"{text}" is a chain; one kernel is wanted')
    if step.name in FILTERS:
        raise EdgewiseError(
            f'"{step.name}" is a filter, not one kernel; edgewise kernels {step.name} says more'
        )
    if step.name not in KERNELS and step.name[0] not in "[@":
        known = [*KERNELS, *FILTERS]
        raise EdgewiseError(f'no kernel "{step.name}"{suggest(step.name, known, LISTED)}')
    settings, options = _kernel_settings(step.name, step.options)
    for key in options:
        if key in WINDOWS.parameters:
            raise EdgewiseError(f'"{key}" does not change a kernel; leave it out')
    return settings.apply(_given(step, options)).weights


def _compile_kernel(step: Step, windows: Windows) -> Stage:
    windows, options = _windows(step, windows, KERNELS.get(step.name))
    settings, options = _kernel_settings(step.name, options)
    made = settings.apply(_given(step, options))
    if windows.border == RENORMALIZE:
        check_total(made.weights)
    operation = _operation(windows, made.weights, made.anchor)
    if is_zero_sum(made.weights):
        run_alpha = _sampler(windows, made.weights.shape, made.anchor)
    else:
        shares = made.weights / made.weights.sum(dtype=np.float64)
        run_alpha = _runner(_operation(windows, shares.astype(np.float32), made.anchor))
    reach = windows.reach(made.weights.shape, made.anchor)
    return Stage(step, operation, run_alpha, made.bias, reach=reach)


def _operation(windows: Windows, weights: np.ndarray, anchor: tuple[int, int] | None) -> Operation:
    """Return the correlation, or with `flip` the convolution, with a kernel."""
    settings = {key: value for key, value in windows.__dict__.items() if key != "flip"}
    weights = as_kernel(weights)
    place = anchor or (weights.shape[0] // 2, weights.shape[1] // 2)
    if windows.flip:
        weights, place = weights[::-1, ::-1], flipped(place, weights.shape)
    return sliding(weights, place, **settings)


def _runner(operation: Operation) -> Run:
    return lambda image: run([operation], as_image(image), None)


def _given(step: Step, options: dict[str, str]) -> GivenKernel:
    if step.name in KERNELS:
        return GivenKernel(kernel(step.name, **_bound(KERNELS[step.name], step, options)))
    if step.name[0] not in "[@":
        raise EdgewiseError(f"no such filter{_meant(step.name)}")
    if step.values or options:
        extra = [*step.values, *options]
        raise EdgewiseError(
            f"a kernel of one's own takes window settings only, and normalize= scale= bias= "
            f'anchor=, not "{extra[0]}"'
        )
    return given_kernel(step.name)


def _meant(name: str) -> str:
    if name.lower() in ELSEWHERE:
        return f"; here it is {ELSEWHERE[name.lower()]}"
    return suggest(name, [*FILTERS, *KERNELS], LISTED)


def _bound(entry: Named, step: Step, options: dict[str, str]) -> dict[str, Any]:
    return entry.bind(step.values, options, (*SETTINGS.parameters, *WINDOWS.parameters))


def _kernel_settings(name: str, options: dict[str, str]) -> tuple[KernelSettings, dict[str, str]]:
    """Take the kernel settings out of a step's options, those of its own parameters aside."""
    own = KERNELS[name].parameters if name in KERNELS else {}
    chosen = {k: v for k, v in options.items() if k in SETTINGS.parameters and k not in own}
    rest = {key: value for key, value in options.items() if key not in chosen}
    values: dict[str, Any] = SETTINGS.bind((), chosen)
    return KernelSettings(**values), rest


def _windows(step: Step, windows: Windows, entry: Named | None) -> tuple[Windows, dict[str, str]]:
    """Take the window settings out of a step's options."""
    own = entry.parameters if entry else {}
    chosen = {k: v for k, v in step.options.items() if k in WINDOWS.parameters and k not in own}
    rest = {key: value for key, value in step.options.items() if key not in chosen}
    changes = WINDOWS.bind((), chosen)
    changed = Windows(**{**windows.__dict__, **changes})
    if "fill" in chosen and border_name(changed.border) != "constant":
        raise EdgewiseError("fill is seen with border=constant only; set that too")
    return changed, rest


def _sampler(
    windows: Windows, shape: tuple[int, int], anchor: tuple[int, int] | None = None
) -> Run:
    """Return a step that moves alpha to where a kernel of that shape puts its results."""
    weights = np.zeros(shape, np.float32)
    place = anchor or (shape[0] // 2, shape[1] // 2)
    weights[place] = 1
    # What lies beyond the edge does not matter here, only that it is something.
    border = "edge" if windows.border == RENORMALIZE else windows.border
    return _runner(_operation(replace(windows, flip=False, border=border), weights, place))


def _keep(alpha: np.ndarray) -> np.ndarray:
    return alpha


def apply(
    chain: str,
    image: np.ndarray,
    *,
    dtype: object = None,
    out: np.ndarray | None = None,
    **defaults: Any,
) -> np.ndarray:
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
    out : ndarray, optional
        Where the result goes, C-contiguous, of its shape and of `dtype`.
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
    finish = Finish(out.dtype if dtype is None and out is not None else dtype)
    return compile_chain(chain, **defaults).run(image, finish, out)
