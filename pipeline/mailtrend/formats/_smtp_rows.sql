-- Both Exchange protocol logs: every row as what it is, and how it counts.

-- All rows. Texts, and where they come from, are kept only of rows that may come to speak: they are what costs.
CREATE TEMP TABLE heard AS
WITH words AS (
    SELECT file_no,
           line,
           hash(connector_id, session_id) AS session,
           TRY_CAST(sequence_number AS INTEGER) AS number,
           utc_time(date_time) AS moment,
           session_id,
           connector_id,
           remote_endpoint,
           coalesce(data, '') AS data,
           coalesce(context, '') AS context,
           kind_of(event, coalesce(data, ''), coalesce(context, '')) AS kind,
           event = '$reply' AS is_reply
    FROM raw
    ANTI JOIN held USING (file_no, line)
),
told AS (
    SELECT *,
           if(kind IN (10, 11), code_of(data), NULL) AS code,
           CASE
               WHEN kind = 10 THEN NOT starts_with(data, '221') AND substring(data, 5, 1) <> ' '
               WHEN kind = 24 THEN starts_with(context, 'Remote')
               ELSE kind BETWEEN 1 AND 5 OR kind BETWEEN 11 AND 23
           END AS feeds,
           is_reply AND data >= '4' AS fails
    FROM words
),
placed AS (
    SELECT *, kind IN (1, 2, 22, 23) OR (kind = 10 AND fails) OR (kind = 24 AND feeds) AS is_placed
    FROM told
)
SELECT file_no,
       line,
       session,
       number,
       moment,
       kind,
       code,
       CASE
           WHEN kind IN (1, 2) THEN data
           WHEN kind IN (8, 9) THEN split_part(data, ' ', 1)
           WHEN kind = 20 THEN id_in(context)
           WHEN kind = 21 THEN tls_in(context)
           WHEN kind >= 22 THEN context
           WHEN is_reply AND (fails OR $telling) THEN data
       END AS text,
       if(is_placed, connector_id, NULL) AS connector_id,
       if(is_placed, remote_endpoint, NULL) AS remote_endpoint,
       if(is_placed, session_id, NULL) AS session_id,
       session_id IS NULL OR session_id = '' AS is_nameless,
       feeds
FROM placed;

-- The version of TLS, by session.
CREATE TEMP TABLE secured AS
SELECT session, any_value(text) AS version
FROM heard
WHERE kind = 21
GROUP BY session;

-- Rows are counted by what they are; a session is what its rows feed together.
CREATE TEMP VIEW parsed_rows AS
WITH judged AS (
    SELECT file_no, line, session, feeds, fault_of(moment, is_nameless, number, kind) AS fault
    FROM heard
)
SELECT file_no,
       line,
       CASE
           WHEN fault IS NOT NULL THEN 'reject'
           WHEN feeds THEN 'used'
           ELSE 'context'
       END AS disposition,
       fault AS reason,
       session AS unit
FROM judged;
