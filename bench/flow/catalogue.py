"""All scenarios by name."""

from __future__ import annotations

from typing import Final

from flow import stories_migration, stories_network, stories_quiet
from flow.scenario import Scenario

SCENARIOS: Final[dict[str, Scenario]] = {
    each.name: each for module in (stories_migration, stories_network, stories_quiet) for each in module.STORIES
}
