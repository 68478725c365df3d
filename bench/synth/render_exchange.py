"""What an admin exports of Exchange beside outbound connectors: the other connectors and the remote domains."""

from __future__ import annotations

import json
from typing import Final

from synth.shape import LogFile, Row, quoted

INBOUND_COLUMNS: Final = (
    "Name", "Enabled", "ConnectorType", "SenderDomains", "SenderIPAddresses", "RequireTls",
    "RestrictDomainsToIPAddresses", "RestrictDomainsToCertificate", "TlsSenderCertificateName",
    "CloudServicesMailEnabled",
)  # fmt: skip
_INBOUND: Final = (
    ("From on-premises", "True", "OnPremises", "smtp:*;1", "", "True", "False", "False", "mail.contoso.com", "True"),
    ("From Fabrikam", "True", "Partner", "smtp:fabrikam.com;1", "", "True", "False", "True", "mail.fabrikam.com",
     "False"),
)  # fmt: skip
REMOTE_COLUMNS: Final = (
    "Name", "DomainName", "AllowedOOFType", "AutoReplyEnabled", "AutoForwardEnabled", "DeliveryReportEnabled",
    "NDREnabled", "TNEFEnabled", "TrustedMailOutboundEnabled", "TrustedMailInboundEnabled",
)  # fmt: skip
_REMOTE: Final = (
    ("Default", "*", "External", "True", "False", "True", "True", "", "False", "False"),
    ("Hybrid Domain - contoso.mail.onmicrosoft.com", "contoso.mail.onmicrosoft.com", "InternalLegacy", "True", "True",
     "True", "True", "True", "True", "True"),
    ("Fabrikam", "fabrikam.com", "External", "True", "True", "True", "True", "False", "False", "False"),
)  # fmt: skip
_SEND: Final = (
    {"Name": "Internet via MX", "AddressSpaces": ["SMTP:*;1"], "DNSRoutingEnabled": True, "SmartHosts": [],
     "TlsAuthLevel": None, "TlsDomain": None, "CloudServicesMailEnabled": False},
    {"Name": "Outbound via relay01", "AddressSpaces": ["SMTP:*;10"], "DNSRoutingEnabled": False,
     "SmartHosts": ["relay01.contoso.com"], "TlsAuthLevel": None, "TlsDomain": None, "CloudServicesMailEnabled": False},
    {"Name": "To Fabrikam", "AddressSpaces": ["SMTP:fabrikam.com;1"], "DNSRoutingEnabled": False,
     "SmartHosts": ["mail.fabrikam.com"], "TlsAuthLevel": 3, "TlsDomain": "mail.fabrikam.com",
     "CloudServicesMailEnabled": False},
    {"Name": "Outbound to Office 365", "AddressSpaces": ["SMTP:contoso.mail.onmicrosoft.com;1"],
     "DNSRoutingEnabled": True, "SmartHosts": [], "TlsAuthLevel": 3, "TlsDomain": "mail.protection.outlook.com",
     "CloudServicesMailEnabled": True},
)  # fmt: skip
_EVERY_SEND: Final = {
    "Enabled": True, "Fqdn": "mail.contoso.com", "Port": 25, "SmartHostAuthMechanism": 0,
    "SourceTransportServers": ["EX01", "EX02"], "MaxMessageSize": "35 MB (36,700,160 bytes)",
}  # fmt: skip
_RECEIVE: Final = (
    {"Name": "Default Frontend EX01", "Bindings": "{[::]:25, 0.0.0.0:25}",
     "RemoteIPRanges": "{::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff, 0.0.0.0-255.255.255.255}",
     "AuthMechanism": "Tls, Integrated, BasicAuth, BasicAuthRequireTLS, ExchangeServer",
     "PermissionGroups": "AnonymousUsers, ExchangeServers, ExchangeLegacyServers"},
    {"Name": "Relay for printers", "Bindings": "{0.0.0.0:25}", "RemoteIPRanges": "{192.0.2.64/27}",
     "AuthMechanism": "Tls, ExternalAuthoritative", "PermissionGroups": "ExchangeServers"},
)  # fmt: skip
_EVERY_RECEIVE: Final = {
    "Enabled": "True", "Fqdn": "EX01.contoso.com", "Server": "EX01", "MaxMessageSize": "36 MB (37,748,736 bytes)",
}  # fmt: skip


def files() -> list[LogFile]:
    """Inbound connectors and remote domains as CSV, send connectors as JSON of Windows PowerShell, others as a list."""
    inbound, remote = (quoted(columns) + "\r\n" for columns in (INBOUND_COLUMNS, REMOTE_COLUMNS))
    blocks = (
        "\r\n".join(f"{key:<16} : {value}" for key, value in (each | _EVERY_RECEIVE).items()) for each in _RECEIVE
    )
    return [
        LogFile("context/inbound_connectors.csv", "connectors", tuple(Row(quoted(row)) for row in _INBOUND), inbound),
        LogFile("context/remote_domains.csv", "remote_domains", tuple(Row(quoted(row)) for row in _REMOTE), remote),
        LogFile("context/send_connectors.json", "connectors", _objects(), "[\r\n", encoding="utf-16-le", bom=True),
        LogFile("context/receive_connectors.txt", "connectors", tuple(map(Row, blocks)), "\r\n", end="\r\n\r\n"),
    ]


def _objects() -> tuple[Row, ...]:
    """Objects of an array: two blanks behind a colon, numbers for enumerations."""
    texts = [json.dumps([each | _EVERY_SEND], indent=4, separators=(",", ":  ")) for each in _SEND]
    inner = ["\r\n".join(text.splitlines()[1:-1]) for text in texts]
    return tuple(Row(text + ("," if at < len(inner) else "\r\n]")) for at, text in enumerate(inner, start=1))
