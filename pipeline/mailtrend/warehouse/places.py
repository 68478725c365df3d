"""Who runs the server at a place: told by its connector, by smart hosts, by accepted domains, by the way mail goes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple, cast, get_args

from mailtrend.diagnose import OwnerKind
from mailtrend.diagnose.hosts import registered_domain

Row = Mapping[str, Any]
INTERNET_CONNECTORS: Final = ("to_default", "smtp", "esmtp", "remote_smtp")
"""How connectors begin that mean the open internet: Exchange Online's own, and plain transports of Postfix and Exim."""
TAKING: Final = ("inbound", "receive")
"""Directions of connectors that take mail; the others hand it on."""
MICROSOFT: Final = (".mail.protection.outlook.com", ".mx.microsoft", ".onmicrosoft.com")
NAMED: Final = 2
"""So many domains of a partner are named."""


@dataclass(frozen=True)
class Place:
    """Where mail failed. `direction` is that of the mail; whatever is not known is None."""

    connector: str | None
    destination: str | None
    direction: str | None = None
    recipient_domain: str | None = None

    @property
    def taking(self) -> bool:
        """Was mail refused at the door, and not handed on?"""
        return self.direction == "inbound"

    @property
    def unreached(self) -> bool:
        """Is no server known but the domain that mail was for?"""
        return self.destination is None or self.destination == self.recipient_domain


class Runner(NamedTuple):
    """Who runs a place, what a partner is called, and the exported connector that leads there."""

    kind: OwnerKind
    partner: str | None = None
    connector: Row | None = None


def who_runs(place: Place, connectors: Sequence[Row], accepted: Sequence[Row]) -> Runner:
    """Who runs the server at `place`; rows are those of the views `connectors` and `accepted_domains`, of one tenant.

    The first of these that says something: the connector of that name; the connectors with that smart host; while no
    server is known, the connector that takes the recipient's domain; accepted domains; the plain way to the internet.
    """
    row = _by_name(place, connectors)
    if row is None:
        hosts = _by_host(place, connectors)
        if len({each["owner_kind"] for each in hosts}) > 1:
            return Runner("undetermined")
        row = hosts[0] if hosts else _by_domain(place, connectors)
    if row is not None and row["owner_kind"] in get_args(OwnerKind) and row["owner_kind"] != "undetermined":
        told = cast("OwnerKind", row["owner_kind"])
        return Runner(told, _partner(row, place) if told == "partner" else None, row)
    kind = _by_accepted(place, accepted)
    if kind is None and row is None and _goes_to_the_internet(place, connectors):
        kind = "internet"
    return Runner(kind or "undetermined", place.recipient_domain if kind == "partner" else None, row)


def who_runs_all(places: Sequence[Place], connectors: Sequence[Row], accepted: Sequence[Row]) -> Runner:
    """The same of several places that are one incident: what they agree upon. There has to be one at least."""
    found = [who_runs(place, connectors, accepted) for place in places]
    first = found[0]
    if any(each.kind != first.kind for each in found):
        return Runner("undetermined", connector=first.connector)
    names = list(dict.fromkeys(each.partner for each in found if each.partner))
    return first._replace(partner=_several(names))


def _by_name(place: Place, connectors: Sequence[Row]) -> Row | None:
    """Names may be the same in both directions: the one that fits the mail's comes first."""
    name = (place.connector or "").lower()
    named = [row for row in connectors if name and row["name"].lower() == name]
    return min(named, key=lambda row: (row.get("direction") in TAKING) != place.taking, default=None)


def _by_host(place: Place, connectors: Sequence[Row]) -> list[Row]:
    """Connectors that hand mail to this host; those that are switched off count where no other does."""
    found = [row for row in connectors if place.destination and place.destination in (row["smart_hosts"] or ())]
    return [row for row in found if row.get("enabled") is not False] or found


def _by_domain(place: Place, connectors: Sequence[Row]) -> Row | None:
    """The connector that names the recipient's domain, most closely: none was logged, as mail never left for it."""
    if place.connector is not None or place.taking or not place.unreached:
        return None
    domain = place.recipient_domain or place.destination or ""
    fitting = [
        (len(pattern), row)
        for row in connectors
        if row.get("enabled") is not False and not row.get("rule_scoped") and row.get("direction") not in TAKING
        for pattern in row.get("recipient_domains") or ()
        if pattern != "*" and _covers(pattern, domain)
    ]  # fmt: skip
    most = max((length for length, _ in fitting), default=0)
    best = [row for length, row in fitting if length == most]
    return best[0] if best and len({row["owner_kind"] for row in best}) == 1 else None


def _by_accepted(place: Place, accepted: Sequence[Row]) -> OwnerKind | None:
    """What accepted domains say of the host, then of the recipient's domain."""
    host, domain = place.destination or "", place.recipient_domain or ""
    names = [row["domain"].removeprefix("*.") for row in accepted if row["domain_type"] != "ExternalRelay"]
    at_microsoft = host.partition(".")[0] in {name.replace(".", "-") for name in names}
    if host.endswith(MICROSOFT) and (at_microsoft or any(_under(host, name) or domain == name for name in names)):
        return "microsoft"
    if host and any(_under(host, name) for name in names):
        return "own"
    kind = next((row["domain_type"] for row in accepted if domain and _covers(row["domain"], domain)), None)
    if kind == "ExternalRelay":
        return "partner"
    ours = kind == "InternalRelay" or (
        kind is not None and (place.direction in ("inbound", "internal") or place.unreached)
    )
    return "own" if ours else None


def _goes_to_the_internet(place: Place, connectors: Sequence[Row]) -> bool:
    """Mail that no connector takes goes by MX; that none took it is known only where they were exported."""
    if place.connector is not None:
        return place.connector.lower().startswith(INTERNET_CONNECTORS)
    return not place.taking and any(row.get("direction") not in TAKING for row in connectors)


def _covers(pattern: str, domain: str) -> bool:
    """Does `contoso.com`, or `*.contoso.com`, take this domain?"""
    return domain == pattern or (pattern.startswith("*.") and domain.endswith(pattern[1:]))


def _under(host: str, domain: str) -> bool:
    return host == domain or host.endswith(f".{domain}")


def _partner(row: Row, place: Place) -> str | None:
    """What to call the partner: by the domains of the connector, else by who registered its smart host."""
    patterns = row.get("sender_domains" if row.get("direction") in TAKING else "recipient_domains") or ()
    if place.recipient_domain and any(_covers(each, place.recipient_domain) for each in patterns):
        return place.recipient_domain
    domains = list(dict.fromkeys(each.removeprefix("*.") for each in patterns if each != "*"))
    hosts = list(dict.fromkeys(name for host in row["smart_hosts"] or () if (name := registered_domain(host))))
    return _several(domains) or _several(hosts)


def _several(names: Sequence[str]) -> str | None:
    if len(names) <= NAMED:
        return " and ".join(names) or None
    return f"{', '.join(names[:NAMED])} and {len(names) - NAMED} more"
