"""Optimizers: how far the parameters go along the gradient.

They work in place on one vector that holds all parameters.
"""

from dataclasses import dataclass, field

import numpy as np


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

    def step(
        self, vector: np.ndarray, gradient: np.ndarray, rate: float, decay: np.ndarray | float = 0.0
    ) -> None:
        """Move the parameters.

        Parameters
        ----------
        vector : ndarray, (P,)
            Changed in place.
        gradient : ndarray, (P,)
            Used up: holds something else afterwards.
        rate : float
        decay : ndarray (P,) or float
            Added to the gradient times the parameters.
        """
        number = vector.dtype.type
        velocity = self.memory.setdefault("velocity", np.zeros_like(vector))
        gradient += decay * vector
        velocity *= number(self.momentum)
        velocity += gradient
        if self.nesterov:
            gradient += number(self.momentum) * velocity
            vector -= number(rate) * gradient
        else:
            vector -= number(rate) * velocity
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

    def step(
        self, vector: np.ndarray, gradient: np.ndarray, rate: float, decay: np.ndarray | float = 0.0
    ) -> None:
        """Move the parameters; see `Sgd.step`. Decay pulls by ``rate * decay``."""
        number = vector.dtype.type
        first = self.memory.setdefault("first", np.zeros_like(vector))
        second = self.memory.setdefault("second", np.zeros_like(vector))
        self.steps += 1
        vector -= number(rate) * decay * vector
        first += number(1 - self.beta1) * (gradient - first)
        second *= number(self.beta2)
        second += number(1 - self.beta2) * gradient * gradient
        size = number(rate / (1 - self.beta1**self.steps))
        root = np.sqrt(second) * number(1 / np.sqrt(1 - self.beta2**self.steps))
        vector -= size * first / (root + number(self.epsilon))


OPTIMIZERS = {"sgd": Sgd, "adamw": AdamW}
