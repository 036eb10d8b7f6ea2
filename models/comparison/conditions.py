"""Under what conditions a comparison was made, in words: budgets, augmentation, what is covered."""

from ..linear_copies import parse_copies
from .budget import BATCH, COSTS
from .copies import without_copies
from .plan import Plan
from .result import Comparison


def conditions(found: Comparison) -> tuple[str, ...]:
    """Return what a reader must know to judge the numbers, a sentence or two each."""
    plan = found.contest.plan
    return (_budget(found), *_augmentation(plan), _covered(found), _seeds(plan))


def _budget(found: Comparison) -> str:
    facts, curve = found.cnn.facts, found.cnn.curve
    rule = (
        f"Each training of the network makes about {facts['steps']:,} steps of some {BATCH} "
        f"pictures, {facts['epochs']:,} epoch{'s'[: facts['epochs'] != 1]} of all pictures"
    )
    if len(curve) > 1:
        first = curve[0]
        rule += f" and {first.facts[0]['epochs']:,} of {first.count:,}"
    return (
        f"{rule}, and the best epoch is kept. The linear model is trained with {len(COSTS)} "
        "values of C, and the best is kept. Both are chosen on the same pictures held back."
    )


def _augmentation(plan: Plan) -> list[str]:
    if not plan.augment:
        return []
    network = f"The network's pictures are changed by chance, anew in each epoch ({plan.augment})."
    if not plan.copies:
        return [f"{network} The linear model gets nothing of the kind: it cannot learn from this."]
    count = len(parse_copies(plan.copies)) - 1
    copies = "a changed copy" if count == 1 else f"{count} changed copies"
    learns = f"the linear model learns from {copies} of each ({plan.copies})"
    rest = without_copies(plan.augment)
    alone = f"; {rest} is for the network alone" if rest else ""
    return [f"{network} In the same way {learns}{alone}."]


def _covered(found: Comparison) -> str:
    count = len(found.contest.parts.test)
    return (
        f"Both models are judged on the same {count:,} test pictures: the intervals and p say "
        "what other test pictures of the same kind might change. There was one set of pictures "
        "to learn from, divided once: what others would change is not covered."
    )


def _seeds(plan: Plan) -> str:
    linear = "Nothing in the training of the linear model is left to chance."
    if plan.seeds == 1:
        return (
            f"The network was trained with one random seed ({plan.seed}): what another would "
            f"change is not covered; --seeds 3 shows it. {linear}"
        )
    return (
        f"The network was trained with {plan.seeds} random seeds ({plan.seed} to "
        f"{plan.all_seeds[-1]}): the interval and p of their mean cover that too. The model that "
        f"stays, and all that is said of a single network, is of seed {plan.seed}. {linear}"
    )
