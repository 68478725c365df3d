"""Who has to act has words in every place where it is told."""

from __future__ import annotations

import pytest

from mailtrend import contracts, owners


def test_every_owner_has_words_and_no_other_key_has() -> None:
    assert set(owners.OWNERS) == set(contracts.OWNERS)
    assert all(all(told.strip() for told in words) for words in owners.OWNERS.values())


@pytest.mark.parametrize("told", [owners.full, owners.short])
def test_an_unknown_owner_stands_as_it_is(told) -> None:
    assert told("night_shift") == "night shift"
