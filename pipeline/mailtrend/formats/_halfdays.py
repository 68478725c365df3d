"""The words that cultures have for the two halves of a day, as .NET and ICU write them into exports."""

from __future__ import annotations

from typing import Final

PAIRS: Final = (
    ("a. m.", "p. m."), ("a.m.", "p.m."), ("A. M.", "P. M."), ("A.M.", "P.M."), ("am.", "pm."),
    ("上午", "下午"), ("午前", "午後"), ("오전", "오후"),
    ("SA", "CH"), ("π.μ.", "μ.μ."), ("πμ", "μμ"), ("ص", "م"), ("ق.ظ", "ب.ظ"), ("ق.ظ.", "ب.ظ."),
    ("לפנה״צ", "אחה״צ"), ("पूर्वाह्न", "अपराह्न"), ("म.पू.", "म.नं."), ("পূর্বাহ্ণ", "অপরাহ্ণ"),
    ("பூர்வாஹ்ன", "அபராஹ்ன"), ("காலை", "மாலை"), ("முற்பகல்", "பிற்பகல்"), ("పూర్వాహ్న", "అపరాహ్న"),
    ("ಪೂರ್ವಾಹ್ನ", "ಅಪರಾಹ್ನ"), ("પૂર્વ મધ્યાહ્ન", "ઉત્તર મધ્યાહ્ન"), ("ਸਵੇਰੇ", "ਸ਼ਾਮ"), ("ਪੂ.ਦੁ.", "ਬਾ.ਦੁ."),
    ("ก่อนเที่ยง", "หลังเที่ยง"), ("de.", "du."), ("dop.", "odp."), ("paradite", "pasdite"), ("e paradites", "e pasdites"),
    ("PD", "MD"), ("vm.", "nm."), ("fm", "em"), ("f.m.", "e.m."), ("ÖÖ", "ÖS"), ("ү.ө.", "ү.х."), ("үө", "үх"),
    ("ጥዋት", "ከሰዓት"), ("PG", "PTG"), ("ap.", "ip."), ("r.n.", "i.n."), ("дп", "пп"), ("පෙ.ව.", "ප.ව."), ("GH", "GD"),
    ("priekšp.", "pēcp."), ("priešpiet", "popiet"), ("f.h.", "e.h."), ("fh", "eh"),
)  # fmt: skip
"""(first half, second half). AM and PM themselves, in any case, need no table: strptime knows them."""

SPACES: Final = (" ", "\xa0", "\u202f")
"""The blanks that stand inside `a. m.` and before it: plain, no-break and narrow no-break."""


def _spellings(pair: tuple[str, str]) -> list[tuple[str, str]]:
    """`pair` with each kind of blank inside its words: ('a. m.', 'p. m.') has three spellings."""
    return [(pair[0].replace(" ", space), pair[1].replace(" ", space)) for space in SPACES]


KNOWN: Final = dict.fromkeys(both for pair in PAIRS for both in _spellings(pair))
"""All spellings of all pairs."""
PAIR_OF: Final = {word: both for both in KNOWN for word in both}
"""Word → the pair it belongs to."""
