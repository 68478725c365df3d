"""Every export of Exchange that explains failures is read alike as CSV, as JSON of either PowerShell, and as a list."""

from __future__ import annotations

import json
from typing import Any

import pytest

from support.contexts import OUTBOUND_OF_7, OUTBOUND_TEXTS, listed, read
from support.exports import table

OUTBOUND = {
    "name": "Fabrikam TLS", "direction": "outbound", "connector_type": "Partner", "enabled": True,
    "recipient_domains": ["fabrikam.com", "*.fabrikam.com"], "smart_hosts": ["mail.fabrikam.com", "203.0.113.25"],
    "use_mx_record": False, "tls_settings": "DomainValidation", "tls_domain": "mail.fabrikam.com",
    "owner_kind": "partner",
}  # fmt: skip
OUTBOUND_OF_5 = OUTBOUND_OF_7 | {
    "ConnectorType": {"value": 2, "Value": "Partner"},
    "RecipientDomains": {"value": ["fabrikam.com", "*.fabrikam.com"], "Count": 2},
    "SmartHosts": [
        {"Domain": {"HostnameString": "mail.fabrikam.com"}, "Address": None, "IsIPAddress": False},
        {"Domain": None, "Address": {"IPAddressToString": "203.0.113.25"}, "IsIPAddress": True},
    ],
}  # fmt: skip


def rows(text: str, name: str = "export.txt") -> list[dict[str, Any]]:
    """Its rows, without what is empty and what ingest fills in."""
    _, found = read(text, name)
    assert (found.rejects, found.rows) == ([], found.table.num_rows)
    return [
        {key: value for key, value in row.items() if value is not None and key not in ("tenant", "file_id")}
        for row in found.table.to_pylist()
    ]


@pytest.mark.parametrize(
    "text",
    [
        table(list(OUTBOUND_TEXTS), OUTBOUND_TEXTS),
        table(list(OUTBOUND_TEXTS), OUTBOUND_TEXTS, delimiter=";"),
        table(list(OUTBOUND_TEXTS), OUTBOUND_TEXTS, delimiter="\t"),
        "#TYPE Deserialized.Microsoft.Exchange.X\r\n" + table(list(OUTBOUND_TEXTS), OUTBOUND_TEXTS),
        "\ufeff" + table(list(OUTBOUND_TEXTS), OUTBOUND_TEXTS),
        json.dumps(OUTBOUND_OF_7),
        json.dumps([OUTBOUND_OF_7], indent=2),
        json.dumps(OUTBOUND_OF_5, indent=4),
        json.dumps({"value": [OUTBOUND_OF_5], "Count": 1}, indent=4),
        json.dumps({"@odata.context": "https://example.com/$metadata", "value": [OUTBOUND_OF_7]}),
        listed(OUTBOUND_TEXTS | {"SmartHosts": "{mail.fabrikam.com, [203.0.113.25]}"}),
    ],
    ids=["comma", "semicolon", "tab", "type", "mark", "object", "array", "ps5", "wrapped", "service", "list"],
)
def test_an_outbound_connector_is_the_same_however_it_was_exported(text: str) -> None:
    assert rows(text) == [OUTBOUND]


def test_an_inbound_connector_tells_what_it_asks_of_the_sender() -> None:
    columns = {
        "Name": "From Fabrikam", "Enabled": "True", "ConnectorType": "Partner", "SenderDomains": "smtp:*.fabrikam.com;1",
        "SenderIPAddresses": "203.0.113.0/24", "RequireTls": "True", "RestrictDomainsToCertificate": "True",
        "RestrictDomainsToIPAddresses": "False", "TlsSenderCertificateName": "*.fabrikam.com",
        "CloudServicesMailEnabled": "False",
    }  # fmt: skip
    of_json = columns | {
        "ConnectorType": 2, "SenderDomains": ["smtp:*.fabrikam.com;1"], "SenderIPAddresses": ["203.0.113.0/24"],
        "RequireTls": True, "RestrictDomainsToCertificate": True, "RestrictDomainsToIPAddresses": False,
    }  # fmt: skip
    expected = {
        "name": "From Fabrikam", "direction": "inbound", "connector_type": "Partner", "enabled": True,
        "sender_domains": ["*.fabrikam.com"], "sender_addresses": ["203.0.113.0/24"], "require_tls": True,
        "restrict_to": ["certificate"], "tls_certificate_name": "*.fabrikam.com", "cloud_services": False,
        "owner_kind": "partner",
    }  # fmt: skip
    assert rows(table(list(columns), columns)) == rows(json.dumps([of_json])) == [expected]


def test_a_send_connector_tells_its_address_spaces_and_servers() -> None:
    columns = {
        "Identity": "Via relay", "AddressSpaces": "{SMTP:*;1, SMTP:fabrikam.com;5, X400:c=US;1}", "Enabled": "True",
        "DNSRoutingEnabled": "False", "SmartHosts": "{relay.example.net}", "TlsAuthLevel": "CertificateValidation",
        "SmartHostAuthMechanism": "BasicAuthRequireTLS", "SourceTransportServers": "{EX01, EX02}", "Port": "587",
        "Fqdn": "MAIL.contoso.com", "MaxMessageSize": "35 MB (36,700,160 bytes)", "RequireTLS": "True",
        "TlsCertificateName": "<I>CN=Example CA<S>CN=mail.contoso.com",
    }  # fmt: skip
    of_json = columns | {
        "AddressSpaces": [
            {"Type": "SMTP", "Address": "*", "Domain": "*", "Cost": 1},
            {"Type": "SMTP", "Address": "fabrikam.com", "Domain": "fabrikam.com", "Cost": 5},
        ],
        "SmartHosts": "relay.example.net", "TlsAuthLevel": 2, "SmartHostAuthMechanism": 4, "Port": 587,
        "SourceTransportServers": {"value": ["EX01", "EX02"], "Count": 2}, "Enabled": True,
        "TlsCertificateName": {"CertificateIssuer": "CN=Example CA", "CertificateSubject": "CN=mail.contoso.com"},
    }  # fmt: skip
    expected = {
        "name": "Via relay", "direction": "send", "enabled": True, "recipient_domains": ["*", "fabrikam.com"],
        "smart_hosts": ["relay.example.net"], "use_mx_record": False, "tls_settings": "CertificateValidation",
        "owner_kind": "partner", "tls_certificate_name": "<I>CN=Example CA<S>CN=mail.contoso.com", "require_tls": True,
        "authentication": ["BasicAuthRequireTLS"], "source_servers": ["EX01", "EX02"], "fqdn": "mail.contoso.com",
        "port": 587, "max_size_bytes": 36_700_160,
    }  # fmt: skip
    assert rows(listed(columns)) == rows(table(list(columns), columns)) == rows(json.dumps(of_json)) == [expected]


def test_a_receive_connector_tells_who_may_use_it() -> None:
    columns = {
        "Identity": "EX01\\Default Frontend EX01", "Bindings": "{0.0.0.0:25}", "Server": "EX01",
        "RemoteIPRanges": "{0.0.0.0-255.255.255.255, 2001:db8::/32}", "AuthMechanism": "Tls, BasicAuth, ExchangeServer",
        "PermissionGroups": "AnonymousUsers, ExchangeServers",
    }  # fmt: skip
    of_json = columns | {"AuthMechanism": 21, "PermissionGroups": 5}
    expected = {
        "name": "Default Frontend EX01", "direction": "receive", "owner_kind": "undetermined",
        "sender_addresses": ["0.0.0.0-255.255.255.255", "2001:db8::/32"], "source_servers": ["EX01"],
        "authentication": ["Tls", "BasicAuth", "ExchangeServer"], "permissions": ["AnonymousUsers", "ExchangeServers"],
    }  # fmt: skip
    assert rows(listed(columns)) == rows(json.dumps([of_json])) == [expected]


@pytest.mark.parametrize(("number", "word"), [(0, "Authoritative"), (1, "ExternalRelay"), (2, "InternalRelay")])
def test_accepted_domains_in_json_have_numbers_for_types(number: int, word: str) -> None:
    name = {"Domain": "Contoso.com", "IncludeSubDomains": False}
    for domain in ("Contoso.com", name):
        given = {"DomainName": domain, "DomainType": number, "Default": True}
        assert rows(json.dumps(given)) == [{"domain": "contoso.com", "domain_type": word, "is_default": True}]


def test_remote_domains_are_read_from_csv_and_json() -> None:
    columns = {
        "Name": "Default", "DomainName": "*", "AllowedOOFType": "External", "AutoReplyEnabled": "False",
        "AutoForwardEnabled": "True", "DeliveryReportEnabled": "True", "NDREnabled": "False", "TNEFEnabled": "",
        "TrustedMailOutboundEnabled": "False", "TrustedMailInboundEnabled": "False",
    }  # fmt: skip
    of_json = columns | {
        "DomainName": {"Domain": "*", "IsStar": True}, "AllowedOOFType": 0, "AutoReplyEnabled": False,
        "AutoForwardEnabled": True, "TNEFEnabled": None,
    }  # fmt: skip
    expected = {
        "name": "Default", "domain": "*", "allowed_oof": "External", "auto_reply_enabled": False,
        "auto_forward_enabled": True, "delivery_report_enabled": True, "ndr_enabled": False,
        "trusted_mail_outbound": False, "trusted_mail_inbound": False,
    }  # fmt: skip
    assert read(table(list(columns), columns))[0] == "remote_domains"
    assert rows(table(list(columns), columns)) == rows(json.dumps([of_json])) == [expected]


def test_one_json_may_hold_connectors_of_both_directions() -> None:
    inbound = {"Name": "In", "ConnectorType": 1, "SenderDomains": ["*"]}
    found = rows(json.dumps([OUTBOUND_OF_7, inbound]))
    assert [(row["name"], row["direction"]) for row in found] == [("Fabrikam TLS", "outbound"), ("In", "inbound")]


@pytest.mark.parametrize(
    ("columns", "kind"),
    [
        ({"ConnectorType": "OnPremises", "SmartHosts": "203.0.113.7"}, "own"),
        ({"ConnectorType": "Partner", "UseMXRecord": "True", "RecipientDomains": "*"}, "internet"),
        ({"ConnectorType": "Partner", "UseMXRecord": "True", "RecipientDomains": "fabrikam.com"}, "partner"),
        ({"ConnectorType": "Partner", "SmartHosts": "mx.example.net", "RecipientDomains": "*"}, "partner"),
        ({"AddressSpaces": "SMTP:*;1", "DNSRoutingEnabled": "True"}, "internet"),
        ({"AddressSpaces": "SMTP:*;1", "SmartHosts": "contoso-com.mail.protection.outlook.com"}, "microsoft"),
        ({"AddressSpaces": "contoso.mail.onmicrosoft.com;1", "DNSRoutingEnabled": "True"}, "microsoft"),
        ({"AddressSpaces": "SMTP:*;1", "SmartHosts": "[10.1.2.3],relay.contoso.local,RELAY"}, "own"),
        ({"AddressSpaces": "SMTP:*;1", "SmartHosts": "relay.example.net,[203.0.113.7]"}, "partner"),
        ({"AddressSpaces": "SMTP:*;1", "SmartHosts": "[203.0.113.7]"}, "undetermined"),
        ({"AddressSpaces": "SMTP:*;1", "SmartHosts": "relay.example.net,[10.1.2.3]"}, "undetermined"),
        ({"AddressSpaces": "SMTP:*;1", "SmartHosts": "", "SmartHostsString": "[192.168.1.1]"}, "own"),
    ],
)
def test_who_runs_the_server_is_told_by_type_and_route(columns: dict[str, str], kind: str) -> None:
    [row] = rows(table(["Name", *columns], {"Name": "x"} | columns))
    assert row["owner_kind"] == kind
