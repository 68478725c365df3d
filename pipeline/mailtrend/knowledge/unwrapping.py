"""What mail programs, browsers and shells did to a text is undone: quoting, quoted-printable, HTML, line ends."""

from __future__ import annotations

import html
import re
from quopri import decodestring
from typing import Final

LONGEST: Final = 200_000
"""Characters that are looked at: a report with its attachments may be megabytes, its error stands at the beginning."""
DAMAGE: Final = re.compile(r"=(?:\r?\n|20[ \t]*\r?\n|3D|C2=A0|C3=[89AB]|E2=80)")
"""What only quoted-printable has: soft line ends, a blank at the end of a line, an equals sign, foreign letters."""
NAMES: Final = (
    "a|b|body|br|center|code|dd|div|dl|dt|em|font|h[1-6]|head|hr|html|i|img|li|meta|o:p|p|pre|s|span|strong|style|table|"
    "tbody|td|th|thead|title|tr|u|ul"
)
MARKUP: Final = re.compile(
    rf"</?(?:{NAMES})(?:\s[^<>]*)?/?>|&(?:lt|gt|amp|nbsp|quot|apos|#x?[0-9a-f]{{1,6}});", re.IGNORECASE
)
UNSEEN: Final = re.compile(r"<(style|script|title)\b[^<>]*>.*?</\1\s*>|<!--.*?-->", re.IGNORECASE | re.DOTALL)
UNSEEN_OPEN: Final = re.compile(r"<(?:style|script|title)\b|<!--", re.IGNORECASE)
MANY: Final = 200
TAG: Final = re.compile(rf"<(/?)({NAMES})(?:\s[^<>]*)?/?>([ \t]*\n)?", re.IGNORECASE)
BREAKING: Final = frozenset({
    "br", "dd", "div", "dl", "dt", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "li", "p", "pre", "table", "tr", "ul",
})  # fmt: skip
APART: Final = frozenset({"td", "th"})
TUPLE: Final = re.compile(r"\(([245]\d\d), ?b?(['\"])(?=#?[245]\.\d)")
"""How Python's smtplib prints a reply: `(550, b'5.1.1 unknown')`."""
LINK: Final = re.compile(r"[<\[(](?:mailto|tel):[^<>\[\]()\s]*[>\])]", re.IGNORECASE)
QUOTE: Final = re.compile(r"^[ \t]*(?:>[ \t]?)(?!>> )", re.MULTILINE)
BLANKS: Final = re.compile(r"[ \t]{3,}")
EMPTY: Final = re.compile(r"\n(?:[ \t]*\n){2,}")
ODD: Final = str.maketrans(
    dict.fromkeys("\u00a0\u202f\u2009\u2007\t", " ") | dict.fromkeys("\u200b\ufeff\u2060\u00ad", "")
)


def unwrapped(text: str) -> str:
    """`text` with real line ends and plain characters, whatever it was pasted from."""
    text = _tight(text[:LONGEST].replace("\r\n", "\n").replace("\r", "\n"))
    if "\n" not in text.strip() and "\\n" in text:
        text = text.replace("\\r\\n", "\n").replace("\\n", "\n").replace("\\t", " ")
    text = _unquoted(text)
    if TUPLE.search(text):
        text = TUPLE.sub(r"\2\1 ", text)
    if DAMAGE.search(text):
        text = _decoded(text)
    if MARKUP.search(text):
        text = _without_markup(text)
    return _tight(LINK.sub("", text).translate(ODD))


def _tight(text: str) -> str:
    """Without long runs of blanks and empty lines: expressions would try each of them from each of them."""
    return EMPTY.sub("\n\n", BLANKS.sub("  ", text))


def _unquoted(text: str) -> str:
    """Without the `> ` of an answer; the `>>> RCPT` of Sendmail's transcripts is none."""
    for _ in range(4):
        lines = [line for line in text.splitlines() if line.strip()]
        quoted = sum(line.lstrip().startswith(">") for line in lines)
        if quoted * 2 <= len(lines) and not (quoted and any(line.lstrip().startswith("> ") for line in lines)):
            return text
        text = QUOTE.sub("", text)
    return text


def _decoded(text: str) -> str:
    """Quoted-printable as text: UTF-8 where it is such, else Windows-1252. Characters beyond ASCII stay as they are."""
    raw = decodestring(text.encode("utf-8", "replace"))
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace")


def _without_markup(text: str) -> str:
    """HTML as text; only tags of HTML are taken for such, for addresses and hosts stand in angle brackets too."""
    return html.unescape(TAG.sub(_blank, _seen(text)))


def _seen(text: str) -> str:
    """Without styles, scripts and comments; where those are that many, nobody closes them."""
    return UNSEEN.sub(" ", text) if len(UNSEEN_OPEN.findall(text)) <= MANY else text


def _blank(tag: re.Match[str]) -> str:
    name = tag[2].lower()
    if name in BREAKING:
        return "\n"
    return " " if name in APART else (tag[3] or "")
