-- Values as columns have them: what a text holds becomes a name, an address or a code, or NULL.

-- The value is searched out of the text each time that it is named, so it is named once, and judged inside a list.

-- A server's name, or NULL: Exchange writes nothing or `xxx` where it has none, and a name that was cut is none.
CREATE OR REPLACE TEMP MACRO sound_host(host) AS
    list_filter(
        [regexp_extract(host, '^([A-Za-z0-9_](?:[A-Za-z0-9_.:-]*[A-Za-z0-9_:-])?)\.*$', 1)],
        lambda told: lower(told) NOT IN ('', 'xxx', 'none', 'null', 'unknown', 'localhost')
    )[1];

-- An address without its port, brackets and zone, or NULL; 0.0.0.0 stands where none was found.
CREATE OR REPLACE TEMP MACRO sound_address(address) AS
    list_filter(
        [regexp_extract(
            address,
            '^\[?((?:[0-9]{1,3}\.){3}[0-9]{1,3}|[0-9A-Fa-f.]*:[0-9A-Fa-f.]*:[0-9A-Fa-f:.]*)(?:%[0-9A-Za-z]+)?\]?(?::[0-9]+)?$',
            1
        )],
        lambda told: told NOT IN ('', '0.0.0.0', '::')
    )[1];

-- The first that was found, for an expression gives '' where it finds nothing.
CREATE OR REPLACE TEMP MACRO first_reply(a, b, c, d, e, f) AS
    CAST(coalesce(nullif(a, ''), nullif(b, ''), nullif(c, ''), nullif(d, ''), nullif(e, ''), nullif(f, '')) AS SMALLINT);

CREATE OR REPLACE TEMP MACRO first_status(a, b, c, d, e) AS
    replace(coalesce(nullif(a, ''), nullif(b, ''), nullif(c, ''), nullif(d, ''), nullif(e, '')), '-', '.');
