"""Signs and their weights: how several pieces of evidence become one score."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final, NamedTuple

# A weight is a difference of log-odds: 0.7 doubles the odds of the reading it speaks for, 2.3 makes them ten times as
# high. They are judgements, set so that no single weak sign decides, that a finished migration does where nothing
# speaks against it, and that one proof of a server in use outweighs all the rest.
START: Final = -2.0
"""Before anything is seen: of eight refusals by a server of one's own, one is of a server that was given up."""
WEIGHTS: Final = {
    "delivered_since": -6.0,
    "delivered_at_first": -1.0,
    "ended": -6.0,
    "comes_and_goes": -3.0,
    "one_address_of_several": -4.0,
    "migration_finished": 4.0,
    "migration_finished_elsewhere": 3.0,
    "migration_finished_long_ago": 1.5,
    "migration_step": 0.4,
    "migration_later": -1.5,
    "change_of_the_network": -2.5,
    "all_refused": 0.3,
    "mixed_with_others": -1.0,
    "same_address": 0.3,
    "several_addresses": -0.4,
    "lasts_a_day": 0.3,
    "lasts_a_week": 0.7,
    "leftovers_only": 1.5,
    "recipients_in_use": -0.4,
    "traffic_ran_out": 1.5,
    "traffic_fell": 0.8,
    "traffic_as_usual": -0.6,
    "relayed_domain": 0.3,
    "authoritative_domain": -0.8,
    "connector_disabled": 2.0,
    "other_routes_deliver": -5.0,
    "other_routes_fail": 0.3,
    "other_hosts_deliver": -1.0,
    "mailboxes_in_use": -4.0,
    "mailboxes_elsewhere": -0.4,
    "sessions_since": -4.0,
    "tls_failed_since": -4.0,
    "server_runs": -2.0,
    "some_server_runs": -0.3,
    "server_sends": -1.5,
    "logs_end": 1.0,
}
"""Name of the sign → weight; above nought it speaks for a switched-off system, below for a firewall or service."""


class Sign(NamedTuple):
    """One thing seen that bears on the question, as part of a sentence with its numbers."""

    name: str
    text: str

    @property
    def weight(self) -> float:
        """How much it weighs, as in WEIGHTS."""
        return WEIGHTS[self.name]


def score(signs: Sequence[Sign], least: float = 0.05, most: float = 0.95) -> float:
    """Probability that the weights of `signs` add up to, from START on, never surer than `least` or `most`."""
    total = START + sum(sign.weight for sign in signs)
    return min(most, max(least, 1 / (1 + math.exp(-total))))


def told(signs: Sequence[Sign]) -> str:
    """The signs as one list, the weightiest first; 'nothing seen' where there is none."""
    ranked = sorted(signs, key=lambda sign: -abs(sign.weight))
    return "; ".join(sign.text for sign in ranked) or "nothing seen"
