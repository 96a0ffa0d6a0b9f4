"""A measured figure, its target, and how it is printed."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """``least`` or ``most`` is the target; without one the figure only informs."""

    name: str
    value: float
    unit: str
    least: float | None = None
    most: float | None = None

    @property
    def reached(self):
        """Whether the figure meets its target."""
        return (self.least is None or self.value >= self.least) and (
            self.most is None or self.value <= self.most
        )

    def __str__(self):
        number = f"{self.value:,.0f}" if self.value >= 100 else f"{self.value:.3g}"
        line = f"{self.name:<58}{number:>9} {self.unit}"
        if self.least is not None:
            line += f"  (at least {self.least:g})"
        if self.most is not None:
            line += f"  (at most {self.most:g})"
        return line if self.reached else f"{line}  MISSED"
