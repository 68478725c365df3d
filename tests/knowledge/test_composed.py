"""Replies put together from their parts: whole, the parts come out again; cut anywhere, the right one comes out or none."""

from __future__ import annotations

import re
from typing import NamedTuple

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mailtrend.knowledge import Explanation, explain

MANY = settings(
    max_examples=8, deadline=None, derandomize=True, database=None, suppress_health_check=[HealthCheck.too_slow]
)


class Part(NamedTuple):
    """One reply: its codes, how they are written, and its words."""

    reply: int
    status: str
    written: str
    words: str

    @property
    def text(self) -> str:
        return f"{self.written} {self.words}"


class Made(NamedTuple):
    """A text and what was put into it."""

    text: str
    outer: Part
    inner: Part | None
    host: str | None
    ip: str | None
    listed: bool
    """Does the text show by itself that it was cut?"""


WORDS = st.sampled_from([
    "Try it another time.", "Nothing to be done", "No; not [now], {maybe} later", "the door is closed; ask at 17:30",
    "see https://help.example.net/a?x=450", "seen 3 times from 203.0.113.99", "id <a1.b2@contoso.com> {77}",
])  # fmt: skip
PLAIN = st.sampled_from(["Try it another time", "Nothing to be done", "the door is closed", "seen 3 times"])
INNER = {
    "arrow": "{outer} -> {inner}",
    "message": "{outer} [Message={inner}]",
    "quoted": '{outer} Primary target IP address responded with: "{inner}." Attempted failover to alternate host',
    "with": "{outer} Proxy session setup failed on Frontend with '{inner}'",
    "parentheses": "{outer}, cannot connect to remote server({inner})",
}
TAGS = " [LastAttemptedServerName={host}] [LastAttemptedIP={ip}:25] [SmtpSecurity=-2;-2] [DB5EUR03FT033.eop-EUR03.prod.protection.outlook.com 2026-10-03T08:11:42.015Z 08DE19A1B2C3D4E5]"
SUFFIX = ". OutboundProxyTargetIP: {ip}. OutboundProxyTargetHostName: {host}"
FRAMES = {
    "bare": "{reply}",
    "tagged": "{reply}{tags}",
    "report": "10/5/2026 7:20:11 AM - Server at {host} ({ip}) returned '{reply}'",
    "postfix": "host {host}[{ip}] said: {reply} (in reply to RCPT TO command)",
    "exim": "SMTP error from remote mail server after RCPT TO:<kim@example.org>: host {host} [{ip}]: {reply}",
}
HOSTS = ("mail.contoso.com", "mx-1.fabrikam.com", "gw.example.org", "EX01.contoso.com")
ADDRESSES = ("203.0.113.25", "198.51.100.7", "192.0.2.140")


@st.composite
def parts(draw: st.DrawFn, words: st.SearchStrategy[str]) -> Part:
    reply = draw(st.sampled_from([421, 432, 441, 450, 451, 452, 454, 550, 552, 554]))
    subject, detail = draw(st.integers(0, 7)), draw(st.sampled_from([0, 1, 4, 26, 312, 317]))
    status = f"{str(reply)[0]}.{subject}.{detail}"
    written = draw(st.sampled_from([f"{reply} {status}", f"{reply}-{status}", f"{reply} #{status}"]))
    return Part(reply, status, written, draw(words))


@st.composite
def framed(draw: st.DrawFn) -> Made:
    """A reply, perhaps with another inside, as a server of one kind or another passes it on."""
    outer, inner = draw(parts(PLAIN)), draw(st.one_of(st.none(), parts(PLAIN)))
    wrapper = INNER[draw(st.sampled_from(sorted(INNER)))]
    reply = wrapper.format(outer=outer.text, inner=inner.text) if inner else outer.text
    host, ip = draw(st.sampled_from(HOSTS)), draw(st.sampled_from(ADDRESSES))
    frame = draw(st.sampled_from(sorted(FRAMES)))
    text = FRAMES[frame].format(reply=reply, host=host, ip=ip, tags=TAGS.format(host=host, ip=ip))
    told = frame != "bare"
    return Made(text, outer, inner, host if told else None, ip if told else None, listed=False)


@st.composite
def lists(draw: st.DrawFn) -> Made:
    """Exchange's list with its keys in any order, tags or none, and the suffix or none."""
    outer, inner = draw(parts(WORDS)), draw(st.one_of(st.none(), parts(PLAIN)))
    host, ip = draw(st.sampled_from(HOSTS)), draw(st.sampled_from(ADDRESSES))
    way = draw(st.sampled_from([*sorted(INNER), "MSG"]))
    reply = INNER[way].format(outer=outer.text, inner=inner.text) if inner and way != "MSG" else outer.text
    keys = {
        "LED": reply + (TAGS.format(host=host, ip=ip) if draw(st.booleans()) else ""),
        "MSG": inner.text if inner and way == "MSG" else "",
        "FQDN": host,
        "IP": ip,
        "LRT": draw(st.sampled_from(["", "10/4/2026 5:01:12 AM", "04.10.2026 05:01:12"])),
    }
    order = draw(st.permutations(sorted(keys)))
    between = draw(st.sampled_from([";", "; "]))
    text = "[" + between.join(f"{{{key}={keys[key]}}}" for key in order) + "]"
    before = draw(st.sampled_from(["", "Reason: ", "Defer:Reason: ", "{"]))
    after = draw(st.sampled_from(["", SUFFIX.format(host=host, ip=ip)])) if before != "{" else "}"
    return Made(before + text + after, outer, inner, host, ip, listed=True)


def told(found: Explanation) -> dict[str, object]:
    names = ("reply_code", "status_code", "remote_reply_code", "remote_status_code", "remote_host", "remote_ip")
    return {name: getattr(found, name) for name in names}


def truth(made: Made) -> dict[str, object]:
    return {
        "reply_code": made.outer.reply,
        "status_code": made.outer.status,
        "remote_reply_code": made.inner.reply if made.inner else None,
        "remote_status_code": made.inner.status if made.inner else None,
        "remote_host": made.host,
        "remote_ip": made.ip,
    }


@MANY
@given(st.lists(st.one_of(framed(), lists()), min_size=60, max_size=60))
def test_what_was_put_in_comes_out(made):
    for one, found in zip(made, explain([one.text for one in made]), strict=True):
        assert told(found) == truth(one), one.text


@MANY
@given(st.lists(st.tuples(st.one_of(framed(), lists()), st.floats(0, 1), st.booleans()), min_size=60, max_size=60))
def test_a_text_cut_anywhere_gives_the_right_value_or_none(cut):
    texts = []
    for made, share, suffixed in cut:
        text = made.text[: int(share * len(made.text))]
        if made.listed and suffixed:
            text += SUFFIX.format(host=made.host, ip=made.ip)
        elif not made.listed:
            # Half a code at the very end of a text looks like a whole one.
            text = re.sub(r"[-0-9.#]+$", "", text)
        texts.append(text)
    for (made, _, _), text, found in zip(cut, texts, explain(texts), strict=True):
        right = truth(made)
        wrong = {name: value for name, value in told(found).items() if value not in {right[name], None}}
        assert wrong == {}, text
