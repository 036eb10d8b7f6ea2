"""What is found in a data set: facts for JSON, and sentences on those that need a look."""

from dataclasses import dataclass, field

Facts = dict[str, object]


@dataclass
class Findings:
    """Facts, and sentences on those that need a look."""

    facts: Facts = field(default_factory=dict)
    sentences: list[str] = field(default_factory=list)

    def __ior__(self, other: "Findings") -> "Findings":
        self.facts |= other.facts
        self.sentences += other.sentences
        return self


def pictures(count: int) -> str:
    """Return so many pictures in words."""
    return f"{count:,} picture{'' if count == 1 else 's'}"


def groups(count: int) -> str:
    """Return so many groups in words."""
    return f"{count:,} group{'' if count == 1 else 's'}"
