"""What can be chosen about the training of a linear model."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass

import numpy as np

from ..images.errors import EdgewiseError
from .linear_maps import parse_map

KINDS = ("logistic", "svm")
LOSSES = ("squared-hinge", "hinge")
CALIBRATIONS = ("platt", "isotonic")
DEFAULT_C = {"logistic": 1.0, "svm": 0.1}
FOLDS = 5


@dataclass(frozen=True)
class LinearSettings:
    """The settings of a training.

    Parameters
    ----------
    kind : {'logistic', 'svm'}
        Logistic regression, or linear support vector machines, one against
        the rest.
    C : float, optional
        How much a mistake costs against large weights; 1 for logistic
        regression and 0.1 for SVMs when left out.
    seed : int
        Where chance starts from: the parts of cross-validation, the landmarks,
        LIBLINEAR's order.
    one_vs_rest : bool
        One logistic regression for each class against the rest, instead of
        one of all classes.
    loss : {'squared-hinge', 'hinge'}
        Of SVMs.
    class_weight : 'balanced' or mapping of str to float, optional
        How much a picture of a class counts; balanced: all classes the same
        in all, however many pictures they have.
    kernel_map : str, optional
        ``rbf[:LANDMARKS[:GAMMA]]`` or ``chi2[:STEPS]``.
    calibrate : {'platt', 'isotonic'}, optional
        Turn scores into probabilities, by cross-validated scores.
    cv : int, optional
        Parts of cross-validation.
    search : bool
        Choose C by cross-validation.
    jobs : int, optional
        Threads.
    """

    kind: str = "logistic"
    C: float | None = None
    seed: int = 0
    one_vs_rest: bool = False
    loss: str = "squared-hinge"
    class_weight: str | Mapping[str, float] | None = None
    kernel_map: str | None = None
    calibrate: str | None = None
    cv: int | None = None
    search: bool = False
    jobs: int | None = None

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise EdgewiseError(f'no linear model "{self.kind}"; there are {", ".join(KINDS)}')
        for name, known in (("loss", LOSSES), ("calibrate", (None, *CALIBRATIONS))):
            if getattr(self, name) not in known:
                words = ", ".join(str(one) for one in known if one)
                raise EdgewiseError(f'no {name} "{getattr(self, name)}"; there are {words}')
        if self.C is not None and not 0 < self.C < float("inf"):
            raise EdgewiseError(f"C is {self.C}; it is a number above 0")
        if not 0 <= self.seed < 2**32:
            raise EdgewiseError(f"seed is {self.seed}; it is from 0 to {2**32 - 1:,}")
        if self.kernel_map is not None:
            parse_map(self.kernel_map)
        if self.cv is not None and self.cv < 2:
            raise EdgewiseError(f"cross-validation needs at least 2 parts, not {self.cv}")
        self._check_pairs()

    def _check_pairs(self) -> None:
        if self.kind == "svm" and self.one_vs_rest:
            raise EdgewiseError("an SVM is one against the rest anyway; leave --one-vs-rest out")
        if self.kind == "logistic" and self.loss == "hinge":
            raise EdgewiseError("the hinge is an SVM's loss; add --model svm")
        if self.kind == "logistic" and self.calibrate and not self.one_vs_rest:
            raise EdgewiseError(
                "a multinomial logistic regression gives probabilities by itself; calibrate an "
                "SVM, or one-vs-rest"
            )
        if self.search and self.C is not None:
            raise EdgewiseError("-C says which, and --search looks for it; leave one of them out")

    @property
    def cost(self) -> float:
        """C, or its default."""
        return DEFAULT_C[self.kind] if self.C is None else self.C

    @property
    def costs(self) -> tuple[float, ...]:
        """The values of C to try: around the default, half a decade apart."""
        if not self.search:
            return (self.cost,)
        return tuple(self.cost * round(10 ** (k / 2), 1 + max(0, -k)) for k in range(-5, 4))

    @property
    def weighted(self) -> bool:
        """Whether some classes count more than others, however many pictures they have."""
        return self.class_weight is not None

    @property
    def folds(self) -> int | None:
        """Parts of cross-validation, None where it is not needed."""
        return self.cv or (FOLDS if self.search or self.calibrate else None)

    def to_dict(self) -> dict:
        """Return what was chosen other than the defaults, ready for JSON."""
        plain = asdict(LinearSettings())
        left_out = ("kind", "C", "seed", "jobs", "search", "cv")
        return {
            name: dict(value) if isinstance(value, Mapping) else value
            for name, value in asdict(self).items()
            if value != plain[name] and name not in left_out
        }


def shares(
    y: np.ndarray, classes: tuple[str, ...], weight: str | Mapping[str, float] | None
) -> np.ndarray:
    """Return how much every row counts, (N,) float64.

    Raises
    ------
    EdgewiseError
        If a weight is of no class, or no number above 0.
    """
    if weight is None:
        return np.ones(len(y))
    counts = np.bincount(y, minlength=len(classes))
    if weight == "balanced":
        present = max(1, np.count_nonzero(counts))
        return (len(y) / (present * np.maximum(counts, 1)))[y]
    if isinstance(weight, str):
        raise EdgewiseError(f'class weights are "balanced" or a number a class, not "{weight}"')
    for name, value in weight.items():
        if name not in classes:
            raise EdgewiseError(f'no class "{name}"; there are {", ".join(classes)}')
        if not 0 < value < float("inf"):
            raise EdgewiseError(f'the weight of "{name}" is {value}; it is a number above 0')
    return np.array([weight.get(name, 1.0) for name in classes])[y]
