"""What is broken or missing in an export of connectors or domains is said, and costs no other row."""

from __future__ import annotations

import json

import pytest

from mailtrend.formats.base import Head
from mailtrend.ingest.context import recognise_context
from support.cli import mailtrend
from support.contexts import OUTBOUND_OF_7, listed, read
from support.exports import table


@pytest.mark.parametrize(
    "type_name",
    [
        "Microsoft.Exchange.Data.MultiValuedProperty`1[Microsoft.Exchange.Data.SmtpDomainWithSubdomains]",
        "System.Collections.ArrayList",
        "System.Object[]",
        "System.String[]",
        "System.Collections.Generic.List`1[System.String]",
    ],
)
def test_lists_that_were_not_expanded_are_unknown_and_a_warning_says_how_to_mend_it(type_name: str) -> None:
    row = {"Name": "A", "ConnectorType": "Partner", "RecipientDomains": type_name, "SmartHosts": "mail.fabrikam.com"}
    _, found = read(table(list(row), row, row | {"Name": "B"}))
    assert found.table["recipient_domains"].to_pylist() == [None, None]
    assert found.table["smart_hosts"].to_pylist() == [["mail.fabrikam.com"]] * 2
    [warning] = found.warnings
    assert "(RecipientDomains)" in warning
    assert "`Get-OutboundConnector | ConvertTo-Json -Depth 4`" in warning


def test_a_list_that_format_list_cut_short_is_read_as_far_as_it_goes() -> None:
    row = {"Name": "A", "AddressSpaces": "{SMTP:a.example.com;1, SMTP:b.example.com;1...}", "SmartHosts": "{}"}
    _, found = read(listed(row))
    assert found.table["recipient_domains"].to_pylist() == [["a.example.com", "b.example.com"]]
    assert found.warnings[0].startswith("lists were cut short by Format-List (AddressSpaces)")


def test_a_value_that_goes_on_in_the_next_line_of_a_list_is_put_together() -> None:
    text = "\nName          : A\nAddressSpaces : {SMTP:a.example.com;1,\n                SMTP:b.example.com;1}\n\n"
    _, found = read(text)
    assert found.table["recipient_domains"].to_pylist() == [["a.example.com", "b.example.com"]]


def test_a_broken_object_costs_no_other() -> None:
    good = json.dumps(OUTBOUND_OF_7, indent=4)
    other = json.dumps(OUTBOUND_OF_7 | {"Name": "Other"}, indent=4)
    broken = good.replace('"UseMXRecord": false', '"UseMXRecord": fal')
    _, found = read(f"{good}\n{broken}\n{other}\n")
    assert found.table["name"].to_pylist() == ["Fabrikam TLS", "Other"]
    [(line, reason, text)] = found.rejects
    assert (line, reason) == (good.count("\n") + 2, "not valid JSON")
    assert text.startswith("{")
    assert found.rows == 3


def test_json_that_breaks_off_keeps_what_came_before() -> None:
    whole = json.dumps([OUTBOUND_OF_7, OUTBOUND_OF_7 | {"Name": "Other"}])
    _, found = read(whole[:-40])
    assert found.table["name"].to_pylist() == ["Fabrikam TLS"]
    assert [(line, reason) for line, reason, _ in found.rejects] == [(1, "not valid JSON")]


def test_rows_of_the_wrong_width_are_rejects() -> None:
    text = table(["Name", "ConnectorType", "SmartHosts"], {"Name": "A", "ConnectorType": "Partner"})
    _, found = read(text + '"B","Partner"\r\n"C","Partner","x","y"\r\n')
    assert found.table["name"].to_pylist() == ["A"]
    assert [(line, reason) for line, reason, _ in found.rejects] == [
        (3, "the row has 2 cells, the header 3"),
        (4, "the row has 4 cells, the header 3"),
    ]


def test_a_header_alone_and_an_empty_array_are_no_error() -> None:
    _, found = read('"Name","ConnectorType","SmartHosts"\r\n')
    assert (found.rows, found.table.num_rows, found.rejects) == (0, 0, [])


def test_an_export_that_was_appended_to_another_repeats_its_header_and_nothing_else() -> None:
    text = table(["Name", "ConnectorType"], {"Name": "A", "ConnectorType": "Partner"})
    _, found = read(f"#TYPE X\r\n{text}#TYPE X\r\n{text}")
    assert (found.rows, found.table["name"].to_pylist()) == (2, ["A", "A"])


@pytest.mark.parametrize(
    "name", ["=cmd|' /C calc'!A0", "<script>alert(1)</script>", "a\nb", "Zoë; DROP TABLE x", "{", "日本"]
)
def test_hostile_names_come_through_as_they_are(name: str) -> None:
    row = {"Name": name, "ConnectorType": "Partner", "RecipientDomains": "fabrikam.com"}
    for text in (table(list(row), row), json.dumps(row)):
        assert read(text)[1].table["name"].to_pylist() == [name]


@pytest.mark.parametrize(
    "text",
    [
        '{"Name": "A", "ConnectorType": "Partner", "SmartHosts": ' + "[" * 5000 + "]" * 5000 + "}",
        '{"Name": "A", "ConnectorType": "Partner", "SmartHosts": {"Domain": {"Domain": {"Domain": {"Domain": 1}}}}}',
        '[1, "x", null, {"Name": "A", "ConnectorType": "Partner", "SmartHosts": []}]',
        '{"Name": "A", "ConnectorType": 99999999999999999999, "SmartHosts": [], "Port": 99999999999999999999}',
        '{"ConnectorType": "Partner", "SmartHosts": ["x"]}',
        "}}}]]]{{{[[[" + '"Name" "ConnectorType" "SmartHosts":',
    ],
)
def test_rows_of_odd_json_are_used_or_rejected(text: str) -> None:
    found = recognise_context(Head("x.json", text))
    if found:
        counted = read(text)[1]
        assert counted.rows == counted.table.num_rows + len(counted.rejects)


@pytest.mark.parametrize(
    "text",
    ['{"name": "x", "connectorType": "y"}', '[{"Name": "x", "Type": "y"}]', "Subject : hello\nBody : none\n", "", "[]"],
)
def test_other_json_and_other_lists_are_not_taken_for_exports(text: str) -> None:
    assert recognise_context(Head("x.json", text)) is None


def test_ingest_reads_them_in_utf_16_and_keeps_the_warning(tmp_path) -> None:
    export = tmp_path / "connectors.json"
    export.write_bytes(json.dumps([OUTBOUND_OF_7], indent=4).encode("utf-16"))
    lost = tmp_path / "send.csv"
    row = {"Name": "Via relay", "AddressSpaces": "System.Object[]", "SmartHosts": "relay.contoso.com"}
    lost.write_text(table(list(row), row), encoding="utf-8-sig")
    domains = tmp_path / "domains.json"
    domains.write_text(json.dumps({"DomainName": "contoso.com", "DomainType": 0}), encoding="utf-8")
    lake = tmp_path / "lake"
    assert mailtrend("ingest", export, lost, domains, "--lake", lake).code == 0
    asked = mailtrend("sql", "SELECT name, direction, owner_kind FROM connectors", "--lake", lake, "--format", "json")
    # The relay is under an accepted domain, so it is one's own.
    assert json.loads(asked.out) == [
        {"name": "Fabrikam TLS", "direction": "outbound", "owner_kind": "partner"},
        {"name": "Via relay", "direction": "send", "owner_kind": "own"},
    ]
    warned = mailtrend("sql", "SELECT unnest(warnings) AS warning FROM files", "--lake", lake, "--format", "json")
    [told] = json.loads(warned.out)
    assert "(AddressSpaces)" in told["warning"]
