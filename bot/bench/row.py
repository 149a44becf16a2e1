"""One measurement with what it is compared with."""

from __future__ import annotations

import msgspec


class Row(msgspec.Struct, frozen=True):
    """Ours and the peer's figure in the same unit, both above 0; `beside` says what the peer is."""

    what: str
    ours: float
    peer: float
    unit: str
    beside: str

    @property
    def ratio(self) -> float:
        """Ours divided by the peer's: below 1 we are ahead, except where the unit is something a second."""
        return self.ours / self.peer if self.peer else 0.0


def percentile(values: list[float], share: float) -> float:
    """The value that `share` (0 to 1) of the others do not pass."""
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]
