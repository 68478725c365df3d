-- Which server was tried: its name and its address. `tagged_host(line)`, `tagged_address(line)` (what Exchange's tags,
-- keys and suffixes say), `late_host(line)`, `late_address(line)` (what counts where no `host[address]` is told) and
-- `server_openings()` come from forms.toml.

-- `host H[IP] said`, `connect to H[IP]:25:`, `lost connection with H[IP]`, Exim's `H=h [ip]:`, `Server at H (IP)`, and
-- `h [ip]: …`, `h[ip]: …` or `h [ip] Connection refused` at the very beginning. Exchange's lists have keys of their own for that.
CREATE OR REPLACE TEMP MACRO told_server(line) AS
    CASE
        WHEN contains(line, '{FQDN=') OR NOT regexp_matches(line, '[\[(][0-9A-Fa-f:.]{2,}[\])]') THEN {'host': '', 'address': ''}
        WHEN regexp_matches(line, '^[A-Za-z0-9_-]+\.[A-Za-z0-9_.-]*[A-Za-z0-9_] ?\[') THEN
            regexp_extract(
                line,
                '^([A-Za-z0-9_-]+\.[A-Za-z0-9_.-]*[A-Za-z][A-Za-z0-9_.-]*) ?\[([0-9A-Fa-f:.]{2,})\](?::[0-9]+)?(?:[ :,]|$)',
                ['host', 'address']
            )
        ELSE
            regexp_extract(
                line,
                '(?:(?:' || server_openings() || ') ?([A-Za-z0-9_][A-Za-z0-9_.-]*) ?|(?:' || nameless_openings()
                || '))[\[(]([0-9A-Fa-f:.]{2,})[\])](?::[0-9]+)?(?:[ :,]|$)',
                ['host', 'address']
            )
    END;
