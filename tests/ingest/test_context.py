"""Connector, accepted-domain and change lists are known by their columns and read row by row."""

from __future__ import annotations

from datetime import datetime

from mailtrend.formats.base import Head
from mailtrend.ingest.context import read_context, recognise_context

CONNECTORS = (
    '#TYPE Deserialized.Connector\n"Enabled","UseMXRecord","ConnectorType","RecipientDomains","SmartHosts","TlsSettings","TlsDomain","Name"\n'
    '"True","False","OnPremises","smtp:contoso.com;1","[192.0.2.25] mail.contoso.com","","","To on-premises"\n'
    '"False","True","Partner","*.fabrikam.com","","DomainValidation","*.Fabrikam.com","Fabrikam"\n'
    '"True","True","Partner","","","","",""\n'
)


def _read(name, text):
    return read_context(name, text, tenant="default", file_id="f1", label="x.csv")


def test_outbound_connectors_are_known_and_read():
    assert recognise_context(Head("x.csv", CONNECTORS)) == "connectors"
    found = _read("connectors", CONNECTORS)
    own, partner = found.table.to_pylist()
    assert (own["name"], own["owner_kind"], own["enabled"], own["use_mx_record"]) == (
        "To on-premises",
        "own",
        True,
        False,
    )
    assert own["smart_hosts"] == ["192.0.2.25", "mail.contoso.com"]
    assert own["recipient_domains"] == ["contoso.com"]
    assert (partner["owner_kind"], partner["tls_domain"]) == ("partner", "*.fabrikam.com")
    assert (found.rows, [(line, reason) for line, reason, _ in found.rejects]) == (
        3,
        [(5, "the connector has no name")],
    )


def test_accepted_domains_are_known_and_read_in_a_semicolon_export_too():
    text = '"Name";"DomainName";"DomainType";"Default"\n"x";"Contoso.com";"InternalRelay";"True"\n'
    assert recognise_context(Head("x.csv", text)) == "accepted_domains"
    assert _read("accepted_domains", text).table.to_pylist() == [
        {
            "tenant": "default",
            "domain": "contoso.com",
            "domain_type": "InternalRelay",
            "is_default": True,
            "file_id": "f1",
        }
    ]


def test_changes_are_read_in_utc_and_an_unreadable_time_is_a_reject():
    text = "time,kind,subject,note\n2026-10-12T08:00+02:00,Migration,contoso.com,done\nsoon,dns,x,\n"
    assert recognise_context(Head("changes.csv", text)) == "changes"
    found = _read("changes", text)
    assert found.table["time"].to_pylist() == [datetime(2026, 10, 12, 6, 0)]
    assert found.table["kind"].to_pylist() == ["migration"]
    [(line, reason, _)] = found.rejects
    assert line == 3
    assert "ISO 8601" in reason


def test_other_tables_are_not_taken_for_context():
    assert recognise_context(Head("x.csv", "name,age\nx,1\n")) is None
