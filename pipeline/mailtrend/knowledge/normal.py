"""What a reply says to everybody: a text without what differs from one message to the next, which becomes `~`.

One definition in SQL, for the rules that users write and for the question which replies nobody knows. What comes out
holds words, codes and `~`, with single blanks between them, and no other signs than `.`, `-` and `'` inside a word. All
that is looked for by other signs is therefore gone for good: what is normal already stays as it is.
"""

from __future__ import annotations

from functools import cache
from typing import Final, NamedTuple

from mailtrend.sql import quoted

REPLY: Final = "[245][0-5][0-9]"
COMPONENTS: Final = "resolver|storedrv|queue|transport|smtpsend|routing|agent|microsoft|smtp|header|policy"
"""What Exchange and Authentication-Results write before a dot: words, though they look like hosts."""
NUMBERED: Final = "tlsv?|sslv?|sha-?|md|x|ipv|utf-?|rfc-?|attr|prx|as|s|o|office|base|win"
"""Words that a short number belongs to."""
TELLING: Final = "error|errno|code|reason|exception"
"""Words behind which a short number says what happened."""
COUNTED: Final = "seconds|secs|minutes|mins|hours|days|bytes|kb|mb|messages|recipients|connections|mails|emails|times"
"""Words before which three digits are a number and no reply code."""
TOP_LEVEL: Final = "[a-z]{2}|com|net|org|edu|gov|mil|int|info|biz|local|lan|internal|corp|home|test|example|invalid"


class Step(NamedTuple):
    """One replacement, everywhere in the text."""

    pattern: str
    by: str


FRAME: Final = (
    # Exchange: `Reason: [{LED=reply};{MSG=};{FQDN=host};…]. OutboundProxyTargetIP: …`, cut off anywhere.
    Step(r"(?: \[[^\]\[= ]*)?\. outboundproxytarget.*", ""),
    # The reply stands in LED, what the other server said sometimes in MSG; keys come in any order.
    Step(r"^.{0,40}?\[(\{(?:led|msg|fqdn|ip|lrt)=)", r"\1"),
    Step(
        r"\{(?:fqdn|ip|lrt)=[^}]*|\{(?:led|msg)=|\[(?:lastattempted|smtpsecurity)[^\]]*\]?"
        r"|\[[a-z0-9.-]+\.outlook\.com[^\]]*\]?|^(?:[a-z]+:)?reason: ",
        " ",
    ),
    Step(r"^[ ;}]+", ""),
    # Postfix, Exim, a delivery status notification, qmail.
    Step(
        r"^(?:.*diagnostic-code: ?)?(?:smtp; ?)?(?:host [^ ]+ (?:said|refused to talk to me): )?"
        r"(?:.*?smtp error from remote mail(?:er| server) after [a-z ]+(?::<[^<>]*>[^:]*)?: ?)?"
        r"(?:host [^ ]+ \[[^\]]*\]: )?(?:.*remote[ _]host[ _]said:[ _])?",
        "",
    ),
    Step(r"\(in reply to [^)]*\)?$|(?:last-attempt-date|will-retry-until): .*", ""),
)
"""What stands around a reply in one source and not in another."""
SIGNS: Final = (
    # Addresses of pages and of mail, what is in <> or quotes without a blank, dates, IPv4 (before times: it may have
    # a port), times, IPv6.
    Step(
        r"""[a-z][a-z0-9+.-]*://[^ <>"]*|[^ <>"(),;:\[\]{}=]+@[^ <>"'(),;:\[\]{}=]*|<[^<> ]*>|"[^" ]*\""""
        r"""|\b[0-9]{4}-[0-9]{2}-[0-9]{2}t[0-9:.]+z?|\b[0-9]{1,3}(?:\.[0-9]{1,3}){3}(?::[0-9]+)?"""
        r"""|\b[0-9]{1,2}:[0-9]{2}(?::[0-9.]+)?|\b[0-9a-f]{1,4}:[0-9a-f:]*:[0-9a-f.:]*|::[0-9a-f][0-9a-f.:]*""",
        " ~ ",
    ),
    Step(r"(^|[^a-z0-9'])'[^' ]*'", r"\1 ~ "),
    Step(r"\bas\(([0-9]{1,5})\)", r"as\1"),
    # `550-5.1.1` and `550-word`: a reply over several lines.
    Step(rf"\b({REPLY})-", r"\1 "),
    # Only words, codes and `~` are left; then no sign at the end of a word.
    Step(r"[^\p{L}\p{M}\p{N}.'~-]+|[.'-]{2,}", " "),
    Step(r"[ .'-]*~[ .'~-]*", " ~ "),
    Step(r"[.'-]* [ .'-]*", "  "),
)
"""Two blanks between words from here on, so that each has its own: expressions cannot look ahead."""
WORDS: Final = (
    Step(rf" ({COUNTED}) ", r" :\1 "),
    Step(rf"([a-z])  {REPLY}  :", r"\1  ~  "),
    Step(rf" ({TELLING})  ([0-9]{{1,5}}) ", r" \1  =\2 "),
    Step(
        rf" ({REPLY}|[245][.-][0-9x]{{1,3}}\.[0-9x]{{1,3}}|(?:{NUMBERED})[0-9]{{1,5}}(?:\.[0-9]{{1,2}})?"
        rf"|(?:{COMPONENTS})\.[^ 0-9]*) ",
        r" =\1 ",
    ),
    # Whatever else holds a digit, and hosts.
    Step(
        rf" (?:[^ =0-9]*[0-9][^ ]*|[^ =.]+\.(?:{TOP_LEVEL})|[^ =.]+(?:\.[^ .]+)+\.\pL{{2,}}) ",
        " ~ ",
    ),
    Step(r"(?: ~ )+", " ~ "),
)
"""`=` before a word keeps it, `:` marks one that counts."""


@cache
def normal_macro(*, temporary: bool = False) -> str:
    """CREATE MACRO `normal_reply(told)`, in words that DuckDB 1.0 knows; NULL gives NULL.

    Costs a dozen expressions: give it distinct texts. normal_reply(normal_reply(x)) = normal_reply(x).
    """
    blanks = "chr(10) || chr(13) || chr(9) || chr(160) || '_+'"
    text = rf"""trim(replace(lower(translate(told, {blanks}, '      ')), '\n', ' '), ' ''"')"""
    for step in FRAME:
        text = _done(step, text)
    text = f"' ' || {text} || ' '"
    for step in SIGNS:
        text = _done(step, text)
    text = f"' ' || trim({text}, ' .''-') || ' '"
    for step in WORDS:
        text = _done(step, text)
    text = f"trim(replace(translate({text}, '=:', ''), '  ', ' '))"
    kind = "CREATE OR REPLACE TEMP MACRO" if temporary else "CREATE MACRO"
    return f"{kind} normal_reply(told) AS {text};"


def _done(step: Step, text: str) -> str:
    return f"regexp_replace({text}, {quoted(step.pattern)}, {quoted(step.by)}, 'g')"
