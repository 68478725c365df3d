"""Half a value is none: a known text cut at any place gives no code, host or address that the whole text does not hold."""

from __future__ import annotations

import re

import pytest

from knowledge.labels import Labelled, labelled
from mailtrend.knowledge import explain

TEXTS = labelled()
PARTS = 8
CODES = ("reply_code", "status_code", "remote_reply_code", "remote_status_code")
ONLY_CODES = re.compile(r"[^0-9a-z]*(?:[a-z-]{2,20} ?[:;=] ?){0,3}[-\d.#\s\[(,:]*", re.IGNORECASE)
"""A text that holds nothing else stands for itself: nobody can tell 5.7.2 from half of 5.7.26."""
OTHERS = re.compile(r"Status: [\d.]+|\[\{LED=[\d .]+(?=.*\}\];\[\{)")
"""Codes that count only until the text goes on: of a notification without its diagnosis, of a first recipient."""
SUFFIX = ". OutboundProxyTarget"
"""Exchange Online puts it behind what it has cut: it is whole."""


def places(one: Labelled) -> range:
    end = one.text.find(SUFFIX)
    return range(1, len(one.text) if end < 0 else end + 1)


def cut(one: Labelled) -> list[str]:
    texts = [one.text[:place] for place in places(one)]
    suffix = one.text[one.text.find(SUFFIX) :] if SUFFIX in one.text else ""
    return [text + suffix for text in texts if not ONLY_CODES.fullmatch(text)]


def codes_of(text: str) -> set[str]:
    """Everything that is written like a code."""
    found = re.findall(r"(?<![\d.])[245]\d\d(?!\d)|(?<![\d.])[245]\d\d(?=[245]\.\d)|[245][.-]\d{1,3}\.\d{1,3}", text)
    return {code.replace("-", ".") for code in found}


def names_of(text: str) -> set[str]:
    """Everything that is written like a name or an address, with and without its port."""
    words = re.findall(r"[a-zA-Z0-9.:-]*[a-zA-Z0-9:-]", text)
    return {*words, *(word.rpartition(":")[0] for word in words)}


@pytest.mark.parametrize("part", range(PARTS))
def test_a_text_cut_anywhere_gives_whole_values_and_the_right_outer_code_or_none(part):
    pairs = [(one, text) for one in TEXTS[part::PARTS] for text in cut(one)]
    for (one, text), found in zip(pairs, explain([text for _, text in pairs]), strict=True):
        told = one.text.replace("_", " ")
        assert {str(value) for name in CODES if (value := getattr(found, name)) is not None} <= codes_of(told), text
        assert {found.remote_host, found.remote_ip} - {None} <= names_of(told), text
        if one.told.remote_reply_code is None:
            right = {str(one.told.status_code), *codes_of(" ".join(OTHERS.findall(one.text)))}
            assert found.status_code is None or found.status_code in right, text
