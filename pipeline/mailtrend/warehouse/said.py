"""What texts, senders, TLS and addresses say of incidents, for those whose cause makes them worth reading."""

from __future__ import annotations

from typing import Final

from mailtrend.warehouse.around import FAILING, TEXTUAL

TLS_FAILS: Final = ("starttls_not_offered", "tls_negotiation_failed")
TEXTS: Final = 200
"""So many different texts of an incident are looked at for certificates, the most frequent ones."""

SAID: Final = f"""
    CREATE OR REPLACE TEMP TABLE around_said AS
    WITH ours AS (
        SELECT DISTINCT c.number, c.kind, c.first, c.last, o.tenant, o.connector, o.destination, o.code
        FROM around_cases AS c
        INNER JOIN around_own AS o ON c.number = o.number
        WHERE o.cause IN {TEXTUAL} OR c.kind = 'drift'
    )
    SELECT
        o.number,
        e.response,
        lower(e.sender) AS sender,
        hash(message_key(e.network_message_id, e.message_id, e.server, e.queue_id, e.file_id, e.line)) AS message
    FROM events AS e
    LEFT JOIN code_family AS f ON e.status_code = f.status_code
    INNER JOIN ours AS o
        ON e.tenant = o.tenant
        AND e.connector IS NOT DISTINCT FROM o.connector
        AND e.destination IS NOT DISTINCT FROM o.destination
        AND coalesce(f.family, e.status_code) IS NOT DISTINCT FROM o.code
        AND e.event_time >= o.first
        AND e.event_time < o.last
    WHERE e.outcome IN {FAILING}
        AND e.event_time >= $since AND e.event_time < $until
        AND (e.cause IN {TEXTUAL} OR o.kind = 'drift')
"""
REPLIES: Final = """
    SELECT number, list(response ORDER BY messages DESC, response)[1:5] AS replies
    FROM (
        SELECT number, response, count(DISTINCT message) AS messages
        FROM around_said
        WHERE response IS NOT NULL
        GROUP BY number, response
    )
    GROUP BY number
    ORDER BY number
"""
CERTIFICATES: Final = f"""
    WITH texts AS MATERIALIZED (
        SELECT number, response
        FROM around_said
        WHERE mentions_certificate(response)
        GROUP BY number, response
        QUALIFY row_number() OVER (PARTITION BY number ORDER BY count(*) DESC, response) <= {TEXTS}
    ),
    told AS MATERIALIZED (
        SELECT number, certificate_subject(response) AS presented, certificate_expected(response) AS expected,
            certificate_not_after(response) AS not_after
        FROM texts
    )
    SELECT number,
        list_sort(list(DISTINCT presented) FILTER (WHERE presented IS NOT NULL))[1:3] AS presented,
        list_sort(list(DISTINCT expected) FILTER (WHERE expected IS NOT NULL))[1:3] AS expected,
        list_sort(list(DISTINCT not_after) FILTER (WHERE not_after IS NOT NULL))[1:3] AS not_after
    FROM told
    GROUP BY number
    ORDER BY number
"""
SENDERS: Final = """
    WITH counted AS (
        SELECT number, sender, count(DISTINCT message) AS messages
        FROM around_said
        WHERE sender IS NOT NULL AND sender <> ''
        GROUP BY number, sender
    )
    SELECT number, count(*) AS sender_count,
        list({'name': sender, 'messages': messages} ORDER BY messages DESC, sender)[1:3] AS senders
    FROM counted
    GROUP BY number
    ORDER BY number
"""
TLS: Final = f"""
    WITH ours AS (
        SELECT DISTINCT c.number, c.first, o.tenant, o.connector, o.destination
        FROM around_cases AS c
        INNER JOIN around_own AS o ON c.number = o.number
        WHERE o.cause IN {TLS_FAILS}
    )
    SELECT o.number, count(*) AS tls_before, max(e.event_time) AS tls_last,
        arg_max(e.tls_version, e.event_time) AS tls_version
    FROM events AS e
    INNER JOIN ours AS o
        ON e.tenant = o.tenant
        AND e.connector IS NOT DISTINCT FROM o.connector
        AND e.destination IS NOT DISTINCT FROM o.destination
        AND e.event_time < o.first
    WHERE e.event_time >= $since - INTERVAL 30 DAY AND e.event_time < $until
        AND e.tls_version IS NOT NULL AND e.outcome NOT IN {FAILING}
    GROUP BY o.number
    ORDER BY o.number
"""
ADDRESSES: Final = """
    WITH ours AS (
        SELECT DISTINCT c.number, c.first, c.last, o.place, o.code, CASE WHEN o.code IS NULL THEN o.cause END AS cause
        FROM around_cases AS c
        INNER JOIN around_own AS o ON c.number = o.number
        WHERE c.scope IN ('pair', 'destination', 'remote_ip')
    ),
    spots AS (
        SELECT DISTINCT number, place, first, last
        FROM ours
    ),
    tried AS (
        SELECT s.number, t.place, t.remote_ip, t.failing, t.code, CASE WHEN t.code IS NULL THEN t.cause END AS cause
        FROM spots AS s
        INNER JOIN tries AS t ON s.place = t.place AND t.event_time >= s.first AND t.event_time < s.last
        WHERE t.remote_ip IS NOT NULL
    ),
    counted AS (
        SELECT t.number, t.remote_ip, count(*) AS attempts, count(o.number) AS failures
        FROM tried AS t
        LEFT JOIN ours AS o
            ON t.failing
            AND t.number = o.number
            AND t.place = o.place
            AND t.code IS NOT DISTINCT FROM o.code
            AND t.cause IS NOT DISTINCT FROM o.cause
        GROUP BY t.number, t.remote_ip
    )
    SELECT number,
        list({'ip': remote_ip, 'attempts': attempts, 'failures': failures}
            ORDER BY failures DESC, attempts DESC, remote_ip)[1:20] AS addresses
    FROM counted
    GROUP BY number
    ORDER BY number
"""
