-- Lines about mail that did not get in: which of them are refusals.

-- Rulesets that look at the server that mail is sent to say why a delivery is put off; its own line tells that.
CREATE OR REPLACE TEMP MACRO ruleset_kind(said) AS
    CASE
        WHEN regexp_matches(said, '^ruleset=(?:tls_server|tls_rcpt|try_tls|tls_clt_features|check_compat)\b') THEN 0
        WHEN contains(said, ', reject=') OR suffix(said, ', discard') OR contains(said, ', quarantine=') THEN 3
        WHEN regexp_matches(said, '^ruleset=[A-Za-z0-9_]+, arg1=') THEN 12
        ELSE 0
    END;

CREATE OR REPLACE TEMP MACRO filter_kind(said) AS
    CASE
        WHEN starts_with(said, 'milter=') THEN if(contains(said, ', quarantine='), 4, 0)
        WHEN contains(said, ', reject=') OR suffix(said, ', discard') THEN 4
        WHEN suffix(said, 'rejecting commands') OR suffix(said, 'temp failing commands') THEN 4
        WHEN regexp_matches(said, '^Milter: (?:to|from|data|helo|eoh|header|body)\b.*, (?:rej|disc)[^=]*$$') THEN 12
        ELSE 0
    END;

-- `<address>... text` is also how Sendmail says that it goes on.
CREATE OR REPLACE TEMP MACRO address_kind(said) AS
    if(
        regexp_matches(
            said,
            '>\.\.\. (?:aliased to|forwarding to|[Ss]ender ok|[Rr]ecipient ok|[Cc]onnecting to|[Ss]ent|[Qq]ueued'
            || '|Deferred)'
        ),
        0,
        5
    );

-- `NEWID: DSN: text`: the report of what became of a mail goes out under an id of its own. Only one that says that mail
-- was given up tells more than the lines of the deliveries.
CREATE OR REPLACE TEMP MACRO report_kind(said) AS
    CASE
        WHEN NOT regexp_matches(
            said,
            '^[0-9A-Za-z]{7,19}: (?:DSN|return to sender|return receipt|sender notify|postmaster notify): '
        ) THEN 0
        WHEN contains(said, ': Cannot send message ') AND NOT contains(said, ': postmaster notify: ') THEN 7
        ELSE 10
    END;
