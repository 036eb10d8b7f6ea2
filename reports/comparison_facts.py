"""What a folder of a comparison holds, in a few facts."""

from pathlib import Path

from ..images.errors import DataError
from ..images.json_text import parse_json
from ..images.regular import read_regular
from ..models.comparison.folder import RESULT
from ..models.comparison.plan import PLAN, read_plan

Facts = dict[str, object]
# A result names every picture that one model alone names rightly.
MOST_BYTES = 2**28
KINDS = ("linear", "cnn")


def comparison_facts(folder: Path) -> Facts:
    """Return the plan of a comparison, and what it found if it is finished.

    Raises
    ------
    DataError
        If a file is damaged.
    """
    plan = read_plan(folder / PLAN)
    rows, columns = plan["size"]
    facts: Facts = {
        "kind": "comparison",
        "classes": plan["classes"],
        "size": f"{columns}x{rows}",
        "colour": "gray" if plan["channels"] == 1 else "colour",
        "network": plan["network"],
    }
    path = folder / RESULT
    try:
        return facts | _found(parse_json(read_regular(path, limit=MOST_BYTES), path))
    except FileNotFoundError:
        return facts | {"finished": "no; the command that began it goes on"}
    except (ValueError, KeyError, TypeError, OverflowError):
        raise DataError(f"{path}: damaged", hint="run the command that made it again") from None


def _found(result: dict) -> Facts:
    pictures, text = result["pictures"], result["advice"]["text"]
    counts = {part: int(pictures[part]) for part in ("train", "validation", "test")}
    return {
        "finished": "yes",
        "pictures": counts,
        "accuracy": {kind: round(float(result[kind]["accuracy"]), 4) for kind in KINDS},
        "mcnemar_p": float(result["difference"]["mcnemar_p"]),
        "seeds": int(result["seeds"]["count"]),
        "advice": _text(text),
    }


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    return value
