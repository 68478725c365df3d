-- What stands in a Postfix line: where it comes from, addresses, peers, replies. A macro's argument that is named twice
-- is worked out twice, also by `nullif`: what is cut out is handed on as a column before it is looked at.

-- The address in `<…>` (or bare, as some feeds write it) that begins at `start` and ends before the first `after`.
CREATE OR REPLACE TEMP MACRO address_at(cell, start, after) AS
    CASE
        WHEN substr(cell, start, 1) = '<' AND contains(cell, '>' || after) THEN
            substr(cell, start + 1, strpos(cell, '>' || after) - start - 1)
        ELSE trim(left(substr(cell, start), strpos(substr(cell, start) || after, after) - 1), '<>')
    END;

-- What follows `name`, at most `longest` characters; and what of it stands before the next comma.
CREATE OR REPLACE TEMP MACRO after_name(text, name, longest) AS
    if(contains(text, name), substr(text, strpos(text, name) + length(name), longest), NULL);

CREATE OR REPLACE TEMP MACRO before_comma(cell) AS
    if(contains(cell, ','), left(cell, strpos(cell, ',') - 1), cell);

-- `HOST TAG[PID`, what a line says of where it comes from: the host, the daemon with its instance, the process.
CREATE OR REPLACE TEMP MACRO server_of(origin) AS left(origin, strpos(origin, ' ') - 1);

CREATE OR REPLACE TEMP MACRO service_of(origin) AS
    CASE
        WHEN substr(origin, strpos(origin, '/') - 8, 8) = ' postfix' AND contains(origin, '[') THEN
            substr(origin, strpos(origin, '/') + 1, strpos(origin, '[') - strpos(origin, '/') - 1)
        ELSE regexp_extract(origin, '^[^ ]+ +([^\[]*)', 1)
    END;

CREATE OR REPLACE TEMP MACRO process_of(origin) AS substr(origin, strpos(origin, '[') + 1);

-- `host[address]`, as Postfix writes a peer: its two halves; a socket path or an unknown name is none, nor is an
-- address that was cut off.
CREATE OR REPLACE TEMP MACRO peer_host(peer) AS
    CASE
        WHEN strpos(peer, '[') > 1 AND NOT contains(peer, '[private/') AND NOT starts_with(peer, 'unknown[') THEN
            left(peer, strpos(peer, '[') - 1)
    END;

CREATE OR REPLACE TEMP MACRO peer_ip(peer) AS
    CASE
        WHEN contains(peer, '[') AND contains(peer, ']')
            AND NOT contains(peer, '[private/') AND NOT contains(peer, '[unknown]') THEN
            replace(substr(peer, strpos(peer, '[') + 1, strpos(peer, ']') - strpos(peer, '[') - 1), 'IPv6:', '')
    END;

-- Text in its outer parentheses; a line cut by syslog lacks the closing one, and a nested one is no substitute.
CREATE OR REPLACE TEMP MACRO unwrapped(text) AS
    CASE
        WHEN text[1] <> '(' THEN text
        WHEN suffix(text, '))') THEN text[2:-2]
        WHEN suffix(text, ')') AND NOT contains(text[2:], '(') THEN text[2:-2]
        WHEN suffix(text, ')') AND length(replace(text, '(', '')) >= length(replace(text, ')', '')) THEN text[2:-2]
        ELSE text[2:]
    END;

CREATE OR REPLACE TEMP MACRO is_loopback(ip) AS
    coalesce(starts_with(ip, '127.') OR ip = '::1', false);
