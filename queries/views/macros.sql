-- Words that several views and queries share: what makes two rows one message, what an attempt is, how codes sort.
--
-- Beside these stand macros that are made from the formats: `source_rank(source)` (the smallest tells most),
-- `source_hop(source)` (the family that sees the same deliveries, '' if no other does), `source_tells_when(source)`,
-- `source_bit(source)` and `sources_of(mask)` (a set of sources as one number, and back).
-- And macros that are made from what is known of texts: `mentions_certificate(text)`, `certificate_problem(text)`,
-- `certificate_subject(text)`, `certificate_expected(text)`, `certificate_thumbprint(text)`, `certificate_not_after(text)`;
-- `normal_reply(text)` is a text with `~` for what differs from one message to the next.

-- A message's own id, else the Message-ID header, else its place in one server's queue, else the row itself.
CREATE MACRO message_key(network_message_id, message_id, server, queue_id, file_id, line) AS
    coalesce(network_message_id, message_id, server || '/' || queue_id, file_id || ':' || line);

-- A row of `events`, as one number: what one line says of one recipient.
CREATE MACRO row_key(file_id, line, recipient) AS
    hash(file_id, line, recipient);

-- Outcomes that are an attempt or end one.
CREATE MACRO is_attempt(outcome) AS
    outcome IN (
        'delivered', 'deferred', 'failed', 'expired', 'rejected', 'quarantined', 'filtered', 'dropped', 'expanded'
    );

-- Codes are looked up by stem and number, so that an entry may stand for a range.
CREATE MACRO code_stem(status_code) AS
    split_part(status_code, '.', 1) || '.' || split_part(status_code, '.', 2);

CREATE MACRO code_number(status_code) AS
    TRY_CAST(split_part(status_code, '.', 3) AS INTEGER);

-- The part of a host name that somebody has registered: contoso.com of mail.eu.contoso.com; NULL for an address and for
-- a single word.
CREATE MACRO registered_domain(host) AS
    nullif(
        regexp_extract(
            lower(host),
            '[^.:/@\s]+\.(?:(?:ac|co|com|edu|gob|gouv|gov|ltd|me|ne|net|nhs|or|org|plc|sch)\.[a-z]{2}|[^.:/@\s]*[a-z][^.:/@\s]*)$'
        ),
        ''
    );

-- Does Exchange Online call from this address? The ranges that Microsoft publishes for its mail on port 25.
CREATE MACRO is_exchange_online(address) AS
    regexp_matches(
        address,
        '^(?:40\.(?:9[23]|107)\.|52\.10[0-3]\.|104\.47\.(?:[0-9]|[1-9][0-9]|1[01][0-9]|12[0-7])\.|2a01:111:f40[03]:)'
    );

-- Is it a host of Microsoft's that takes mail?
CREATE MACRO is_microsoft_host(host) AS
    regexp_matches(host, '\.(?:mail\.protection\.outlook\.com|mx\.microsoft|onmicrosoft\.com)$');

-- How far mail or a session came at a server's own door: `accepted`, failed at `tls`, `dropped`, or `refused`.
CREATE MACRO met_as(outcome, event, cause) AS
    CASE
        WHEN outcome IN ('received', 'delivered', 'expanded') THEN 'accepted'
        WHEN event = 'TLS failed' OR cause = 'tls_negotiation_failed' OR starts_with(cause, 'certificate_') THEN 'tls'
        WHEN event = 'disconnected' OR starts_with(event, 'closed ') THEN 'dropped'
        WHEN outcome IN ('rejected', 'deferred', 'failed', 'expired') THEN 'refused'
    END;
