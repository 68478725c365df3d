"""The year that a syslog's stamps leave out: from the date of the file, the user, and what the months show."""

from __future__ import annotations

import re
from calendar import isleap
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from mailtrend.formats._syslog_folds import MONTHS
from mailtrend.formats.base import FileFacts

CLASSIC: Final = (
    r"^(?:<\d{1,3}>|[^ {]+ *\| *|\{.*?\"(?:log|message)\": ?\")*"
    r"(?P<month>Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) [ 0-3]\d \d\d:"
)
YEAR_END: Final = 12
MID_YEAR: Final = 6


@dataclass(frozen=True)
class Years:
    """Year `last` of a file's last lines; months after `last_month` are of the year before."""

    stamped: bool
    """Does any stamp lack its year?"""
    last: int
    last_month: int
    remarks: list[str] = field(default_factory=list)

    def of(self, month: str) -> int:
        """The year of stamps of a month."""
        return self.last if MONTHS.index(month) < self.last_month else self.last - 1

    @property
    def sql(self) -> str:
        """The year of `stamp`."""
        if self.last_month == YEAR_END:
            return f"'{self.last}'"
        months = ", ".join(f"'{name}'" for name in MONTHS[: self.last_month])
        return f"CASE WHEN left(stamp, 3) IN ({months}) THEN '{self.last}' ELSE '{self.last - 1}' END"


def years_of(texts: pa.ChunkedArray, facts: FileFacts) -> Years:
    """What years the year-less stamps of a log that begins with `texts` are of."""
    stamped = texts.filter(pc.match_substring_regex(texts, CLASSIC))
    if not len(stamped):
        return Years(False, 2000, YEAR_END)
    months = [MONTHS.index(name) + 1 for name in _runs(stamped)]
    last, last_month = _last_year(months, facts)
    remarks = []
    if _rounds(months) > 1:
        remarks.append(
            "its stamps have no year and its months go round more than once: only the last two years can be right; "
            "cut it into one file a year, and name each with --year"
        )
    leap = _with_a_leap_day(stamped, last, last_month)
    if leap != last and facts.options.year is None:
        remarks.append(
            f"it has a 29 February: its stamps, which have no year, are taken to be of {leap}, not of {last}"
        )
        last = leap
    return Years(True, last, last_month, remarks)


def _runs(stamped: pa.ChunkedArray) -> list[str]:
    """The months of the stamps in turn, each named once where it goes on."""
    starts = pc.utf8_slice_codeunits(stamped, 0, 3)
    if not pc.all(pc.is_in(starts, pa.array(MONTHS))).as_py():
        starts = pc.struct_field(pc.extract_regex(stamped, CLASSIC), "month")
    names = pa.concat_arrays(starts.chunks).dictionary_encode()
    runs = pc.run_end_encode(names.indices).values.to_pylist()
    return [str(names.dictionary[each]) for each in runs]


def _ends(months: list[int]) -> int:
    """How often a year ends within these months."""
    return sum(before > MID_YEAR >= after for before, after in pairwise(months))


def _rounds(months: list[int]) -> int:
    """How many years have a month in common with the last one, that one too."""
    ends = _ends(months)
    return ends + (ends == 1 and months[-1] >= months[0])


def _with_a_leap_day(stamped: pa.ChunkedArray, last: int, last_month: int) -> int:
    """`last`, or where there is a 29 February, the latest year up to it that makes February's a leap year."""
    hits = stamped.filter(pc.match_substring(stamped, "Feb 29 "))
    if not any(re.match(CLASSIC, text or "") and "Feb 29 " in (text or "")[:80] for text in hits[:20].to_pylist()):
        return last
    year = last
    while not isleap(year if last_month > 1 else year - 1):
        year -= 1
    return year


def _last_year(months: list[int], facts: FileFacts) -> tuple[int, int]:
    """Year of the file's last lines, and the last month that may be of it: later months are of the year before."""
    first, last, ends = months[0], months[-1], _ends(months)
    before_it_began = MID_YEAR if first > MID_YEAR else first - 1
    if facts.options.year is not None:
        rolls = first > MID_YEAR or (ends and first > 1)
        return (facts.options.year + 1, before_it_began) if rolls else (facts.options.year, YEAR_END)
    if ends and first > 1:
        return facts.modified_year - (last > facts.modified_month), before_it_began
    if first <= facts.modified_month:
        return facts.modified_year, YEAR_END
    between = facts.modified_month <= MID_YEAR < first
    return facts.modified_year, MID_YEAR if between else facts.modified_month
