"""What stands in a cell of an export, in all the ways PowerShell writes it: texts, lists, flags, enumerations."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

SEPARATORS: Final = re.compile(r"[;,|\s{}]+")
UNEXPANDED: Final = re.compile(
    r"(?:Deserialized\.)?(?:Microsoft\.Exchange|System)\.[\w.]*"
    r"(?:MultiValuedProperty|ArrayList|List|Collection|String|Object)(?:`\d+)?(?:\[.*\])?"
)
"""The name of a type, which is what Export-Csv writes in the place of a list."""
ELIDED: Final = re.compile(r"(?:\.\.\.|…)\s*\}?$")
"""The end of a list that Format-List cut short."""
DEEPEST: Final = 8
"""Objects within objects that are looked into; ConvertTo-Json writes two of them unless told otherwise."""
MEMBERS: Final = (
    "IPAddressToString", "HostnameString", "Address", "Domain", "SmtpDomain", "Name", "Value", "value", "RawIdentity",
)  # fmt: skip
"""Which member of an object is the text it stands for, the first that is filled."""
_FLAGS: Final = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}
_SUM: Final = re.compile(r"[0-9]{1,9}")
_WHOLE: Final = re.compile(r"[0-9]{1,18}")
_BYTES: Final = re.compile(r"\(([\d,.\s\u00a0\u202f']+) bytes\)")


def plain(name: str) -> str:
    """The name of a column as it is compared: without case, quotes, dashes and blanks."""
    return name.strip().strip('"\ufeff').replace("-", "").replace("_", "").replace(" ", "").lower()


@dataclass
class Cells:
    """One row of an export, asked by the plain names of its columns; notes which lists it could not read."""

    values: Mapping[str, object]
    unexpanded: list[str] = field(default_factory=list)
    """Plain names of columns that hold the name of a type in the place of a list."""
    elided: list[str] = field(default_factory=list)
    """Plain names of columns whose list was cut short."""

    def text(self, *names: str) -> str:
        """The text of the first of these columns that is filled; empty if none is."""
        for name in names:
            found = ",".join(self._texts(name) or ())
            if found:
                return found
        return ""

    def flag(self, name: str) -> bool | None:
        """True, False, or None where the export does not say."""
        return _FLAGS.get(self.text(name).lower())

    def number(self, name: str) -> int | None:
        """A whole number, None where there is none."""
        text = self.text(name)
        return int(text) if _WHOLE.fullmatch(text) else None

    def size(self, name: str) -> int | None:
        """A size in bytes, as in `35 MB (36,700,160 bytes)`; None if there is none or it is unlimited."""
        told = _BYTES.search(self.text(name))
        digits = re.sub(r"\D", "", told[1]) if told else ""
        return int(digits) if _WHOLE.fullmatch(digits) else self.number(name)

    def choice(self, name: str, numbers: Mapping[str, str]) -> str | None:
        """A word of an enumeration; ConvertTo-Json writes its number."""
        text = self.text(name)
        return numbers.get(text, text) or None

    def choices(self, name: str, numbers: Mapping[int, str]) -> list[str] | None:
        """Words of an enumeration of which several may hold; ConvertTo-Json writes the sum of their numbers."""
        words = self.words(name)
        if words is None or len(words) != 1 or not _SUM.fullmatch(words[0]):
            return words
        total = int(words[0])
        return [word for number, word in numbers.items() if total & number]

    def words(self, name: str) -> list[str] | None:
        """The values of a list as they are spelled; None where the export does not tell them."""
        texts = self._texts(name)
        return None if texts is None else [word for text in texts for word in SEPARATORS.split(text) if word]

    def _texts(self, name: str) -> list[str] | None:
        if name not in self.values:
            return None
        found = [text.strip() for text in _flat(self.values[name], 0)]
        if any(UNEXPANDED.fullmatch(text) for text in found):
            self.unexpanded.append(name)
            return None
        if found and found[0].startswith("{") and ELIDED.search(found[-1]):
            self.elided.append(name)
            found[-1] = ELIDED.sub("", found[-1])
        return [text for text in found if text]


def _flat(value: object, depth: int) -> Iterator[str]:
    """The texts of a value: of a list those of its members, of an object that of the member it stands for."""
    if value is None or depth > DEEPEST:
        return
    if isinstance(value, list | tuple):
        for each in value:
            yield from _flat(each, depth + 1)
    elif isinstance(value, dict):
        yield from _flat(_member(value), depth + 1)
    else:
        yield str(value)


def _member(value: Mapping[str, object]) -> object:
    """What an object stands for. An enumeration from a remote session is `{"value": 1, "Value": "OnPremises"}`."""
    if isinstance(value.get("value"), list):
        return value["value"]
    if value.get("CertificateSubject"):
        return f"<I>{value.get('CertificateIssuer') or ''}<S>{value['CertificateSubject']}"
    if value.get("IsIPAddress") is False:
        return value.get("Domain")
    return next((value[name] for name in MEMBERS if value.get(name) not in (None, "")), None)
