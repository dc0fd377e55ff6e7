"""What a list of cards shows of one thing."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Card:
    """What is shown of one thing."""

    title: str
    below: str = ""
    right: str = ""  # of the title
    note: str = ""  # a third line
    icon: str = "ring"
    role: str = "muted"  # of the icon
    below_role: str = "muted"
    note_role: str = "muted"
    quiet: bool = False  # the title is muted too
    share: float | None = None  # done, as a hairline
    hint: str = ""  # in the tool tip alone

    def told(self) -> str:
        """All of it, line by line."""
        first = f"{self.title}, {self.right}" if self.right else self.title
        return "\n".join(filter(None, (first, self.below, self.note, self.hint)))
