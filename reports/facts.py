"""Facts about a file as aligned lines of text."""

from textwrap import wrap

WIDTH = 88
# Longer lists are cut in text; JSON has all.
MOST_LINES = 20
MOST_COLUMNS = 6


def facts_text(facts: dict[str, object]) -> str:
    """Return facts as lines of text, a name and a value each.

    Parameters
    ----------
    facts : dict
        Values are numbers, texts, None, lists, dicts of these, or dicts of
        dicts, which become small tables, as do lists of dicts inside a dict. An
        underscore in a name is shown as a space.
    """
    width = max(map(len, facts), default=0)
    return "\n".join(line for name, value in facts.items() for line in _entry(name, value, width))


def _entry(name: str, value: object, width: int) -> list[str]:
    name = name.replace("_", " ")
    if not isinstance(value, dict):
        first, *more = wrap(_words(value), WIDTH - width) or [""]
        return [f"{name:<{width}}  {first}".rstrip(), *(f"{'':<{width}}  {line}" for line in more)]
    if not value:
        return [f"{name:<{width}}  none"]
    if all(isinstance(own, dict) for own in value.values()):
        return [name, *_table(value)]
    rows = {key: own for key, own in value.items() if _is_rows(own)}
    plain = {key: own for key, own in value.items() if key not in rows}
    return [name, *_pairs(plain), *(line for row in rows.items() for line in _rows(*row))]


def _is_rows(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(v, dict) for v in value)


def _rows(name: str, rows: list[dict]) -> list[str]:
    """Return dicts as a table of what is one word in each, or only say that they are there."""
    first = [key for key, own in rows[0].items() if not isinstance(own, list | dict)]
    alike = all(row.keys() == rows[0].keys() for row in rows)
    if not alike or len(first) > MOST_COLUMNS:
        return [f"  {name.replace('_', ' ')}  {len(rows)} entries; --json has them"]
    table = {str(k): {key: row[key] for key in first} for k, row in enumerate(rows, start=1)}
    return [f"  {name.replace('_', ' ')}", *_table(table)]


def _pairs(value: dict) -> list[str]:
    """Return names and values, a line each."""
    keys = max(map(len, value), default=0)
    # Numbers are read from the right, words from the left.
    right = max(len(_words(own)) for own in value.values()) if value and _are_numbers(value) else 0
    return _shortened([f"  {key:<{keys}}  {_words(own):>{right}}" for key, own in value.items()])


def _are_numbers(value: dict) -> bool:
    return all(isinstance(own, int) and not isinstance(own, bool) for own in value.values())


def _table(rows: dict[str, dict]) -> list[str]:
    columns = list(dict.fromkeys(key for row in rows.values() for key in row))
    cells = [["", *(column.replace("_", " ") for column in columns)]]
    cells += [[name, *(_words(row.get(key, "")) for key in columns)] for name, row in rows.items()]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return _shortened(
        [
            "  " + "  ".join([f"{row[0]:<{widths[0]}}", *map(str.rjust, row[1:], widths[1:])])
            for row in cells
        ]
    )


def _shortened(lines: list[str]) -> list[str]:
    if len(lines) <= MOST_LINES:
        return lines
    return [*lines[: MOST_LINES - 1], f"  and {len(lines) - MOST_LINES + 1:,} more; --json has all"]


def _words(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key} {_words(own)}" for key, own in value.items()) or "none"
    if isinstance(value, list | tuple):
        return ", ".join(map(_words, value))
    if isinstance(value, bool) or value is None:
        return {True: "yes", False: "no", None: "none"}[value]
    if isinstance(value, float):
        return f"{value:.6g}"
    return f"{value:,}" if isinstance(value, int) else str(value) or "none"
