"""A row of Get-OutboundConnector, -InboundConnector, -SendConnector or -ReceiveConnector becomes a connector."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from mailtrend.ingest.context.cells import Cells
from mailtrend.ingest.context.hosts import kind_of_route

MARKS: Final[Mapping[str, frozenset[str]]] = {
    "outbound": frozenset({
        "recipientdomains", "smarthosts", "usemxrecord", "tlssettings", "tlsdomain", "routeallmessagesviaonpremises",
        "istransportrulescoped", "allaccepteddomains", "senderrewritingenabled",
    }),
    "inbound": frozenset({
        "senderdomains", "senderipaddresses", "tlssendercertificatename", "restrictdomainstocertificate",
        "restrictdomainstoipaddresses", "treatmessagesasinternal", "associatedaccepteddomains", "efskipips",
    }),
    "send": frozenset({
        "addressspaces", "dnsroutingenabled", "sourcetransportservers", "smarthostsstring", "tlsauthlevel",
        "smarthostauthmechanism", "homemtaserverid", "isscopedconnector",
    }),
    "receive": frozenset({"remoteipranges", "bindings", "permissiongroups", "authmechanism", "transportrole"}),
}  # fmt: skip
"""Columns by which the exports are told apart."""
KNOWN_BY: Final = tuple(
    frozenset({name, *marks})
    for name in ("name", "identity")
    for marks in (
        ("connectortype",), ("recipientdomains", "smarthosts"), ("addressspaces",), ("smarthostsstring",),
        ("dnsroutingenabled",), ("remoteipranges",), ("bindings", "permissiongroups"),
    )
)  # fmt: skip
TYPES: Final = {"1": "OnPremises", "2": "Partner"}
TLS_LEVELS: Final = {"1": "EncryptionOnly", "2": "CertificateValidation", "3": "DomainValidation"}
RECEIVE_WAYS: Final = {
    1: "Tls", 2: "Integrated", 4: "BasicAuth", 8: "BasicAuthRequireTLS", 16: "ExchangeServer",
    32: "ExternalAuthoritative",
}  # fmt: skip
SEND_WAYS: Final = {2: "BasicAuth", 4: "BasicAuthRequireTLS", 8: "ExchangeServer", 16: "ExternalAuthoritative"}
GROUPS: Final = {
    1: "AnonymousUsers", 2: "ExchangeUsers", 4: "ExchangeServers", 8: "ExchangeLegacyServers", 16: "Partners",
    32: "Custom",
}  # fmt: skip
CMDLETS: Final = {
    "outbound": "Get-OutboundConnector", "inbound": "Get-InboundConnector", "send": "Get-SendConnector",
    "receive": "Get-ReceiveConnector",
}  # fmt: skip


def is_certain(names: set[str]) -> bool:
    """Do these columns belong to a connector of Exchange, and not to some other thing with a name and a type?"""
    return any(marks & names for marks in MARKS.values())


def cmdlet(directions: Iterable[object]) -> str:
    """The cmdlet that exports connectors of the first of these directions."""
    return CMDLETS.get(str(next(iter(directions), "outbound")), CMDLETS["outbound"])


def row(cells: Cells, hint: str) -> dict[str, object]:
    """A row of contracts.CONNECTORS. `hint` is what else was said: the type that Export-Csv names, the file's name.

    Raises ValueError where it cannot be one.
    """
    name = cells.text("name") or cells.text("identity").rpartition("\\")[2]
    if not name:
        raise ValueError("the connector has no name")
    direction = _direction(cells, hint)
    found: dict[str, object] = {
        "name": name,
        "direction": direction,
        "connector_type": cells.choice("connectortype", TYPES),
        "enabled": cells.flag("enabled"),
        "recipient_domains": _domains(cells, "recipientdomains", "addressspaces"),
        "smart_hosts": _hosts(cells),
        "use_mx_record": _uses_mx(cells),
        "tls_settings": cells.choice("tlssettings", TLS_LEVELS) or cells.choice("tlsauthlevel", TLS_LEVELS),
        "tls_domain": cells.text("tlsdomain").lower() or None,
        **_senders(cells),
        "tls_certificate_name": cells.text("tlssendercertificatename", "tlscertificatename") or None,
        "require_tls": cells.flag("requiretls"),
        "cloud_services": cells.flag("cloudservicesmailenabled"),
        "rule_scoped": cells.flag("istransportrulescoped"),
        "via_on_premises": cells.flag("routeallmessagesviaonpremises"),
        **_server(cells),
    }
    return {**found, "owner_kind": kind_of_route(found)}


def _direction(cells: Cells, hint: str) -> str:
    """By the columns that are filled, then by those that are there, then by what else was said."""
    there = set(cells.values)
    filled = {name for name in there if cells.values[name] not in (None, "", [], {})}
    said = hint.lower()
    return max(
        MARKS,
        key=lambda each: (
            len(MARKS[each] & filled),
            len(MARKS[each] & there),
            f"{each}connector" in said,
            each in said,
        ),
    )


def _senders(cells: Cells) -> dict[str, object]:
    """What an inbound or a receive connector asks of the sender."""
    restrict = {"certificate": "restrictdomainstocertificate", "addresses": "restrictdomainstoipaddresses"}
    told = {what: cells.flag(name) for what, name in restrict.items()}
    return {
        "sender_domains": _domains(cells, "senderdomains"),
        "sender_addresses": cells.words("senderipaddresses") or cells.words("remoteipranges"),
        "restrict_to": [what for what, flag in told.items() if flag]
        if any(f is not None for f in told.values())
        else None,
    }


def _server(cells: Cells) -> dict[str, object]:
    """What only connectors of Exchange Server have."""
    return {
        "authentication": cells.choices("authmechanism", RECEIVE_WAYS)
        or cells.choices("smarthostauthmechanism", SEND_WAYS),
        "permissions": cells.choices("permissiongroups", GROUPS),
        "source_servers": cells.words("sourcetransportservers") or cells.words("server"),
        "fqdn": cells.text("fqdn").lower() or None,
        "port": cells.number("port"),
        "max_size_bytes": cells.size("maxmessagesize"),
    }


def _domains(cells: Cells, *names: str) -> list[str] | None:
    """Domains of `contoso.com`, `smtp:contoso.com;1` or `SMTP:*;5`; what is no SMTP, such as X400, is left out."""
    for name in names:
        words = cells.words(name)
        if words is not None:
            lowered = (word.lower().removeprefix("smtp:") for word in words if not word.isdigit())
            return [word.rpartition(":")[2] for word in lowered if "=" not in word]
    return None


def _hosts(cells: Cells) -> list[str] | None:
    """Smart hosts without the brackets of an address and without a dot at the end."""
    told = [words for name in ("smarthosts", "smarthostsstring") if (words := cells.words(name)) is not None]
    return [host for word in max(told, key=len) if (host := _host(word))] if told else None


def _host(word: str) -> str:
    return word.lower().strip("[]").removeprefix("ipv6:").rstrip(".")


def _uses_mx(cells: Cells) -> bool | None:
    told = cells.flag("usemxrecord")
    return cells.flag("dnsroutingenabled") if told is None else told
