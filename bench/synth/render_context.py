"""What an admin exports beside the logs: outbound connectors, accepted domains, and the list of changes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from synth.incidents import CHANGES
from synth.shape import LogFile, Row, bare, quoted
from synth.world import BRANCH, FABRIKAM, ON_PREMISES

CONNECTOR_COLUMNS: Final = (
    "Name", "Enabled", "ConnectorType", "ConnectorSource", "RecipientDomains", "SmartHosts", "UseMXRecord",
    "TlsSettings", "TlsDomain", "CloudServicesMailEnabled", "RouteAllMessagesViaOnPremises", "AllAcceptedDomains",
    "TestMode", "WhenChangedUTC",
)  # fmt: skip
_CONNECTORS: Final = (
    (ON_PREMISES, "True", "OnPremises", "HybridWizard", "contoso.com", "mail.contoso.com", "False",
     "CertificateValidation", "", "True", "False", "False", "False", "3/4/2024 8:15:00 AM"),
    (FABRIKAM, "True", "Partner", "Default", "fabrikam.com", "mail.fabrikam.com", "False", "DomainValidation",
     "mail.fabrikam.com", "False", "False", "False", "False", "6/18/2025 1:40:12 PM"),
    (BRANCH, "True", "OnPremises", "Default", "branch.contoso.com", "smtp.branch.contoso.com", "False",
     "EncryptionOnly", "", "False", "False", "False", "False", "11/2/2023 10:05:51 AM"),
    ("Old marketing gateway", "False", "Partner", "Default", "example.com", "192.0.2.200;192.0.2.201", "False",
     "", "", "False", "False", "False", "False", "2/9/2022 4:30:07 PM"),
)  # fmt: skip
_DOMAINS: Final = (
    ("contoso.com", "contoso.com", "InternalRelay", "True"),
    ("branch.contoso.com", "branch.contoso.com", "InternalRelay", "False"),
    ("contoso.onmicrosoft.com", "contoso.onmicrosoft.com", "Authoritative", "False"),
)


def accepted_domains(rows: Iterable[Sequence[str]]) -> LogFile:
    """The export of accepted domains: name, domain, type, default."""
    head = quoted(("Name", "DomainName", "DomainType", "Default")) + "\r\n"
    return LogFile("context/accepted_domains.csv", "accepted_domains", tuple(Row(quoted(each)) for each in rows), head)


def outbound_connectors(rows: Iterable[Sequence[str]]) -> LogFile:
    """The export of outbound connectors, in the order of CONNECTOR_COLUMNS."""
    head = quoted(CONNECTOR_COLUMNS) + "\r\n"
    return LogFile("context/outbound_connectors.csv", "connectors", tuple(Row(quoted(each)) for each in rows), head)


def changes(rows: Iterable[Sequence[str]]) -> LogFile:
    """The admin's own list: time, kind, subject, note."""
    return LogFile(
        "changes.csv", "changes", tuple(Row(bare(each)) for each in rows), "time,kind,subject,note\n", end="\n"
    )


def files() -> list[LogFile]:
    """The three context files."""
    return [accepted_domains(_DOMAINS), outbound_connectors(_CONNECTORS), changes(CHANGES)]
