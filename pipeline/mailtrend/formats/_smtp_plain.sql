-- Most sessions go by the book: each command gets its reply, none fails, each message comes to its end. Of those it is
-- plain without looking further that every recipient got the reply to the body of their message. All others are
-- `entangled`, and left to the algorithm that reads any dialogue.

-- The rows of a session as sets: bit n stands for the row with sequence number n.
CREATE OR REPLACE TEMP MACRO place_of(number) AS
    CASE WHEN number BETWEEN 0 AND 119 THEN 1::HUGEINT << number::HUGEINT END;

-- How many rows of a set come before a place.
CREATE OR REPLACE TEMP MACRO before(places, place) AS bit_count(places & (place - 1));

-- One row a session. It is odd if a row is faulty, if something failed or hung up before a message was named, if a
-- recipient came before all messages, or if its rows cannot be told apart by their numbers.
CREATE TEMP TABLE dialogues AS
WITH placed AS (
    SELECT session,
           kind,
           place_of(number) AS place,
           kind BETWEEN 1 AND 20 AS speaks,
           kind IN (11, 22, 23)
           OR (kind = 10 AND coalesce(code NOT BETWEEN 200 AND 299, true))
           OR fault_of(moment, is_nameless, number, kind) IS NOT NULL AS is_odd,
           kind = 24 AND feeds AS hangs_up
    FROM heard
),
gathered AS (
    SELECT session,
           coalesce(bit_or(place) FILTER (kind BETWEEN 1 AND 9), 0) AS commands,
           coalesce(bit_or(place) FILTER (kind = 10), 0) AS replies,
           coalesce(bit_or(place) FILTER (kind = 1), 0) AS mails,
           coalesce(bit_or(place) FILTER (kind = 2), 0) AS recipients,
           coalesce(bit_or(place) FILTER (kind = 3), 0) AS datas,
           coalesce(bit_or(place) FILTER (kind = 5), 0) AS lasts,
           coalesce(bit_or(place) FILTER (kind = 20), 0) AS notes,
           count(*) FILTER (speaks) AS spoken,
           bool_or(is_odd) AS is_odd,
           bool_or(hangs_up) AND NOT bool_or(kind = 7) AS hangs_up
    FROM placed
    GROUP BY session
)
SELECT session,
       commands,
       replies,
       mails,
       datas,
       datas | lasts AS bodies,
       is_odd
       OR bit_count(commands | replies | notes) <> spoken
       OR recipients & ((mails & -mails) - 1) <> 0
       OR (mails = 0 AND hangs_up AND '$command' = '>') AS is_odd
FROM gathered;

-- Sequences of commands and replies in which each reply answers the next command in turn, after one greeting at most,
-- and MAIL and the end of a body take turns, nothing being open when a body ends. Sessions share a few sequences.
CREATE TEMP TABLE orderly AS
WITH sequences AS (
    SELECT DISTINCT commands, replies, mails, bodies, bit_count(replies) - bit_count(commands) AS greetings
    FROM dialogues
    WHERE NOT is_odd AND bit_count(mails) = bit_count(bodies)
        AND bit_count(replies) - bit_count(commands) BETWEEN 0 AND 1
),
steps AS (
    SELECT sequences.*, place_of(numbers.number) AS place
    FROM sequences, range(120) AS numbers(number)
    WHERE ((commands | replies) & place_of(numbers.number)) <> 0
),
judged AS (
    SELECT *,
           CASE
               WHEN replies & place <> 0 THEN
                   if(
                       before(replies, place) < greetings,
                       before(commands, place) = 0,
                       before(replies, place) - greetings < before(commands, place)
                   )
               WHEN mails & place <> 0 THEN before(mails, place) = before(bodies, place)
               WHEN bodies & place <> 0 THEN
                   before(mails, place) = before(bodies, place) + 1
                   AND before(replies, place) - greetings = before(commands, place)
               ELSE true
           END AS in_turn
    FROM steps
)
SELECT commands, replies, mails, bodies
FROM judged
GROUP BY commands, replies, mails, bodies
HAVING bool_and(in_turn);

-- The replies next after some commands: added to the gaps between replies, a bit is carried up to the next reply.
CREATE OR REPLACE TEMP MACRO next_replies(commands, replies) AS
    (xor((1::HUGEINT << 120::HUGEINT) - 1, replies) + commands) & replies;

-- The sessions that go by the book, with the replies that decide over bodies, and those of them that answer DATA.
CREATE TEMP TABLE plain_sessions AS
SELECT session, mails, bodies, next_replies(bodies, replies) AS deciding, next_replies(datas, replies) AS after_data
FROM dialogues
SEMI JOIN orderly USING (commands, replies, mails, bodies)
WHERE NOT is_odd AND $shortcut;

CREATE TEMP TABLE entangled AS
SELECT session
FROM dialogues
ANTI JOIN plain_sessions USING (session);

-- What the rows of one message tell.
CREATE TEMP TABLE plain_messages AS
WITH parts AS (
    SELECT session,
           kind,
           number,
           text,
           after_data & place_of(number) <> 0 AS is_after_data,
           code,
           moment,
           file_no,
           line,
           if(kind = 10, before(bodies, place_of(number)), before(mails, place_of(number)) + 1) AS message
    FROM heard
    JOIN plain_sessions USING (session)
    WHERE kind IN (1, 20) OR (kind = 10 AND deciding & place_of(number) <> 0)
),
gathered AS (
    SELECT session,
           message,
           any_value(text) FILTER (kind = 1) AS mail,
           arg_min(text, number) FILTER (kind = 20) AS note,
           any_value(text) FILTER (kind = 10) AS text,
           bool_or(is_after_data) AS is_after_data,
           any_value(code) FILTER (kind = 10) AS code,
           any_value(moment) FILTER (kind = 10) AS moment,
           any_value(file_no) FILTER (kind = 10) AS file_no,
           any_value(line) FILTER (kind = 10) AS line
    FROM parts
    GROUP BY session, message
)
SELECT * EXCLUDE (mail, is_after_data),
       if(is_after_data, 'DATA ', 'BDAT ') || code AS event,
       path_of(mail) AS sender,
       size_of(mail) AS size_bytes
FROM gathered;

-- What each recipient of a plain session came to.
CREATE TEMP VIEW plain_fates AS
WITH named AS (
    SELECT session, text, before(mails, place_of(number)) AS message, connector_id, remote_endpoint, session_id
    FROM heard
    JOIN plain_sessions USING (session)
    WHERE kind = 2
)
SELECT n.session,
       m.file_no,
       m.line,
       m.moment AS event_time,
       m.event,
       m.code,
       m.text,
       m.note,
       n.connector_id,
       n.remote_endpoint,
       n.session_id,
       m.sender,
       path_of(n.text) AS recipient,
       m.size_bytes
FROM named AS n
JOIN plain_messages AS m ON m.session = n.session AND m.message = n.message;
