"""mailtrend explain with a lake: exports of connectors tell whose server it is, and steps name it."""

from __future__ import annotations

import json

import pytest

from support.cli import mailtrend

CONNECTORS = """\
"Name","ConnectorType","Enabled","RecipientDomains","SmartHosts","UseMXRecord","TlsSettings"
"To on-premises","OnPremises","True","contoso.com","mail.contoso.com","False","CertificateValidation"
"To O'Hara; calc","Partner","True","fabrikam.com","gate.fabrikam.com","False",""
"""
REFUSED = "450 4.4.316 Connection refused [Message=Socket error code 10061] [LastAttemptedServerName={host}]"


@pytest.fixture(scope="module")
def lake(tmp_path_factory):
    folder = tmp_path_factory.mktemp("place")
    (folder / "connectors.csv").write_text(CONNECTORS, encoding="utf-8")
    done = mailtrend("ingest", folder / "connectors.csv", "--lake", folder / "lake")
    assert done.code == 0, done.err
    return folder / "lake"


def explained(lake, *arguments):
    done = mailtrend("explain", "--format", "json", "--lake", lake, *arguments)
    assert done.code == 0, done.err
    return json.loads(done.out)


def test_a_smart_host_of_ones_own_connector_is_on_premises(lake):
    found = explained(lake, REFUSED.format(host="mail.contoso.com"))
    assert (found["owner_kind"], found["owner"], found["connector"]) == ("own", "on_premises", "To on-premises")
    assert found["owner_depends_on"] is None
    assert any('-Identity "To on-premises"' in step for step in found["steps"])


def test_a_partners_connector_is_the_partners_and_has_a_name(lake):
    found = explained(lake, "--connector", "to o'hara; CALC", "4.4.315")
    assert (found["owner_kind"], found["owner"], found["partner"]) == ("partner", "partner", "fabrikam.com")
    told = " ".join(found["steps"])
    assert "gate.fabrikam.com" in told
    assert "'To O''Hara; calc'" in told


def test_a_server_that_no_connector_leads_to_was_found_through_mx(lake):
    found = explained(lake, REFUSED.format(host="mx.example.net"))
    assert (found["owner_kind"], found["owner"]) == ("internet", "recipient_organization")


def test_without_a_lake_the_owner_hangs_on_whose_server_it_is(tmp_path):
    found = explained(tmp_path / "none", REFUSED.format(host="mail.contoso.com"))
    assert found["owner"] == "undetermined"
    assert "whose" in found["owner_depends_on"] or "who runs mail.contoso.com" in found["owner_depends_on"]
    assert found["owners"] == {"own": "on_premises", "partner": "partner", "internet": "recipient_organization"}


def test_an_unknown_connector_is_refused_with_the_nearest_name(lake, tmp_path):
    done = mailtrend("explain", "--lake", lake, "--connector", "To onpremises", "4.4.316")
    assert (done.code, done.out) == (2, "")
    assert "did you mean 'To on-premises'?" in done.err
    done = mailtrend("explain", "--lake", tmp_path / "none", "--connector", "To on-premises", "4.4.316")
    assert done.code == 2
    assert "no lake that knows connector 'To on-premises'" in done.err
