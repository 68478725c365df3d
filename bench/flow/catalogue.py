"""All scenarios by name."""

from __future__ import annotations

from typing import Final

from flow import (
    stories_certificates,
    stories_everywhere,
    stories_gaps,
    stories_load,
    stories_migration,
    stories_network,
    stories_own_server,
    stories_quiet,
    stories_several,
)
from flow.scenario import Scenario

_CHAPTERS: Final = (
    stories_migration, stories_network, stories_certificates, stories_everywhere, stories_load, stories_gaps,
    stories_quiet, stories_own_server, stories_several,
)  # fmt: skip
SCENARIOS: Final[dict[str, Scenario]] = {each.name: each for chapter in _CHAPTERS for each in chapter.STORIES}
