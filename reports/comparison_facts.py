"""What a folder of a comparison holds, in a few facts."""

import json
from pathlib import Path

from ..images.errors import DataError
from ..models.comparison.plan import RESULT, read_plan

Facts = dict[str, object]


def comparison_facts(folder: Path) -> Facts:
    """Return the plan of a comparison, and what it found if it is finished.

    Raises
    ------
    DataError
        If a file is damaged.
    """
    plan = read_plan(folder)
    rows, columns = plan["size"]
    facts: Facts = {
        "kind": "comparison",
        "classes": plan["classes"],
        "size": f"{columns}x{rows}",
        "colour": "gray" if plan["channels"] == 1 else "colour",
        "network": plan["network"],
    }
    try:
        return facts | _found(json.loads((folder / RESULT).read_bytes()))
    except FileNotFoundError:
        return facts | {"finished": "no; the command that began it goes on"}
    except (ValueError, KeyError, TypeError):
        raise DataError(f"{folder / RESULT}: damaged; run the command that made it again") from None


def _found(result: dict) -> Facts:
    return {
        "finished": "yes",
        "pictures": result["pictures"],
        "accuracy": {kind: round(result[kind]["accuracy"], 4) for kind in ("linear", "cnn")},
        "mcnemar_p": result["difference"]["mcnemar_p"],
        "advice": result["advice"]["text"],
    }
