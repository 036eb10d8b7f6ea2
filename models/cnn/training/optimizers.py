"""Optimizers: how far the parameters go along the gradient.

They work in place on one vector that holds all parameters.
"""

from dataclasses import dataclass, field

import numpy as np

from . import loops


@dataclass
class Sgd:
    """Stochastic gradient descent with momentum, as PyTorch's ``SGD``.

    Parameters
    ----------
    momentum : float
    nesterov : bool
        Look ahead along the velocity (Sutskever et al. 2013).
    """

    momentum: float = 0.9
    nesterov: bool = True
    memory: dict[str, np.ndarray] = field(default_factory=dict)
    steps: int = 0

    remembers = ("velocity",)

    def step(
        self, vector: np.ndarray, gradient: np.ndarray, rate: float, decay: np.ndarray
    ) -> None:
        """Move the parameters.

        Parameters
        ----------
        vector : ndarray, (P,)
            Changed in place.
        gradient : ndarray, (P,)
        rate : float
        decay : ndarray, (P,)
            Added to the gradient, times the parameters.
        """
        velocity = _memory(self.memory, "velocity", vector)
        factors = np.array([rate, self.momentum], vector.dtype)
        loops.descend(vector, gradient, velocity, decay, factors, self.nesterov)
        self.steps += 1


@dataclass
class AdamW:
    """Adam with weight decay of its own (Loshchilov and Hutter 2019), as PyTorch's ``AdamW``.

    Parameters
    ----------
    beta1, beta2, epsilon : float
    """

    beta1: float = 0.9
    beta2: float = 0.999
    epsilon: float = 1e-8
    memory: dict[str, np.ndarray] = field(default_factory=dict)
    steps: int = 0

    remembers = ("first", "second")

    def step(
        self, vector: np.ndarray, gradient: np.ndarray, rate: float, decay: np.ndarray
    ) -> None:
        """Move the parameters; see `Sgd.step`. Decay pulls by ``rate * decay``."""
        first, second = (_memory(self.memory, name, vector) for name in ("first", "second"))
        self.steps += 1
        # What the averages lack because they began at 0.
        missing = 1 - self.beta1**self.steps, 1 - self.beta2**self.steps
        corrections = 1 / missing[0], missing[1] ** -0.5
        factors = np.array([rate, self.beta1, self.beta2, *corrections, self.epsilon], vector.dtype)
        loops.descend_adaptively(vector, gradient, first, second, decay, factors)


def _memory(memory: dict[str, np.ndarray], name: str, like: np.ndarray) -> np.ndarray:
    if name not in memory:
        memory[name] = np.zeros_like(like)
    return memory[name]


OPTIMIZERS = {"sgd": Sgd, "adamw": AdamW}
