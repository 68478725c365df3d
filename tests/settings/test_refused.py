"""What mailtrend.toml must not hold is refused: where it stands, what is wrong, and how to mend it."""

from __future__ import annotations

from pathlib import Path

import pytest

from mailtrend.errors import SettingsError
from mailtrend.settings import load

WINDOW = "[[maintenance]]\n"
REFUSED = {
    '[[ignore]]\nconector = "A"': ("[[ignore]] 1 unknown key 'conector'", "did you mean 'connector'?"),
    '[[ignore]]\nconnector = "A"\n[[ignore]]\nkind = "brust"': ("[[ignore]] 2 kind", "did you mean 'burst'?"),
    '[[ignore]]\nowner = ["dns", "netwrk"]': ("[[ignore]] 1 owner", "did you mean 'network'?"),
    '[[ignore]]\nnote = "no matcher"': ("which incidents it is for", ""),
    '[[ignore]]\nstatus_code = "4.4"': ("'4.4' is no status code", ""),
    '[[ignore]]\nconnector = " "': ("must not be empty", ""),
    "[[ignore]]\nconnector = []": ("[[ignore]] 1 connector", ""),
    '[ignore]\nconnector = "A"': ("'ignore' is no table", "write it as [[ignore]], its keys below"),
    "ignore = 5": ("'ignore' is no table", "write it as [[ignore]]"),
    '[[acknowledge]]\nconnector = "A"': ("[[acknowledge]] 1 until: field required", ""),
    "[[acknowledge]]\nuntil = 2026-06-12": ("which incidents it is for", ""),
    '[[acknowledge]]\nconnector = "A"\nuntil = "soon"': ("[[acknowledge]] 1 until", "a time such as 2026-06-12"),
    '[[severity]]\nconnector = "A"\nseverity = "waning"': ("[[severity]] 1 severity", "did you mean 'warning'?"),
    '[[severity]]\nconnector = "A"': ("[[severity]] 1 severity: field required", ""),
    'vip = ["the boss"]': ("'the boss' is neither an address", ""),
    "vip = 5": ("vip", ""),
    WINDOW + 'from = "22:00"\nuntil = "23:00"': ("from has to be a date with a time", ""),
    WINDOW + 'days = ["sat"]\nfrom = 2026-06-12\nuntil = "23:00"': ("has to be a time of day", ""),
    WINDOW + 'days = ["sut"]\nfrom = "22:00"\nuntil = "23:00"': ("[[maintenance]] 1 days", "did you mean 'sun'?"),
    WINDOW + 'days = []\nfrom = "22:00"\nuntil = "23:00"': ("[[maintenance]] 1 days", ""),
    WINDOW + 'days = ["sat"]\nfrom = "22:00"': ("[[maintenance]] 1 until: field required", ""),
    WINDOW + "from = 2026-06-13\nuntil = 2026-06-12": ("until must be later than from", ""),
    WINDOW + "from = 2026-06-12T10:00:00Z\nuntil = 2026-06-12T12:00:00": ("both of them a zone, or neither", ""),
    WINDOW + "from = 0001-01-01\nuntil = 2026-06-12": ("the year 1 lies beyond all logs", ""),
    WINDOW + 'from = 2026-06-12\nuntil = 2026-06-13\ntimezone = "Europe/Berln"': ("no time zone", "'Europe/Berlin'?"),
    "[thresholds]\nleast_failures = 0": ("[thresholds] least_failures", ""),
    "[thresholds]\nmost_q = 0.9": ("[thresholds] most_q", ""),
    "[thresholds]\nleast_failure = 9": ("unknown key 'least_failure'", "did you mean 'least_failures'?"),
    "[[thresholds]]\nleast_failures = 9": ("'thresholds' is no table", "write it as [thresholds]"),
    'timezone = "Europe/Berln"': ("no time zone 'Europe/Berln'", "did you mean 'Europe/Berlin'?"),
}


@pytest.mark.parametrize("text", REFUSED)
def test_a_wrong_setting_is_refused_with_its_place_and_how_to_mend_it(text: str, tmp_path: Path) -> None:
    file = tmp_path / "mailtrend.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError) as caught:
        load(file)
    what, mend = REFUSED[text]
    assert what in caught.value.what
    assert mend in caught.value.mend
    assert caught.value.where == str(file)


def test_a_list_in_the_environment_that_is_no_json_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAILTREND_VIP", "ceo@contoso.com")
    with pytest.raises(SettingsError) as caught:
        load()
    assert (caught.value.where, caught.value.what) == ("MAILTREND_VIP", "is no JSON")
    monkeypatch.setenv("MAILTREND_VIP", '["ceo@contoso.com"]')
    assert load().vip == ("ceo@contoso.com",)
