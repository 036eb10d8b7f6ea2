"""What more pictures to learn from bring, in words."""

from .paired import Gap
from .words import CNN, LINEAR, capital, gained


def growth_notes(verdict: str, linear: Gap | None, cnn: Gap | None, more: Gap | None) -> list[str]:
    """Say which model the last doubling of the pictures made better, and which one by more.

    Parameters
    ----------
    verdict : str
        Of the advice.
    linear, cnn : Gap, optional
        What the doubling brought each; None where that says nothing.
    more : Gap, optional
        What it brought the network more than the linear model.
    """
    known = [(name, gain) for name, gain in ((LINEAR, linear), (CNN, cnn)) if gain is not None]
    growing = [name for name, gain in known if _is_growing(gain)]
    if not growing:
        return []
    told = " and ".join(f"{name} {gained(gain)}" for name, gain in known)
    notes = [f"The last doubling of the pictures to learn from brought {told}."]
    notes.append(_who(growing, [name for name, _ in known]))
    if more is not None:
        notes.append(_by_more(verdict, more))
    return [" ".join(notes)]


def _who(growing: list[str], known: list[str]) -> str:
    if len(growing) == 2:
        return "Both still gain from more."
    (name,) = growing
    if len(known) == 1:
        return f"{capital(name)} still gains from more."
    other = CNN if name == LINEAR else LINEAR
    return f"{capital(name)} still gains from more; whether {other} does, the test does not show."


def _by_more(verdict: str, more: Gap) -> str:
    if not more.shown:
        return "Which of the two gains more, it does not show."
    name = CNN if more.difference > 0 else LINEAR
    later = name == CNN and verdict != "cnn"
    ahead = ": with more pictures it may come out ahead" if later else ""
    return f"{capital(name)} gains more{ahead}."


def _is_growing(gain: Gap) -> bool:
    return gain.shown and gain.difference > 0
