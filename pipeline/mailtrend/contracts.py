"""The tables that pass between stages: what a column is called, is typed and means is written here and nowhere else."""

from __future__ import annotations

from typing import Final

import pyarrow as pa

OUTCOMES: Final = (
    "delivered", "deferred", "failed", "expired", "rejected", "pending",
    "quarantined", "filtered", "expanded", "received", "dropped", "info",
)  # fmt: skip
FAILING: Final = ("deferred", "failed", "expired", "rejected")
"""Outcomes that make a row of `failures`."""
LOST: Final = ("failed", "expired", "rejected")
"""Failing outcomes after which nobody tries again."""
TERMINAL: Final = ("delivered", "failed", "expired", "rejected", "quarantined", "filtered", "expanded", "dropped")
"""Outcomes after which the message is no longer in a queue."""

SOURCES: Final = (
    "exo_message_trace", "exo_enhanced_summary", "exo_extended", "exo_trace_detail", "exo_graph_trace",
    "exchange_tracking", "exchange_tracking_csv", "exchange_smtp_send", "exchange_smtp_receive",
    "exchange_connectivity", "postfix", "exim", "sendmail", "iis_smtp",
)  # fmt: skip
CONTEXT_SOURCES: Final = ("connectors", "accepted_domains", "remote_domains", "changes")
"""What ingest recognises beside logs: exports and lists that explain failures."""

CAUSES: Final = (
    "dns_no_such_domain", "dns_server_failure", "dns_no_records", "dnssec_invalid", "connection_timed_out",
    "connection_refused", "connection_reset", "network_unreachable", "service_unavailable", "starttls_not_offered",
    "tls_negotiation_failed", "certificate_expired", "certificate_name_mismatch", "certificate_untrusted",
    "certificate_revoked", "certificate_invalid", "mta_sts_policy", "dane_tlsa_invalid", "message_expired",
    "recipient_unknown", "recipient_disabled", "mailbox_full", "sender_rejected", "relay_denied",
    "authentication_failed", "sender_authentication", "reverse_dns_missing", "access_denied", "spam_or_reputation",
    "content_rejected", "message_too_large", "rate_limited", "greylisted", "throttled_by_microsoft",
    "tenant_blocked", "routing_loop", "insufficient_resources", "protocol_error", "policy_rule", "malware",
    "connector_restriction", "unclassified",
)  # fmt: skip
OWNERS: Final = (
    "sender", "your_organization", "on_premises", "partner", "recipient_organization",
    "microsoft", "dns", "network", "nobody", "undetermined",
)  # fmt: skip
KINDS: Final = ("burst", "sustained", "new_code", "drift", "flapping", "recurring", "silence")
SEVERITIES: Final = ("critical", "warning", "notice")
STATES: Final = ("new", "ongoing", "resolved", "reopened")

UTC_TIME: Final = pa.timestamp("us")
"""Every stored time: microseconds, UTC, without a zone, so that DuckDB, Spark and polars read the same."""


def _table(*columns: tuple[str, pa.DataType, str]) -> pa.Schema:
    return pa.schema([pa.field(name, kind, metadata={"comment": meaning}) for name, kind, meaning in columns])


def comments(schema: pa.Schema) -> dict[str, str]:
    """What each column of `schema` means, by name (for COMMENT ON COLUMN and for the docs)."""
    return {field.name: (field.metadata or {}).get(b"comment", b"").decode("utf-8") for field in schema}


EVENTS: Final = _table(
    ("event_time", UTC_TIME, "when it happened, UTC"),
    ("tenant", pa.string(), "label given at ingest, 'default' otherwise"),
    ("source", pa.string(), "format it was read from"),
    ("server", pa.string(), "the host that logged it, where the source says"),
    ("event", pa.string(), "the source's own word: Defer, FAIL, status=deferred"),
    ("outcome", pa.string(), "delivered, deferred, failed, expired, rejected, pending, quarantined, filtered, "
     "expanded, received, dropped or info"),
    ("direction", pa.string(), "outbound, inbound, internal or unknown"),
    ("connector", pa.string(), "connector, or its nearest kin in the source (transport, service, mailer), or NULL"),
    ("sender", pa.string(), "envelope sender; empty for a bounce"),
    ("sender_domain", pa.string(), "its domain, lower-cased"),
    ("recipient", pa.string(), "envelope recipient"),
    ("recipient_domain", pa.string(), "its domain, lower-cased"),
    ("destination", pa.string(), "who was being delivered to: remote host, lower-cased, else the recipient domain"),
    ("remote_host", pa.string(), "last attempted server"),
    ("remote_ip", pa.string(), "last attempted address"),
    ("reply_code", pa.int16(), "SMTP reply code, RFC 5321: 450"),
    ("status_code", pa.string(), "enhanced status code, RFC 3463: 4.4.316"),
    ("remote_reply_code", pa.int16(), "reply code of the inner reply that a wrapping error carries: 451"),
    ("remote_status_code", pa.string(), "enhanced status code of that inner reply: 5.7.3"),
    ("cause", pa.string(), "sub-cause key; NULL if nothing failed"),
    ("response", pa.string(), "the whole error or reply text as logged"),
    ("message_id", pa.string(), "Message-ID header, angle brackets kept off"),
    ("network_message_id", pa.string(), "Exchange's own id of the message, lower-cased GUID"),
    ("queue_id", pa.string(), "queue id (Postfix, Exim, Sendmail), session id (SMTP protocol and connectivity logs), "
     "internal message id (message tracking)"),
    ("size_bytes", pa.int64(), "size of the message"),
    ("subject", pa.string(), "subject line, where the source says"),
    ("tls_version", pa.string(), "TLS1.2, where the source says"),
    ("delay_seconds", pa.float64(), "time in queue, where the source says"),
    ("file_id", pa.string(), "where it was read: joins to files"),
    ("line", pa.int64(), "first line of the row it was read from, counted from 1"),
)  # fmt: skip

FILES: Final = _table(
    ("file_id", pa.string(), "first 16 hex digits of sha256, with the tenant mixed in when it is not 'default'"),
    ("path", pa.string(), "as given at ingest; archive members as archive.zip!member"),
    ("sha256", pa.string(), "of the bytes as read from disk (of the member, in an archive)"),
    ("source", pa.string(), "format it was read as, or connectors, accepted_domains, remote_domains, changes"),
    ("tenant", pa.string(), "label given at ingest"),
    ("lines", pa.int64(), "physical lines, headers and blank ones too"),
    ("rows", pa.int64(), "data rows: used + context + duplicates + rejects"),
    ("used", pa.int64(), "rows that gave or fed an event"),
    ("context", pa.int64(), "rows understood that rightly give no event"),
    ("duplicates", pa.int64(), "rows seen before, here or in another file"),
    ("rejects", pa.int64(), "rows that could not be read, see rejects"),
    ("events", pa.int64(), "events that this file added"),
    ("first_event", UTC_TIME, "time of its earliest event, duplicates counted too"),
    ("last_event", UTC_TIME, "time of its latest event, duplicates counted too"),
    ("ingested_at", UTC_TIME, "when"),
    ("warnings", pa.list_(pa.string()), "what could be wrong with this file, one sentence each"),
)

REJECTS: Final = _table(
    ("file_id", pa.string(), "joins to files"),
    ("line", pa.int64(), "line in the file, counted from 1"),
    ("byte_offset", pa.int64(), "where that line begins in the decoded (uncompressed, UTF-8) file"),
    ("source", pa.string(), "format it was read as"),
    ("reason", pa.string(), "why it could not be read"),
    ("text", pa.string(), "the row as it stands, at most 2,000 characters"),
)

CONNECTORS: Final = _table(
    ("tenant", pa.string(), "label given at ingest"),
    ("name", pa.string(), "as Exchange names it"),
    ("connector_type", pa.string(), "OnPremises or Partner, as Exchange Online says; NULL for Exchange Server"),
    ("enabled", pa.bool_(), "is it switched on"),
    ("recipient_domains", pa.list_(pa.string()), "domains it takes, lower-cased; * for all; address spaces of a send "
     "connector; NULL where the export does not say"),
    ("smart_hosts", pa.list_(pa.string()), "hosts and addresses it delivers to, lower-cased; empty if it uses MX"),
    ("use_mx_record", pa.bool_(), "does it look up MX"),
    ("tls_settings", pa.string(), "EncryptionOnly, CertificateValidation, DomainValidation or empty"),
    ("tls_domain", pa.string(), "name the certificate must carry"),
    ("owner_kind", pa.string(), "own, partner, internet, microsoft or undetermined: who runs the server behind it"),
    ("direction", pa.string(), "outbound, inbound (Exchange Online), send or receive (Exchange Server)"),
    ("sender_domains", pa.list_(pa.string()), "inbound: domains it takes mail of, lower-cased; * for all"),
    ("sender_addresses", pa.list_(pa.string()), "inbound, receive: addresses and ranges it takes mail from"),
    ("restrict_to", pa.list_(pa.string()), "inbound: what the sender must show: certificate, addresses"),
    ("tls_certificate_name", pa.string(), "inbound: name the sender's certificate must carry; send, receive: "
     "certificate that is shown"),
    ("require_tls", pa.bool_(), "is mail refused, or held back, without TLS"),
    ("cloud_services", pa.bool_(), "do Exchange's own headers pass (hybrid)"),
    ("rule_scoped", pa.bool_(), "outbound: is it taken only where a mail flow rule says so"),
    ("via_on_premises", pa.bool_(), "outbound: does all mail to the internet go through it"),
    ("authentication", pa.list_(pa.string()), "send, receive: ways to sign in: Tls, BasicAuth, ExchangeServer"),
    ("permissions", pa.list_(pa.string()), "receive: who may use it: AnonymousUsers, ExchangeServers"),
    ("source_servers", pa.list_(pa.string()), "send, receive: servers it runs on"),
    ("fqdn", pa.string(), "send, receive: name given at HELO or in the greeting"),
    ("port", pa.int64(), "send: port of the smart host"),
    ("max_size_bytes", pa.int64(), "send, receive: largest message it takes"),
    ("file_id", pa.string(), "joins to files"),
)  # fmt: skip

ACCEPTED_DOMAINS: Final = _table(
    ("tenant", pa.string(), "label given at ingest"),
    ("domain", pa.string(), "domain name, lower-cased"),
    ("domain_type", pa.string(), "Authoritative, InternalRelay or ExternalRelay"),
    ("is_default", pa.bool_(), "is it the tenant's default domain"),
    ("file_id", pa.string(), "joins to files"),
)

REMOTE_DOMAINS: Final = _table(
    ("tenant", pa.string(), "label given at ingest"),
    ("name", pa.string(), "as Exchange names it"),
    ("domain", pa.string(), "domain name, lower-cased; * for all that have no entry of their own"),
    ("allowed_oof", pa.string(), "out-of-office replies that go there: External, ExternalLegacy, InternalLegacy, None"),
    ("auto_reply_enabled", pa.bool_(), "may automatic replies go there"),
    ("auto_forward_enabled", pa.bool_(), "may automatic forwards go there"),
    ("delivery_report_enabled", pa.bool_(), "may delivery reports go there"),
    ("ndr_enabled", pa.bool_(), "may non-delivery reports go there"),
    ("tnef_enabled", pa.bool_(), "is mail sent as TNEF (winmail.dat); NULL if the mailbox decides"),
    ("trusted_mail_outbound", pa.bool_(), "is mail to it taken as the organization's own"),
    ("trusted_mail_inbound", pa.bool_(), "is mail from it taken as the organization's own"),
    ("file_id", pa.string(), "joins to files"),
)

CHANGES: Final = _table(
    ("tenant", pa.string(), "label given at ingest"),
    ("time", UTC_TIME, "when the change was made or finished, UTC"),
    ("kind", pa.string(), "migration, connector, certificate, dns, firewall, other: any word"),
    ("subject", pa.string(), "what was changed: a connector, a domain, a host"),
    ("note", pa.string(), "free text"),
    ("file_id", pa.string(), "joins to files; NULL for one named in mailtrend.toml"),
)

STATUS_CODES: Final = _table(
    ("status_code", pa.string(), "enhanced status code, or a range such as 5.7.606-649"),
    ("title", pa.string(), "short name"),
    ("class", pa.string(), "transient, permanent or success"),
    ("meaning", pa.string(), "what it says, in one or two sentences"),
    ("causes", pa.list_(pa.string()), "what is usually behind it"),
    ("owner_own", pa.string(), "who has to act when the connector leads to your own server"),
    ("owner_partner", pa.string(), "who has to act when it leads to a partner's"),
    ("owner_internet", pa.string(), "who has to act when it goes by MX to the internet"),
    ("steps_own", pa.list_(pa.string()), "what to do, your own server"),
    ("steps_partner", pa.list_(pa.string()), "what to do, a partner's server"),
    ("expired_twin", pa.string(), "the 5.x code the same fault ends in, or the 4.x code it began as"),
    ("reference", pa.string(), "where this is written down"),
)

INCIDENTS: Final = _table(
    ("incident_id", pa.string(), "stable across runs"),
    ("kind", pa.string(), "burst, sustained, new_code, drift, flapping, recurring or silence"),
    ("severity", pa.string(), "critical, warning or notice"),
    ("state", pa.string(), "new, ongoing, resolved or reopened"),
    ("tenant", pa.string(), "label given at ingest"),
    ("status_code", pa.string(), "the transient code of the pair, where it has an expired twin"),
    ("connector", pa.string(), "connector, NULL if the source has none"),
    ("destination", pa.string(), "who was being delivered to"),
    ("cause", pa.string(), "sub-cause key, the most frequent"),
    ("started_at", UTC_TIME, "first hour of the new level"),
    ("ended_at", UTC_TIME, "first hour after it; NULL while it lasts"),
    ("attempts", pa.int64(), "delivery attempts there while it lasted"),
    ("failures", pa.int64(), "of these, failed with this code"),
    ("failure_rate", pa.float64(), "failures / attempts while it lasted"),
    ("baseline_rate", pa.float64(), "failures / attempts outside it"),
    ("messages", pa.int64(), "distinct messages that failed"),
    ("recipients", pa.int64(), "distinct recipients that failed"),
    ("delivered_late", pa.int64(), "messages × recipients that got through after a failure"),
    ("lost", pa.int64(), "messages × recipients that were returned or given up"),
    ("at_risk", pa.int64(), "messages × recipients still queued"),
    ("next_expiry", UTC_TIME, "when the first of these is lost"),
    ("owner", pa.string(), "who has to act"),
    ("diagnosis", pa.string(), "what it looks like, in one or two sentences"),
    ("confidence", pa.float64(), "0 to 1"),
    ("evidence", pa.list_(pa.string()), "sentences with their numbers"),
    ("actions", pa.list_(pa.string()), "what to do, in order"),
    ("partner_message", pa.string(), "where a partner has to act: a message to them, ready to be sent, naming no user"),
    ("query", pa.string(), "SQL that reproduces the figures"),
    ("scope", pa.string(), "what it runs over: pair (one connector and destination), destination, connector, remote_ip "
     "(one address of several) or all"),
    ("remote_ip", pa.string(), "the one address of several that fails; NULL for all other scopes"),
    ("status_codes", pa.list_(pa.string()), "all codes of it: twins, and the rungs it went through, oldest first"),
    ("late_p50_seconds", pa.float64(), "time in queue of what was delivered late: half waited no longer"),
    ("late_p90_seconds", pa.float64(), "nine in ten waited no longer"),
    ("late_max_seconds", pa.float64(), "the longest wait"),
    ("found_at", UTC_TIME, "up to when data reached when it was first found"),
    ("revisions", pa.list_(pa.string()), "what later data changed since it was last told, in sentences"),
    ("would_bounce", pa.list_(pa.string()), "recipients that would be refused for good if the domain became "
     "Authoritative, where that is the advice in question"),
    ("vip_recipients", pa.int64(), "of the failing recipients, those named in mailtrend.toml as VIP"),
    ("set_aside", pa.string(), "ignored, acknowledged or maintenance by a rule of mailtrend.toml; else NULL"),
    ("rules", pa.list_(pa.string()), "the rules of mailtrend.toml that acted on it, in sentences"),
    ("severity_found", pa.string(), "severity by its figures alone, before rules of mailtrend.toml acted"),
)  # fmt: skip

ACKNOWLEDGED: Final = _table(
    ("incident_id", pa.string(), "an incident that an acknowledgement of mailtrend.toml acted on"),
    ("rule", pa.string(), "digest of the acknowledgement"),
    ("known_at", UTC_TIME, "up to when data reached when it first acted"),
    ("severity", pa.string(), "of the incident at that time"),
    ("lost", pa.int64(), "messages × recipients lost by then"),
    ("status_codes", pa.list_(pa.string()), "codes it had by then"),
    ("worse", pa.string(), "what has become worse since; NULL while nothing has"),
    ("worse_at", UTC_TIME, "up to when data reached when that was seen"),
)

FAILING_PLACES: Final = _table(
    ("tenant", pa.string(), "label given at ingest"),
    ("connector", pa.string(), "connector, or NULL"),
    ("destination", pa.string(), "who was being delivered to; * for all that have no row of their own"),
    ("direction", pa.string(), "direction of the mail"),
    ("recipient_domain", pa.string(), "its recipient's domain; * for all that have no row of their own"),
    ("owner_kind", pa.string(), "own, partner, internet, microsoft or undetermined: who runs the server there"),
    ("partner", pa.string(), "what to call the partner who runs it; NULL for all others"),
)

VERDICTS: Final = _table(
    ("reply_code", pa.int16(), "SMTP reply code, or NULL"),
    ("status_code", pa.string(), "enhanced status code, or NULL"),
    ("cause", pa.string(), "sub-cause key"),
    ("owner_kind", pa.string(), "who runs the server there, see failing_places"),
    ("direction_inbound", pa.bool_(), "was it refused by the organization's own server"),
    ("owner", pa.string(), "who has to act"),
    ("title", pa.string(), "short name of what happened"),
    ("class", pa.string(), "transient, permanent or success; NULL where nothing tells"),
    ("severity", pa.int16(), "1 stops a connector, tenant or domain, 2 hits many messages, 3 one message, 4 is by "
     "design; NULL where the code has no entry"),
    ("meaning", pa.string(), "what it says, in one or two sentences"),
    ("owner_depends_on", pa.string(), "what would settle an owner that is undetermined; NULL where it is determined"),
    ("first_step", pa.string(), "what to check first"),
)  # fmt: skip

SERIES: Final = _table(
    ("series_id", pa.string(), "one series: code family × connector × destination, or any key"),
    ("ts", UTC_TIME, "start of the hour, UTC; a missing hour means no data"),
    ("attempts", pa.int64(), "delivery attempts; 0 means covered and silent"),
    ("failures", pa.int64(), "of these, failed"),
    ("messages", pa.int64(), "distinct failing messages, where known"),
    ("recipients", pa.int64(), "distinct failing recipients, where known"),
    (
        "fresh",
        pa.int64(),
        "of the failing messages, those that fail there with this fault for the first time, not retries "
        "of those of earlier hours; where known",
    ),
)

FINDINGS: Final = _table(
    ("series_id", pa.string(), "the series it was found in"),
    ("started_at", UTC_TIME, "first hour of it"),
    ("ended_at", UTC_TIME, "first hour after it; NULL while it lasts"),
    ("kind", pa.string(), "burst, sustained, new_code, drift, flapping, recurring or silence"),
    ("failures", pa.int64(), "failures in it"),
    ("expected", pa.float64(), "failures that the baseline would have given"),
    ("p_value", pa.float64(), "chance of such a stretch anywhere in the series"),
    ("ratio", pa.float64(), "failures / expected"),
    ("state", pa.string(), "new, ongoing or resolved"),
    ("evidence", pa.list_(pa.string()), "sentences with their numbers"),
)
