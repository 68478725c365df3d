"""Where one fault took the place of another: does mail get further along the way of a session than it did?"""

from __future__ import annotations

from mailtrend.diagnose.patterns.ladder import MENDED, STAGES
from mailtrend.diagnose.phrases import joined


def further(was: str | None, now: str | None) -> str:
    """Whether the next fault lies further along the way of a session than the one that went, in words."""
    before, after = stage(was), stage(now)
    if after > before:
        steps = MENDED[before:after]
        return f"That is progress: {joined(list(steps))} now, and the next fault shows"
    if after < before:
        return "That is a step back: mail does not get as far now as it did before the change"
    return "Mail gets as far as before the change, no further"


def stage(cause: str | None) -> int:
    """How far a session gets with this cause: 0 the name, 1 the connection, … ; past them all, where mail is spoken."""
    return next((at for at, causes in enumerate(STAGES) if cause in causes), len(STAGES))
