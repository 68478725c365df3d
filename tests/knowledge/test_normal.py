"""What a reply says to everybody: what differs from one message to the next is gone, words and codes are not."""

from __future__ import annotations

import re

import duckdb
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from knowledge.labels import labelled
from mailtrend.knowledge.normal import normal_macro

GUID = "0f8b2c1e-5a77-4d0c-9b1e-2c6f0a9d4e11"
SAME = {
    "550 you smell funny": (
        "550 You smell funny",
        "550-You smell funny.",
        '"550 You  smell\tfunny"',
        "host mx.fabrikam.com[192.0.2.9] said: 550 You smell funny (in reply to RCPT TO command)",
        "SMTP error from remote mail server after RCPT TO:<kai@fabrikam.com>: 550 You smell funny",
        "H=mx.fabrikam.com [192.0.2.9]: SMTP error from remote mailer after MAIL FROM:<a@contoso.com> SIZE=4506: "
        "550 You smell funny",
        "SMTP error from remote mail server after end of data: host mx.fabrikam.com [192.0.2.9]: 550 You smell funny",
        "Reason: [{LED=550 You smell funny};{MSG=};{FQDN=mx.fabrikam.com};{IP=192.0.2.9};{LRT=11/2/2026 9:01:02 AM}]. "
        "OutboundProxyTargetIP: 192.0.2.9. OutboundProxyTargetHostName: mx.fabrikam.com",
        "[{LRT=};{LED=550 You smell funny};{FQDN=};{IP=}]",
        "Diagnostic-Code: smtp; 550 You smell funny",
        "192.0.2.9_does_not_like_recipient./Remote_host_said:_550_You_smell_funny",
        "550+You+smell+funny",
    ),
    "550 5.1.1 ~ who is that": (
        "550 5.1.1 <kai@example.org>: Who is that?",
        "550 #5.1.1 kai.o'neil@example.org, who is that",
        "550-5.1.1 <kai>... Who is that",
        "550 5.1.1 'kai' - who is that",
        "550 5.1.1 [2001:db8::25:1] who is that",
        f"550 5.1.1 ({GUID}) who is that",
        "550 5.1.1 mail-ot1-f52.example.com[203.0.113.52]:25 who is that",
        "550 5.1.1 https://example.com/help?id=4471#who who is that",
        "550 5.1.1 2026-11-02T07:30:00.120Z 08DE19A1B2C3D4E6 who is that",
    ),
    "450 4.7.1 too fast wait ~ seconds": (
        "450 4.7.1 Too fast, wait 300 seconds",
        "450 4.7.1 Too fast, wait 451 seconds",
        "450 4.7.1 Too fast, wait 5 seconds.",
    ),
    "550 5.7.26 not wanted ~ gsmtp": (
        "550-5.7.26 Not wanted. af79cd13be357-7c8b0d1f2a3si123456785a.12 - gsmtp",
        "550-5.7.26 Not wanted. d2e1a72fcca58-70b2a8c4d5esor2198b3a.7 - gsmtp",
    ),
    "450 4.4.317 cannot connect to remote server message ~ failed": (
        "Reason: [{LED=450 4.4.317 Cannot connect to remote server [Message=0x8009030C failed] "
        "[LastAttemptedServerName=mail.contoso.com] [LastAttemptedIP=203.0.113.5:25] [SmtpSecurity=-1;-1] [BN7. "
        "OutboundProxyTargetIP: 203.0.113.5. OutboundProxyTargetHostName: mail.contoso.com",
        "450 4.4.317 Cannot connect to remote server [Message=0x80090331 failed] [SmtpSecurity=-2;-2]",
        "Defer:Reason: [{LED=450 4.4.317 Cannot connect to remote server [Message=0x80090331 failed] "
        "[LastAttemptedIP=203.0.113.5:25] [BN7NAM12FT041.eop-nam12.prod.protection.outlook.com 2026-11-02T07:30:00.120Z "
        "08DE19A1B2C3D4E6]};{MSG=};{FQDN=mail.contoso.com};{IP=203.0.113.5};{LRT=11/2/2026 7:30:00 AM}]",
    ),
}  # fmt: skip
KEPT = {
    "Socket error code 10061": "socket error code 10061",
    "550 5.7.1 RESOLVER.RST.AuthRequired; authentication required": (
        "550 5.7.1 resolver.rst.authrequired authentication required"
    ),
    "550 5.7.501 Access denied, AS(7555)": "550 5.7.501 access denied as7555",
    "550 5.7.64 TenantAttribution; Relay Access Denied [ATTR36]": (
        "550 5.7.64 tenantattribution relay access denied attr36"
    ),
    "554 5.7.1 SHA256 and TLS1.2 don't match": "554 5.7.1 sha256 and tls1.2 don't match",
    "550 5.7.1 Refused.Please ask": "550 5.7.1 refused.please ask",
    "451 4.4.395 Target host responded with error. -> 421 4.4.2 Dropped": (
        "451 4.4.395 target host responded with error 421 4.4.2 dropped"
    ),
    "[{MSG=421 4.4.1 Timed out};{LRT=1/2/2026 8:00:00 AM};{LED=450 4.4.317 Cannot connect}]": (
        "421 4.4.1 timed out 450 4.4.317 cannot connect"
    ),
    "[{LED=250 2.1.5 OK};{MSG=};{FQDN=mx.example.com}];[{LED=550 5.1.1 Unknown};{MSG=};{IP=192.0.2.7}]": (
        "250 2.1.5 ok 550 5.1.1 unknown"
    ),
    "554 5.7.1 [{odd}] words": "554 5.7.1 odd words",
    "550 messages are not taken": "550 messages are not taken",
    "550 邮箱不存在": "550 邮箱不存在",
    "~ you ~~ smell (~)": "~ you ~ smell ~",
    "": "",
}  # fmt: skip
PIECES = [
    "450", "4.4.316", "550-5.7.26", "550-", " ", "  ", "[{LED=", "};{MSG=", "[", "]", "(", ")", "<", ">", "'", '"',
    "\\n", "\n", "\0", "+", "_", "~", ";", ":", "=", "/", "-", ".", "host mx.example.org[192.0.2.3] said: ", "@",
    "kai@example.org", "203.0.113.5:25", "2001:db8::1", "::1", "error", "code", "10060", "as(123)", "seconds", "a.b",
    "com", "reason: ", "é", "İ", "漢字", "１２", "\u200b", "\u2028", "smtp; ", "resolver.", "10:15", "tls", "1.2", GUID,
]  # fmt: skip
KNOWN = [one.text for one in labelled()]
TOLD = st.one_of(
    st.text(max_size=40),
    st.text(alphabet=" ~.-'4520ab:=@<>\"xs", max_size=16),
    st.lists(st.sampled_from(PIECES), max_size=12).map("".join),
    st.tuples(st.sampled_from(KNOWN), st.integers(0, 200), st.sampled_from(PIECES)).map(lambda cut: cut[0][cut[1] :] + cut[2]),
)  # fmt: skip
FORM = re.compile(r"(?:~|[^\W_][^\s~@:=<>\"_]*)(?: (?:~|[^\W_][^\s~@:=<>\"_]*))*|")
FEW = settings(
    max_examples=25, deadline=None, derandomize=True, database=None, suppress_health_check=[HealthCheck.too_slow]
)


def normal(texts):
    with duckdb.connect() as con:
        con.execute(normal_macro())
        con.register("told", pa.table({"text": pa.array(texts, pa.string())}))
        return [row[0] for row in con.execute("SELECT normal_reply(text) FROM told").fetchall()]


@pytest.mark.parametrize("form", SAME)
def test_texts_that_say_the_same_have_one_form(form):
    assert normal(SAME[form]) == [form] * len(SAME[form])


@pytest.mark.parametrize("text", KEPT)
def test_what_carries_meaning_stays(text):
    assert normal([text]) == [KEPT[text]]


def test_what_is_normal_stays_as_it_is():
    forms = [*SAME, *KEPT.values()]
    assert normal(forms) == forms


@FEW
@given(st.lists(TOLD, min_size=20, max_size=200))
def test_normal_of_normal_changes_nothing_and_no_address_or_long_number_is_left(texts):
    found = normal(texts)
    assert normal(found) == found
    for text in found:
        assert re.search(r"[0-9]{6}|[0-9]+\.[0-9]+\.[0-9]+\.[0-9]|[@:]|~ ~|  ", text) is None, text
        assert text == text.strip(), text


def test_the_texts_of_the_suite_keep_their_form_and_their_leading_codes():
    found = normal(KNOWN)
    assert normal(found) == found
    assert [text for text in found if FORM.fullmatch(text) is None] == []
    for text, told in zip(found, KNOWN, strict=True):
        codes = re.match(r"([245][0-5][0-9])[ -]([245]\.[0-9]{1,3}\.[0-9]{1,3}) ", told)
        assert codes is None or text.startswith(f"{codes[1]} {codes[2]}"), told


def test_no_text_has_no_form_and_a_huge_one_does_no_harm():
    assert normal([None]) == [None]
    assert normal(["(" * 50_000 + "550 5.1.1" + ")" * 50_000, "5.7.1 " * 3])[0] == "550 5.1.1"


def test_the_macro_can_be_made_again_as_a_temporary_one():
    with duckdb.connect() as con:
        con.execute(normal_macro(temporary=True))
        con.execute(normal_macro(temporary=True))
        assert con.execute("SELECT normal_reply('550 Kai@example.org')").fetchall() == [("550 ~",)]
