"""Who runs the server behind a connector, as far as the connector alone tells it."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping, Sequence
from typing import Final, cast

BY_TYPE: Final = {"onpremises": "own", "partner": "partner"}
MICROSOFT: Final = (
    ".mail.protection.outlook.com", ".mail.protection.outlook.de", ".mail.protection.office365.us",
    ".mail.protection.partner.outlook.cn", ".mx.microsoft", ".onmicrosoft.com", ".onmicrosoft.us", "smtp.office365.com",
)  # fmt: skip
"""How hosts of Exchange Online end."""
PRIVATE_NAMES: Final = (".local", ".lan", ".internal", ".intra", ".corp", ".home.arpa", ".localdomain")
PRIVATE_NETS: Final = tuple(
    ipaddress.ip_network(net)
    for net in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "127.0.0.0/8", "169.254.0.0/16", "100.64.0.0/10",
                "fc00::/7", "fe80::/10", "::1/128")
)  # fmt: skip
"""Not `is_private`: that counts the ranges of documentation, too."""


def kind_of_route(connector: Mapping[str, object]) -> str:
    """own, partner, internet, microsoft or undetermined, from a row of contracts.CONNECTORS.

    A smart host of Exchange Server that carries a public name is a partner's here; the view `connectors` knows the
    accepted domains, and makes it one's own where it is under one of them.
    """
    told = BY_TYPE.get(str(connector["connector_type"] or "").lower())
    domains = cast("Sequence[str]", connector["recipient_domains"] or ())
    hosts = cast("Sequence[str]", connector["smart_hosts"] or ())
    by_mx = connector["use_mx_record"] is True and not hosts
    if connector["direction"] in ("inbound", "receive") or told == "own":
        return told or "undetermined"
    if by_mx and "*" in domains:
        return "internet"
    return told or _kind_of_hosts(domains, hosts, by_mx=by_mx, cloud=connector["cloud_services"] is True)


def _kind_of_hosts(domains: Sequence[str], hosts: Sequence[str], *, by_mx: bool, cloud: bool) -> str:
    if hosts:
        signs = {_sign(host) for host in hosts} - {""}
        return signs.pop() if len(signs) == 1 else "undetermined"
    if domains and all(_is_microsoft(domain) for domain in domains):
        return "microsoft"
    if not by_mx:
        return "undetermined"
    return "microsoft" if cloud else "internet"


def _sign(host: str) -> str:
    """What one host says of its owner; nothing, where it is a public address."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        if _is_microsoft(host):
            return "microsoft"
        return "own" if "." not in host or host.endswith(PRIVATE_NAMES) else "partner"
    return "own" if any(address in net for net in PRIVATE_NETS if net.version == address.version) else ""


def _is_microsoft(host: str) -> bool:
    return host.endswith(MICROSOFT)
