-- What the text of a failed or deferred delivery says of further attempts.

-- Given up because nobody tries any longer, whatever the last error was.
CREATE OR REPLACE TEMP MACRO is_given_up(text) AS
    coalesce(
        contains(text, 'retry timeout exceeded')
        OR contains(text, 'retry time exceeded')
        OR contains(text, 'after a long failure period')
        OR contains(text, 'have been failing for a long time'),
        false
    );

-- Given up without a word on the last error.
CREATE OR REPLACE TEMP MACRO is_bare_end(text) AS
    text IN ('retry timeout exceeded', 'retry time exceeded')
    OR starts_with(text, 'retry time not reached for any host after a long failure period')
    OR starts_with(text, 'all hosts ');

-- Put off without an attempt: by configuration, by the retry schedule, by a limit on simultaneous deliveries.
CREATE OR REPLACE TEMP MACRO is_not_tried(text) AS
    coalesce(
        contains(text, 'etry time not reached')
        OR contains(text, 'etry time not yet reached')
        OR contains(text, 'delivery explicitly queued')
        OR contains(text, 'queue_smtp_domains')
        OR contains(text, 'queue_domains')
        OR contains(text, 'domain is held')
        OR contains(text, 'concurrency limit reached')
        OR contains(text, 'local deliveries only')
        OR contains(text, 'only local deliveries'),
        false
    );

-- Which way a delivery went that never met a server: the names of transports say so as a rule.
CREATE OR REPLACE TEMP MACRO direction_of(transport) AS
    CASE
        WHEN regexp_matches(lower(transport), 'local|pipe|file|lmtp|maildir|mailbox|spool|dovecot|cyrus') THEN 'inbound'
        WHEN contains(lower(transport), 'smtp') THEN 'outbound'
        ELSE 'unknown'
    END;
