"""Signs and their weights: how several pieces of evidence become one score."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

# A weight is a difference of log-odds: 0.7 doubles the odds of the reading it speaks for, 2.3 makes them ten times as
# high. They are judgements, set so that no single weak sign decides, that a finished migration does where nothing
# speaks against it, and that one proof of a server in use outweighs all the rest.
START: Final = -2.0
"""Before anything is seen: of eight refusals by a server of one's own, one is of a server that was given up."""


class Weight(NamedTuple):
    """How much a sign weighs, and what it is; above nought it speaks for a switched-off system."""

    points: float
    meaning: str


WEIGHTS: Final[Mapping[str, Weight]] = {
    "delivered_since": Weight(-6.0, "mail got through there while it lasts: the server is in use"),
    "delivered_at_first": Weight(-1.0, "mail got through in its first two hours only"),
    "ended": Weight(-6.0, "it is over: what is switched off for good does not come back"),
    "comes_and_goes": Weight(-3.0, "it is off and on, or at certain hours"),
    "one_address_of_several": Weight(-4.0, "only one address of several refuses"),
    "migration_finished": Weight(4.0, "a migration of this place was finished in the week before"),
    "migration_finished_elsewhere": Weight(3.0, "a migration was finished in the week before that does not name it"),
    "migration_finished_long_ago": Weight(1.5, "a migration was finished in the two months before"),
    "migration_same_day": Weight(2.0, "a migration was told as finished within a day after it began"),
    "migration_step": Weight(0.4, "a step of a migration came before: mailboxes are still there"),
    "migration_later": Weight(-1.5, "a migration is named only after it began"),
    "change_of_the_network": Weight(-2.5, "a firewall, a line or a network was changed in the week before"),
    "all_refused": Weight(0.3, "every attempt was refused"),
    "mixed_with_others": Weight(-1.0, "a fifth of the attempts or more failed in another way"),
    "same_address": Weight(0.3, "the same address refused all the time"),
    "several_addresses": Weight(-0.4, "several addresses refused"),
    "lasts_a_day": Weight(0.3, "nobody mended it for a day"),
    "lasts_a_week": Weight(0.7, "nobody mended it for a week"),
    "leftovers_only": Weight(1.5, "hardly a recipient that fails ever had a delivery there"),
    "recipients_in_use": Weight(-0.4, "nearly all recipients that fail had deliveries there before"),
    "traffic_ran_out": Weight(1.5, "deliveries had fallen to a quarter or less, as when mailboxes move away"),
    "traffic_fell": Weight(0.8, "deliveries had fallen to six in ten or less"),
    "traffic_as_usual": Weight(-0.6, "deliveries went on as usual until it began"),
    "relayed_domain": Weight(0.3, "the domain is relayed, so mail to unknown recipients goes there"),
    "authoritative_domain": Weight(-0.8, "the domain is Authoritative, so only known recipients are sent there"),
    "connector_disabled": Weight(2.0, "the connector is disabled by now"),
    "other_routes_deliver": Weight(-5.0, "other connectors deliver to the same host"),
    "other_routes_fail": Weight(0.3, "other connectors to the same host fail as well"),
    "other_hosts_deliver": Weight(-1.0, "the same connector delivers to another host"),
    "mailboxes_in_use": Weight(-4.0, "the server puts mail into mailboxes"),
    "mailboxes_elsewhere": Weight(-0.4, "some server puts mail into mailboxes on-premises"),
    "sessions_since": Weight(-4.0, "the server logs sessions of Exchange Online"),
    "tls_failed_since": Weight(-4.0, "sessions of Exchange Online reach the server and fail at TLS"),
    "server_runs": Weight(-2.0, "the server goes on logging other mail"),
    "some_server_runs": Weight(-0.3, "some server on-premises goes on logging mail"),
    "server_sends": Weight(-1.5, "the server still delivers to Exchange Online"),
    "logs_end": Weight(1.0, "the server's own logs end when it began"),
}
"""Name of the sign → weight. What is not seen, for want of logs or exports, is no sign and weighs nothing."""


class Sign(NamedTuple):
    """One thing seen that bears on the question, as part of a sentence with its numbers."""

    name: str
    text: str

    @property
    def weight(self) -> float:
        """How much it weighs, as in WEIGHTS."""
        return WEIGHTS[self.name].points


def score(signs: Sequence[Sign], least: float = 0.05, most: float = 0.95) -> float:
    """Probability that the weights of `signs` add up to, from START on, never surer than `least` or `most`."""
    total = START + sum(sign.weight for sign in signs)
    return min(most, max(least, 1 / (1 + math.exp(-total))))


def told(signs: Sequence[Sign]) -> str:
    """The signs as one list, the weightiest first; 'nothing seen' where there is none."""
    ranked = sorted(signs, key=lambda sign: -abs(sign.weight))
    return "; ".join(sign.text for sign in ranked) or "nothing seen"
