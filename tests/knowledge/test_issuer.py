"""One number, several meanings: who wrote the reply and what its words say decide, for the outer and for the wrapped one."""

from __future__ import annotations

import pytest

from mailtrend.knowledge import explain

ONLINE = "[AM5EUR03FT001.eop-EUR03.prod.protection.outlook.com 2026-10-12T10:00:01.500Z 08DE09F0A1B2C3D4]"
WRAPPED = "550 5.0.350 Remote server returned an error -> "
SAID = "host mx.example.org[192.0.2.9] said: "
SPEED = "432 4.3.2 STOREDRV.Deliver; recipient thread limit exceeded"
CASES = (
    # text, cause, how the title begins
    ("550 5.1.10 RESOLVER.ADR.RecipientNotFound; nobody", "recipient_unknown", "Recipient not found"),
    ("556 5.1.10 Recipient address has null MX", "recipient_unknown", "The domain accepts no mail"),
    ("550 5.4.1 Recipient address rejected: Access denied", "recipient_unknown", ""),
    ("550 5.4.1 All recipient addresses rejected : Access denied", "recipient_unknown", ""),
    ("550 5.4.1 Relay Access Denied", "relay_denied", ""),
    ("550 5.4.1 No answer from host", "connection_timed_out", "No answer"),
    ("421 4.3.2 System not accepting network messages", "service_unavailable", ""),
    ("421 4.3.2 The maximum number of concurrent connections per resource forest is reached", "throttled_by_microsoft", ""),
    (f"{SPEED} [Hostname=AM0PR01MB0002.eurprd01.prod.outlook.com]", "throttled_by_microsoft", ""),
    ("554 4.3.2 mailbox busy; STOREDRV.Deliver.Exception:MapiExceptionMaxObjsExceeded", "mailbox_full", "A folder"),
    ("550 5.2.2 Submission quota exceeded", "rate_limited", ""),
    ("550 5.2.2 The mailbox is over its quota", "mailbox_full", "Mailbox full"),
    ("550 5.2.1 The account is disabled", "recipient_disabled", ""),
    ("550-5.2.1 The user receives mail at a rate 550 5.2.1 that is too high", "rate_limited", ""),
    (f"550 5.1.6 Recipient address has a single label domain {ONLINE}", "recipient_unknown", "Single-label"),
    ("550 5.1.6 The mailbox went to another address", "recipient_disabled", "The mailbox has moved"),
    ("450 4.4.8 MX hosts of fabrikam.com failed MTA-STS validation", "mta_sts_policy", ""),
    ("554 5.4.8 Too many hops, it loops back to this server", "routing_loop", ""),
    ("451 5.7.3 STARTTLS is required to send mail", "starttls_not_offered", "Authentication or TLS"),
    ("504 5.7.3 Security features are not supported by both sides", "authentication_failed", "Required security"),
    ("450 4.7.5 Remote certificate failed MTA-STS validation", "mta_sts_policy", ""),
    ("454 4.7.5 The certificate specified in TlsCertificateName could not be found", "certificate_invalid", ""),
    ("554 5.7.5 Cryptographic failure in the message", "tls_negotiation_failed", "Cryptographic failure"),
    ("550 5.7.12 Sender was not authenticated by organization", "access_denied", ""),
    ("422 4.7.12 A password transition is needed", "authentication_failed", "A password transition"),
    ("525 5.7.13 User account disabled", "recipient_disabled", ""),
    ("550 5.7.27 Sender address has null MX", "sender_rejected", ""),
    ("550-5.7.27 blocked: SPF did not pass 550 5.7.27 - gsmtp", "sender_authentication", ""),
    ("550 5.7.30 Basic authentication is not supported for Client Submission.", "authentication_failed", "Basic auth"),
    ("550 5.7.30 REQUIRETLS support required", "starttls_not_offered", "REQUIRETLS"),
    ("550-5.7.30 blocked: DKIM did not pass 550 5.7.30 - gsmtp", "sender_authentication", ""),
    ("421 4.7.29 slowed down: the message was not sent over a TLS connection", "starttls_not_offered", ""),
    ("451 4.4.4 Mail for a tenant with no mail-enabled subscriptions. ATTR5", "service_unavailable", ""),
    ("450 4.4.4 Unable to route: no such domain", "dns_no_such_domain", ""),
    ("550 5.1.8 Access denied, bad outbound sender AS(42003)", "tenant_blocked", "Account blocked"),
    ("550 5.1.8 Bad sender's system address", "sender_rejected", ""),
    ("535 5.7.9 Authentication mechanism is too weak", "authentication_failed", ""),
    ("554 5.7.9 Message not accepted for policy reasons", "policy_rule", ""),
    ("550 5.7.9 STOREDRV.Deliver; Recipient mailbox quarantined.", "recipient_disabled", ""),
    ("550 5.5.3 Too many recipients", "rate_limited", ""),
    # the wrapped reply is another server's, whoever passes it on
    (f"{WRAPPED}550 5.1.8 The sender's domain does not resolve {ONLINE}", "sender_rejected", ""),
    (f"{WRAPPED}550 5.4.1 mx.example.org gives no sign", "connection_timed_out", ""),
    (f"{WRAPPED}550 5.4.1 Recipient address rejected: Access denied AS(201806281)", "recipient_unknown", ""),
    ("550 5.7.350 Remote server returned message detected as spam -> 550 5.7.606 Access denied, banned sending IP AS(1430)",
     "spam_or_reputation", ""),
    (f"{SAID}550 5.1.6 <kai@example.org> went elsewhere (in reply to RCPT TO command)", "recipient_disabled", ""),
    (f"{SAID}550 5.1.8 no such sender here (in reply to MAIL FROM command)", "sender_rejected", ""),
    (f"[{{LED={WRAPPED}550 5.1.6 he went elsewhere}};{{MSG=}};{{FQDN=mx.example.org}};{{IP=192.0.2.9}};{{LRT=}}]",
     "recipient_disabled", ""),
)  # fmt: skip


@pytest.fixture(scope="module")
def told():
    texts = [text for text, *_ in CASES]
    return dict(zip(texts, explain(texts), strict=True))


@pytest.mark.parametrize(("text", "cause", "title"), CASES, ids=[text[:60] for text, *_ in CASES])
def test_the_meaning_is_the_issuers(text, cause, title, told):
    assert told[text].cause == cause
    assert told[text].verdict.title.startswith(title)
