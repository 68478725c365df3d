-- Failure texts with everything that is known of them: whether the message expired, and the steps in order.

-- Did the message wait until nobody tried again? A permanent reply that says so, or one of the codes that mean nothing else.
CREATE OR REPLACE TEMP MACRO is_expired(words, reply, status) AS
    CASE
        WHEN reply BETWEEN 200 AND 499 THEN false
        WHEN status IN ('5.4.7', '5.4.300') OR (status = '4.4.7' AND reply >= 500) THEN true
        WHEN regexp_matches(
            words,
            'messages? (?:has |was |have )?expired|queue\.expired|delivery time expired|retry time(?:out)? exceeded|expired, returned to sender|delivery expired|failing for a long time|could not be delivered for (?:more than )?[0-9]|could not send message for past|failing for too long|in queue too long'
        ) THEN reply >= 500 OR coalesce(status[1:1], '5') = '5'
        WHEN status IN ('5.4.312', '5.4.315', '5.4.316', '5.4.317', '5.4.318', '5.7.320') THEN
            NOT regexp_matches(words, '[a-z]{3}')
        ELSE false
    END;

-- Texts (response, reply_code, status_code) with everything that is known of them; `texts` is a relation's name.
-- A macro's argument is put in wherever it is named, so each step is MATERIALIZED: expressions would multiply otherwise.
-- Each step copies its texts, so it carries no other than it needs, and rows have a number to be put together by.
CREATE OR REPLACE TEMP MACRO reasons(texts) AS TABLE
WITH given AS MATERIALIZED (
    SELECT row_number() OVER () AS id, t.response, t.reply_code, t.status_code,
           cause_by_own_reply(t.response) AS own
    FROM query_table(texts) AS t
),
whole AS MATERIALIZED (
    SELECT g.id, g.reply_code, g.status_code, reason_line(g.response) AS line
    FROM given AS g
),
bare AS MATERIALIZED (
    SELECT w.id, w.reply_code, w.status_code, unquoted(w.line) AS line
    FROM whole AS w
),
lines AS MATERIALIZED (
    SELECT b.id, b.reply_code, b.status_code, single_blanks(b.line) AS line
    FROM bare AS b
),
single AS MATERIALIZED (
    SELECT l.id, l.reply_code, l.status_code,
           CASE WHEN contains(l.line, '}') THEN one_list(close_keys(l.line)) ELSE l.line END AS line
    FROM lines AS l
),
marked AS MATERIALIZED (
    SELECT s.id, s.reply_code, s.status_code, s.line, led_marked(s.line) AS marked
    FROM single AS s
),
leds AS MATERIALIZED (
    SELECT m.id, m.reply_code, m.status_code, contains(m.line, '{LED=') AS listed, reason_led(m.line, m.marked) AS led
    FROM marked AS m
),
shaped AS MATERIALIZED (
    SELECT l.id, l.reply_code, l.status_code, l.listed, reason_shape(l.led) AS shape
    FROM leds AS l
),
worded AS MATERIALIZED (
    SELECT s.id, s.reply_code, s.status_code, s.listed, reason_words(s.shape) AS words
    FROM shaped AS s
),
shapes AS MATERIALIZED (
    SELECT DISTINCT w.words, w.reply_code, w.status_code, w.listed
    FROM worded AS w
),
alone AS MATERIALIZED (
    SELECT s.words, s.reply_code, s.status_code, s.listed, lone_codes(s.words) AS codes
    FROM shapes AS s
),
begun AS MATERIALIZED (
    SELECT a.words, a.reply_code, a.status_code, a.listed, leading_codes(a.words, a.codes) AS codes
    FROM alone AS a
),
outers AS MATERIALIZED (
    SELECT b.words, b.reply_code, b.status_code, b.listed, b.codes, announced_codes(b.words, b.codes) AS told
    FROM begun AS b
),
found AS MATERIALIZED (
    SELECT o.words, o.reply_code, o.status_code, o.listed,
           first_reply(o.codes.reply, o.codes.late, o.told.pair_reply, o.told.reply, o.told.late, NULL) AS found_reply,
           first_status(o.codes.status, o.codes.bare, o.told.pair_status, o.told.status, o.told.bare) AS found_status,
           coalesce(nullif(o.codes.rest, ''), o.told.rest, '') AS rest
    FROM outers AS o
),
inners AS MATERIALIZED (
    SELECT f.words, f.reply_code, f.status_code, f.listed, f.found_reply, f.found_status, f.rest, inner_codes(f.rest) AS inside
    FROM found AS f
),
messages AS MATERIALIZED (
    SELECT i.words, i.reply_code, i.status_code, i.listed, i.found_reply, i.found_status, i.rest, i.inside,
           CASE WHEN found_nothing(i.inside) THEN message_codes(i.rest) END AS message
    FROM inners AS i
),
insides AS MATERIALIZED (
    SELECT m.words, m.reply_code, m.status_code, m.listed, m.found_reply, m.found_status, m.rest,
           first_reply(
               m.inside.reply, m.inside.late, m.inside.pair_reply, m.inside.closing_reply, m.message.reply, m.message.late
           ) AS inner_reply,
           first_status(
               m.inside.status, m.inside.bare, m.inside.pair_status, m.message.status, m.message.bare
           ) AS inner_status
    FROM messages AS m
),
wrapped AS MATERIALIZED (
    SELECT i.words, i.reply_code, i.status_code, i.listed, coalesce(i.reply_code, i.found_reply) AS out_reply_code,
           coalesce(
               i.status_code,
               i.found_status,
               CASE WHEN i.inner_reply IS NULL THEN trailing_status(i.words) END,
               CASE WHEN i.inner_reply IS NULL THEN same_reply(i.rest, i.found_reply) END
           ) AS out_status_code,
           i.inner_reply AS remote_reply_code,
           coalesce(
               i.inner_status,
               CASE WHEN i.inner_reply IS NOT NULL THEN trailing_status(i.rest) END,
               CASE WHEN i.inner_reply IS NOT NULL THEN same_reply(i.rest, i.inner_reply) END
           ) AS remote_status_code,
           sentences(i.words) AS sentences,
           CASE
               WHEN i.inner_reply IS NOT NULL OR i.inner_status IS NOT NULL THEN inner_words(sentences(i.words))
           END AS inner_sentences
    FROM insides AS i
),
judged AS MATERIALIZED (
    SELECT w.words, w.reply_code, w.status_code, w.listed, w.out_reply_code, w.out_status_code, w.remote_reply_code,
           w.remote_status_code,
           told_cause(
               w.sentences, w.inner_sentences, w.listed, w.out_reply_code, w.out_status_code, w.remote_reply_code,
               w.remote_status_code
           ) AS told,
           is_expired(w.words, w.out_reply_code, w.out_status_code) AS expired
    FROM wrapped AS w
),
served AS MATERIALIZED (
    SELECT s.id, s.line, told_server(s.line) AS server
    FROM single AS s
),
tried AS MATERIALIZED (
    SELECT s.id,
           coalesce(tagged_host(s.line), sound_host(s.server.host), late_host(s.line)) AS remote_host,
           coalesce(tagged_address(s.line), sound_address(s.server.address), late_address(s.line)) AS remote_ip
    FROM served AS s
)
SELECT g.response, g.reply_code, g.status_code, j.out_reply_code, j.out_status_code, j.remote_reply_code,
       j.remote_status_code, t.remote_host, t.remote_ip,
       coalesce(g.own, nullif(split_part(j.told, ':', 2), '')) AS cause,
       CASE WHEN g.own IS NULL THEN nullif(split_part(j.told, ':', 1), '') ELSE 'own' END AS basis,
       j.expired
FROM given AS g
JOIN tried AS t
  ON g.id = t.id
JOIN worded AS w
  ON g.id = w.id
JOIN judged AS j
  ON w.words = j.words
 AND w.reply_code IS NOT DISTINCT FROM j.reply_code
 AND w.status_code IS NOT DISTINCT FROM j.status_code
 AND w.listed = j.listed;
