"""Hostile combinations: odd ways to write codes, names and words full of numbers, replies nested three deep, every frame."""

from __future__ import annotations

from typing import NamedTuple

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mailtrend.knowledge import explain

BOUNDED = settings(
    max_examples=10, deadline=None, derandomize=True, database=None, suppress_health_check=[HealthCheck.too_slow]
)
NAMES = ("reply_code", "status_code", "remote_reply_code", "remote_status_code", "remote_host", "remote_ip")
HOSTS = st.sampled_from([
    "mail.contoso.com", "mx550.fabrikam.com", "mx-451.example.org", "EX01.contoso.com", "h.example.co",
    "a1b2c3d4e5f6a7b8.mail.example.net", "mx1.xn--bcher-kva.example", "smtp.5-7-1.example.com",
])  # fmt: skip
ADDRESSES = st.sampled_from([
    "203.0.113.25", "198.51.100.250", "192.0.2.55", "2001:db8:40::19", "2001:db8:4:5:7:1:450:550",
])  # fmt: skip
WORDS = st.sampled_from([
    "Try later", "No; not [now], {maybe} later", "see https://help.example.net/a?x=450", "seen 3 times from 203.0.113.99",
    "<a1.b2@contoso.com>: go away", "ask at 17:30:21 on 4.5.2026", "reference 5.7.26.4 (rev 4.4.2.1)", "it failed with 10061",
    "size 45000 of 450 MB", "id 08DC5.4.1A", "said no", "[203.0.113.9] is odd", "mx550.fabrikam.com says no", "code word",
    "5 of 7 and 1", "the host mx is up", "item {9f0a}", 'quoted "word" here', "user's box", "(see 4.x.x)", "550 5 messages",
    "connect to nobody", "2026-10-04T05:50:21.123Z",
])  # fmt: skip
CALM = st.sampled_from(
    ["Try later", "Nothing done", "the door is closed", "[203.0.113.9] seen", "<x@example.org>... no"]
)
WRITTEN = st.sampled_from([
    "{reply} {status}", "{reply}-{status}", "{reply} #{status}", "{reply} {status}:", "{reply}: {status}",
    "{reply} ({status})", "{reply} [{status}]", "{reply} {dashed}",
])  # fmt: skip
WRAPPERS = (
    "{outer} -> {inner}",
    "{outer} -> 421 4.0.9 mid way -> {inner}",
    "{outer} [Message={inner}]",
    '{outer} Primary target IP address responded with: "{inner}." Attempted failover to alternate host',
    '{outer} Primary target IP address responded with: ""{inner}."" Attempted failover',
    "{outer} Proxy session setup failed on Frontend with '{inner}'",
    "{outer} Proxy session setup failed on Frontend with '451 4.4.0 Primary target IP address responded with: \"{inner}.\" Attempted'",
    '{outer} Error encountered while communicating with primary target IP address: "{inner}" Attempted failover',
)
TAGS = (
    " [LastAttemptedServerName={host}] [LastAttemptedIP={tagged}:25] [SmtpSecurity=-2;-2] "
    "[DB5EUR03FT033.eop-EUR03.prod.protection.outlook.com 2026-10-03T08:11:42.015Z 08DE19A1B2C3D4E5]"
)
FRAMES = (
    "{reply}" + TAGS,
    "10/5/2026 7:20:11 AM - Server at {host} ({address}) returned '{reply}'",
    "5.4.26 17:20:11 - Remote Server at {host} ({address}) returned '{reply}'",
    "host {host}[{address}] said: {reply} (in reply to RCPT TO command)",
    "delivery temporarily suspended: host {host}[{address}] refused to talk to me: {reply}",
    "SMTP error from remote mail server after RCPT TO:<kim@example.org>: host {host} [{address}]: {reply}",
    "H={host} [{address}]: SMTP error from remote mail server after MAIL FROM:<x@contoso.com> SIZE=45061: {reply}",
    "Action: failed\nStatus: 5.0.0\nRemote-MTA: dns; {host} ({address})\nDiagnostic-Code: smtp; {reply}",
    "Diagnostic-Code: X-Postfix; host {host}[{address}] said: {reply} (in reply to end of DATA command)",
    "[{{LED={reply}}};{{MSG=}};{{FQDN={host}}};{{IP={address}}};{{LRT=10/4/2026 5:01:12 AM}}]",
    "Reason: [{{LRT=04.10.2026 05:01:12}};{{IP={address}}};{{FQDN={host}}};{{LED={reply}}}]. "
    "OutboundProxyTargetIP: {address}. OutboundProxyTargetHostName: {host}",
)


class Part(NamedTuple):
    """One reply as it is written, and its codes."""

    text: str
    reply: int
    status: str


@st.composite
def parts(draw: st.DrawFn, words: st.SearchStrategy[str]) -> Part:
    reply = draw(st.sampled_from([421, 432, 441, 450, 451, 452, 454, 530, 550, 552, 554, 571]))
    low = f"{draw(st.integers(0, 7))}.{draw(st.sampled_from([0, 1, 4, 26, 312, 317, 999]))}"
    status, dashed = f"{str(reply)[0]}.{low}", f"{str(reply)[0]}-{low}"
    written = draw(WRITTEN).format(reply=reply, status=status, dashed=dashed)
    return Part(f"{written} {draw(words)}", reply, status)


@st.composite
def made(draw: st.DrawFn) -> tuple[str, tuple[object, ...]]:
    """A text, and what was put into it."""
    outer, inner = draw(parts(WORDS)), draw(st.one_of(st.none(), parts(CALM)))
    reply = draw(st.sampled_from(WRAPPERS)).format(outer=outer.text, inner=inner.text) if inner else outer.text
    host, address = draw(HOSTS), draw(ADDRESSES)
    tagged = f"[{address}]" if ":" in address else address
    text = draw(st.sampled_from(FRAMES)).format(reply=reply, host=host, address=address, tagged=tagged)
    return text, (*outer[1:], *(inner[1:] if inner else (None, None)), host, address)


@BOUNDED
@given(st.lists(made(), min_size=80, max_size=80))
def test_the_parts_of_a_text_come_out_as_they_were_put_in(texts):
    for (text, truth), found in zip(texts, explain([text for text, _ in texts]), strict=True):
        assert tuple(getattr(found, name) for name in NAMES) == truth, text
