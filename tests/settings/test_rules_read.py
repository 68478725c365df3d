"""Rules of mailtrend.toml as they are read: words, windows in every zone, and limits that the detectors know."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path
from typing import get_args

import pytest

from mailtrend import contracts
from mailtrend.detect.thresholds import Thresholds as Detectors
from mailtrend.settings import Maintenance, Settings, Thresholds, load, matchers
from mailtrend.settings.windows import Window, windows

TOML = """
vip = ["CEO@contoso.com", "@board.contoso.com"]
[[ignore]]
connector = "Test *"
status_code = ["4.4.*", "5.1.10"]
[[acknowledge]]
incident = "ABCDEF0123456789"
until = 2026-06-12T12:00:00+02:00
[[maintenance]]
days = ["sat", "Sun"]
from = "22:00"
until = 04:00:00
[thresholds]
least_failures = 8
"""


def test_rules_are_read_with_one_value_or_several_and_times_become_utc(tmp_path: Path) -> None:
    file = tmp_path / "mailtrend.toml"
    file.write_text(TOML, encoding="utf-8")
    found = load(file)
    assert found.vip == ("ceo@contoso.com", "@board.contoso.com")
    assert found.ignore[0].connector == ("Test *",)
    assert found.ignore[0].status_code == ("4.4.*", "5.1.10")
    assert found.acknowledge[0].incident == ("abcdef0123456789",)
    assert found.acknowledge[0].until == datetime(2026, 6, 12, 10)
    assert found.maintenance[0].days == ("sat", "sun")
    assert found.thresholds.given == {"least_failures": 8}


def test_without_rules_nothing_is_set() -> None:
    plain = Settings()
    assert (plain.ignore, plain.vip, plain.thresholds.given) == ((), (), {})


def test_the_words_of_rules_are_those_of_the_contract() -> None:
    assert get_args(matchers.Kind) == contracts.KINDS
    assert get_args(matchers.Owner) == contracts.OWNERS
    assert get_args(matchers.Level) == contracts.SEVERITIES


def test_every_limit_of_the_detectors_can_be_set_and_its_default_lies_within_the_bounds() -> None:
    assert tuple(Thresholds.model_fields) == Detectors._fields
    assert Thresholds(**Detectors()._asdict()).given == Detectors()._asdict()


def once(zone: str | None = None) -> Maintenance:
    return Maintenance.model_validate({"from": "2026-06-12T22:00", "until": "2026-06-13T02:00", "timezone": zone})


def weekly(*days: str, begin: str = "22:00", until: str = "04:00", zone: str = "Europe/Berlin") -> Maintenance:
    return Maintenance.model_validate({"days": days, "from": begin, "until": until, "timezone": zone})


@pytest.mark.parametrize(
    ("rule", "zone", "expected"),
    [
        (once(), "UTC", Window(datetime(2026, 6, 12, 22), datetime(2026, 6, 13, 2))),
        (once(), "America/New_York", Window(datetime(2026, 6, 13, 2), datetime(2026, 6, 13, 6))),
        (once("Asia/Tokyo"), "UTC", Window(datetime(2026, 6, 12, 13), datetime(2026, 6, 12, 17))),
    ],
)
def test_a_window_of_once_is_read_in_its_zone_else_in_that_of_the_settings(
    rule: Maintenance, zone: str, expected: Window
) -> None:
    assert windows(rule, datetime(2026, 6, 1), datetime(2026, 7, 1), zone) == [expected]
    assert windows(rule, datetime(2026, 7, 1), datetime(2026, 8, 1), zone) == []


def test_a_weekly_window_ends_on_the_next_day_and_follows_summer_time() -> None:
    # Clocks in Berlin are put on at 01:00 UTC of Sunday 29 March 2026: 22:00 is 21:00 UTC before, 20:00 UTC after.
    found = windows(weekly("sat"), datetime(2026, 3, 21), datetime(2026, 4, 6))
    assert found == [
        Window(datetime(2026, 3, 21, 21), datetime(2026, 3, 22, 3)),
        Window(datetime(2026, 3, 28, 21), datetime(2026, 3, 29, 2)),
        Window(datetime(2026, 4, 4, 20), datetime(2026, 4, 5, 2)),
    ]


def test_a_window_from_midnight_to_midnight_is_a_whole_day() -> None:
    found = windows(weekly("sun", begin="00:00", until="00:00", zone="UTC"), datetime(2026, 6, 1), datetime(2026, 6, 8))
    assert found == [Window(datetime(2026, 6, 7), datetime(2026, 6, 8))]


def test_every_example_of_the_documentation_is_read_and_limits_stand_there_as_they_are(tmp_path: Path) -> None:
    page = Path(__file__).resolve().parents[2] / "docs" / "settings.md"
    examples = re.findall(r"```toml\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)
    file = tmp_path / "mailtrend.toml"
    limits = []
    for text in examples:
        file.write_text(text, encoding="utf-8")
        limits.append(load(file).thresholds.given)
    assert [each for each in limits if each] == [Detectors()._asdict()]
