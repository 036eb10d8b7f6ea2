"""Arguments in the wrong order, recognised and said in the right one."""

import os
import shlex
from collections.abc import Sequence

import click

from ..images.errors import EdgewiseError, WordError

MODEL_SUFFIX = ".safetensors"


def refuse_swapped(model: str, others: Sequence[str]) -> None:
    """Raise WordError if one of the others is the model, and the first is none.

    The current command's name stands in the hint.
    """
    found = next((one for one in others if one.endswith(MODEL_SUFFIX)), None)
    if found is None or model.endswith(MODEL_SUFFIX):
        return
    right = [found, model, *(one for one in others if one != found)]
    raise WordError(f"{found} is the model, and stands behind {model}", hint=_in_order(right))


def refuse_chain_behind(chain: str, inputs: Sequence[str]) -> None:
    """Raise WordError if the chain is a picture, and one of the inputs is a chain."""
    if not os.path.exists(chain):
        return
    found = next((one for one in inputs if not os.path.exists(one) and _is_chain(one)), None)
    if found is not None:
        right = [found, chain, *(one for one in inputs if one != found)]
        raise WordError(
            f"the chain comes first, and {chain} is a file",
            hint=_in_order([*right, "-o", "OUT"]),
        )


def refuse_output_without_option(chain: str, inputs: Sequence[str]) -> None:
    """Raise WordError, as -o is missing; name the last input after it if that was meant."""
    *sources, last = [chain, *inputs]
    is_new = len(inputs) > 1 and not os.path.exists(last)
    words = [*sources, "-o", last] if is_new else [*sources, last, "-o", "OUT"]
    raise WordError("-o is missing: it says where the result goes", hint=_in_order(words))


def _is_chain(text: str) -> bool:
    from ..filters.chain import compile_chain

    try:
        compile_chain(text)
    except EdgewiseError:
        return False
    return True


def _in_order(words: Sequence[str]) -> str:
    return f"{click.get_current_context().command_path} {shlex.join(words)}"
