"""How the numbers of a comparison are said."""

from .paired import Gap

LINEAR, CNN = "the linear model", "the CNN"


def capital(words: str) -> str:
    """Return words that begin a sentence."""
    return words[0].upper() + words[1:]


def points(share: float) -> str:
    """Return a difference of shares, with its sign."""
    return f"{100 * share:+.1f} points"


def interval(found: Gap) -> str:
    """Return the ends of an interval, in points."""
    low, high = found.interval
    return f"{100 * low:+.1f} to {100 * high:+.1f}"


def measured(found: Gap) -> str:
    """Return how sure a difference is."""
    if len(found.each) == 1:
        return f"95 % interval {interval(found)}, McNemar p = {found.p:.2g}"
    return f"mean of {len(found.each)} seeds; 95 % interval {interval(found)}, p = {found.p:.2g}"


def gained(found: Gap) -> str:
    """Return a gain and its interval."""
    return f"{points(found.difference)} (95 % interval {interval(found)})"
