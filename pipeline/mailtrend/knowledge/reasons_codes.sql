-- Codes as (reply, status, bare, late): `450 4.4.317`, `451-4.7.23`, `550 #5.1.1`, `451 4-4.395`, `450`, or `5.7.1` alone,
-- or with its reply behind it, `5.1.1 550`. `announced_openings()`, `wrapped_openings()`, `pair_openings()` and
-- `closing_openings()` come from forms.toml.

-- What follows must not go on: `550 5.79.12.14` is an address behind a bare 550, `4.16.55.1` is no code at all. A status
-- code at the very end may be half of one, for logs cut texts: it counts only in texts that hold nothing else.
CREATE OR REPLACE TEMP MACRO codes() AS
    '(?:([45][0-57][0-9]|2[0-5][0-9])(?:(?:[ :,/_-]{0,3}[#(\[]?|-[''"]|[''"], ?\[[''"])([245][.-][0-9]{1,3}\.[0-9]{1,3})(?:[^0-9a-z.…]|\.[^0-9a-z.…])|[^0-9a-z.]|\.?$|\.[^0-9a-z])|([245]\.[0-9]{1,3}\.[0-9]{1,3})(?:[ -]+(4(?:2[01]|3[12]|4[1-7]|5[0-9])|5(?:0[1-4]|2[1-5]|3[0-8]|4[1-9]|5[0-9]|7[01]))(?:[^0-9a-z.]|$)|[^0-9a-z.…]|\.[^0-9a-z.…]))';

-- Words such as `Reason:` or `smtp;` that may stand before the code at the beginning of a text.
CREATE OR REPLACE TEMP MACRO beginning() AS
    '^[^0-9a-z]*(?:[a-z-]{2,20} ?[:;=] ?){0,3}[^0-9a-z]*';

-- Is this a number of something else? Then a text that begins with it has no code.
CREATE OR REPLACE TEMP MACRO begins_with_amount(words) AS
    regexp_matches(words, '^[^0-9a-z]*[245][0-5][0-9] (?:[kmgt]i?b|bytes|seconds|minutes|hours|days|%)(?:[^a-z]|$)');

-- The codes of a text that holds nothing else; then those at the beginning of a text, and the rest of it.
CREATE OR REPLACE TEMP MACRO lone_codes(words) AS
    CASE
        WHEN regexp_matches(words, beginning() || '[245][0-57.][0-9][^a-z]{0,12}$') THEN
            regexp_extract(
                words,
                beginning()
                || '(?:([45][0-57][0-9]|2[0-5][0-9])(?:[ :,/_-]{0,3}[#(\[]?([245][.-][0-9]{1,3}\.[0-9]{1,3}))?|([245]\.[0-9]{1,3}\.[0-9]{1,3})(?:[ -]+([45][0-57][0-9]))?)([^0-9a-z…]*)$',
                ['reply', 'status', 'bare', 'late', 'rest']
            )
        ELSE {'reply': '', 'status': '', 'bare': '', 'late': '', 'rest': ''}
    END;

CREATE OR REPLACE TEMP MACRO leading_codes(words, alone) AS
    CASE
        WHEN alone.reply <> '' OR alone.bare <> '' THEN alone
        WHEN regexp_matches(words, beginning() || '[245][0-57.][0-9]') AND NOT begins_with_amount(words) THEN
            regexp_extract(words, beginning() || codes() || '(.*)$', ['reply', 'status', 'bare', 'late', 'rest'])
        ELSE alone
    END;

-- Else the first full pair anywhere, or a code behind words that announce one, so that no count or address is taken for it.
CREATE OR REPLACE TEMP MACRO announced_codes(words, begun) AS
    CASE
        WHEN begun.reply = '' AND begun.bare = '' AND regexp_matches(words, '[245][0-57.][0-9]') THEN
            regexp_extract(
                words,
                '(?:(?:^|[^0-9a-z.@_/-])([245][0-57][0-9])(?:[ -]#?|:? ?[(\[]|: )([245][.-][0-9]{1,3}\.[0-9]{1,3})(?:[^0-9a-z.…]|\.[^0-9a-z.…])|(?:'
                || announced_openings() || ')[\\''" ]{0,4}' || codes() || ')(.*)$',
                ['pair_reply', 'pair_status', 'reply', 'status', 'bare', 'late', 'rest']
            )
    END;

-- The wrapped reply: the last that something opens, for the deepest stands last.
CREATE OR REPLACE TEMP MACRO inner_codes(rest) AS
    CASE
        WHEN rest <> '' AND regexp_matches(rest, '[245][0-57.][0-9]') THEN
            regexp_extract(
                rest,
                '.*(?:(?:' || wrapped_openings() || ')[\\''" ]{0,4}' || codes() || '|(?:' || pair_openings()
                || ')([45][0-57][0-9])[ :-]{0,3}[#(\[]?([245][.-][0-9]{1,3}\.[0-9]{1,3})(?:[^0-9a-z.…]|\.[^0-9a-z.…])|(?:'
                || closing_openings() || ')([45][0-5][0-9]) [a-z][^()]*\)[''" .]*$)',
                ['reply', 'status', 'bare', 'late', 'pair_reply', 'pair_status', 'closing_reply']
            )
    END;

-- MSG repeats what LED says or is empty; it counts where LED holds no wrapped reply.
CREATE OR REPLACE TEMP MACRO message_codes(rest) AS
    CASE
        WHEN contains(rest, '{msg=') THEN
            regexp_extract(rest, '\{msg=[\\''" ]{0,4}' || codes(), ['reply', 'status', 'bare', 'late'])
    END;

CREATE OR REPLACE TEMP MACRO found_nothing(told) AS
    told IS NULL OR told.reply || told.bare || told.pair_reply || told.closing_reply = '';

-- An enhanced code that stands behind its sentence, as in `550 no mailbox here by that name (#5.1.1)`.
CREATE OR REPLACE TEMP MACRO trailing_status(words) AS
    nullif(regexp_extract(words, '[\[(#]#?([245]\.[0-7]\.[0-9]{1,3})[\])]', 1), '');

-- The enhanced code of a reply over several lines whose first line lacks it: `550-Refused 550 5.7.1 …`.
CREATE OR REPLACE TEMP MACRO same_reply(rest, reply) AS
    CASE
        WHEN contains(rest, CAST(reply AS VARCHAR)) THEN
            list_filter(
                [regexp_extract(
                    rest,
                    '(?:^|[^0-9a-z.(>])([245][0-5][0-9])[ -]#?([245]\.[0-9]{1,3}\.[0-9]{1,3})(?:[^0-9a-z.…]|\.[^0-9a-z.…])',
                    ['reply', 'status']
                )],
                lambda pair: pair.reply = CAST(reply AS VARCHAR)
            )[1].status
    END;
