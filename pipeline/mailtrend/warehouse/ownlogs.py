"""The SQL of what one's own servers logged: their hours, the mail of incidents among it, and who called them."""

from __future__ import annotations

from typing import Final

# Every hour of every own server's logs: small, however long the logs are.
HOURS: Final = """
    CREATE OR REPLACE TEMP TABLE behind_hours AS
    SELECT
        e.tenant,
        coalesce(e.server, e.source) AS server,
        date_trunc('hour', e.event_time) AS hour,
        min(e.event_time) AS first,
        max(e.event_time) AS last,
        count(*) FILTER (WHERE e.outcome = 'received') AS arrivals,
        count(*) FILTER (
            WHERE e.outcome = 'delivered' AND e.direction = 'outbound'
                AND is_microsoft_host(coalesce(e.remote_host, e.destination))
        ) AS handed_up
    FROM events AS e
    WHERE NOT settled_by_id(e.source)
        AND e.tenant IN (SELECT tenant FROM behind_cases)
        AND e.event_time >= $since
        AND e.event_time < $until
    GROUP BY ALL
"""
# The messages of each incident's place, by every id that one's own servers may know them by.
MAILS: Final = """
    CREATE OR REPLACE TEMP TABLE behind_mails AS
    WITH mails AS (
        SELECT t.number, t.message, bool_or(t.during AND t.here) AS failing, min(t.event_time) AS first
        FROM case_tries AS t
        INNER JOIN behind_cases AS b ON t.number = b.number
        WHERE t.event_time >= b.begun - INTERVAL 14 DAY AND t.event_time < b.until
        GROUP BY t.number, t.message
    ),
    ids AS (
        SELECT hash(e.network_message_id) AS message, hash(min(e.message_id)) AS id
        FROM events AS e
        WHERE settled_by_id(e.source)
            AND e.network_message_id IS NOT NULL
            AND e.message_id IS NOT NULL
            AND e.event_time >= $since
            AND hash(e.network_message_id) IN (SELECT message FROM mails)
        GROUP BY hash(e.network_message_id)
    )
    SELECT number, message, failing, first, message AS id
    FROM mails
    UNION
    SELECT m.number, m.message, m.failing, m.first, i.id
    FROM mails AS m
    INNER JOIN ids AS i ON m.message = i.message
"""
# Read once: rows of own servers about those messages, and whatever reached them from outside.
ROWS: Final = """
    CREATE OR REPLACE TEMP TABLE behind_rows AS
    WITH own AS (
        SELECT
            e.tenant,
            coalesce(e.server, e.source) AS server,
            e.event_time,
            e.direction,
            e.remote_ip,
            met_as(e.outcome, e.event, e.cause) AS met,
            coalesce(e.network_message_id, r.network_message_id, e.message_id, r.message_id) IS NOT NULL AS named,
            hash(coalesce(e.network_message_id, r.network_message_id)) AS by_exchange,
            hash(coalesce(e.message_id, r.message_id)) AS by_header,
            hash(coalesce(e.message_id, e.queue_id, e.file_id || ':' || e.line)) AS call
        FROM events AS e
        LEFT JOIN repeats AS r
            ON e.file_id = r.file_id AND e.line = r.line AND coalesce(e.recipient, '') = r.recipient
        WHERE NOT settled_by_id(e.source)
            AND e.direction IS DISTINCT FROM 'outbound'
            AND e.tenant IN (SELECT tenant FROM behind_cases)
            AND e.event_time >= $since
            AND e.event_time < $until
    )
    SELECT *
    FROM own
    WHERE (direction = 'inbound' AND remote_ip IS NOT NULL)
        OR (
            named
            AND (by_exchange IN (SELECT id FROM behind_mails) OR by_header IN (SELECT id FROM behind_mails))
        )
"""
# What they say of those messages: a server that had sent the message itself is not asked.
MET: Final = """
    CREATE OR REPLACE TEMP TABLE behind_met AS
    WITH matched AS (
        SELECT m.number, m.message, m.failing, m.first, o.*
        FROM behind_rows AS o
        INNER JOIN behind_mails AS m ON o.by_exchange = m.id
        WHERE o.named
        UNION ALL
        SELECT m.number, m.message, m.failing, m.first, o.*
        FROM behind_rows AS o
        INNER JOIN behind_mails AS m ON o.by_header = m.id
        WHERE o.named
    )
    SELECT
        number,
        server,
        remote_ip,
        direction,
        message,
        any_value(failing) AS failing,
        bool_or(met = 'accepted') AS accepted
    FROM matched
    WHERE event_time >= first - INTERVAL 10 MINUTE
    GROUP BY number, server, remote_ip, direction, message
"""
# Mail and sessions that came from Exchange Online: from its published addresses, or from where its mail came before.
CALLS: Final = """
    CREATE OR REPLACE TEMP TABLE behind_calls AS
    WITH peers AS (
        SELECT b.tenant, m.remote_ip
        FROM behind_met AS m
        INNER JOIN behind_cases AS b ON m.number = b.number
        WHERE m.direction = 'inbound' AND m.accepted AND m.remote_ip IS NOT NULL
        UNION
        SELECT tenant, remote_ip
        FROM (SELECT DISTINCT tenant, remote_ip FROM behind_rows WHERE direction = 'inbound')
        WHERE is_exchange_online(remote_ip)
    ),
    calls AS (
        SELECT r.*
        FROM behind_rows AS r
        INNER JOIN peers AS p ON r.tenant = p.tenant AND r.remote_ip = p.remote_ip
        WHERE r.direction = 'inbound'
    )
    SELECT
        b.number,
        c.server,
        count(DISTINCT c.call) FILTER (WHERE c.event_time > b.begun AND c.met = 'accepted') AS accepted,
        count(DISTINCT c.call) FILTER (WHERE c.event_time > b.begun AND c.met = 'refused') AS refused,
        count(DISTINCT c.call) FILTER (WHERE c.event_time > b.begun AND c.met = 'tls') AS tls_failed,
        count(DISTINCT c.call) FILTER (WHERE c.event_time > b.begun AND c.met = 'dropped') AS dropped,
        count(DISTINCT c.call) FILTER (WHERE c.event_time <= b.begun) AS sessions_before,
        max(c.event_time) AS last_session
    FROM calls AS c
    INNER JOIN behind_cases AS b
        ON c.tenant = b.tenant AND c.event_time >= b.begun - INTERVAL 14 DAY AND c.event_time < b.until
    GROUP BY b.number, c.server
"""
