-- Who wrote a reply: where one number has two meanings, that decides which of them is meant.

-- Who wrote the reply: Exchange's own component names, tags and sentences, or somebody else; NULL where there are no
-- words. `line` may be lower-cased.
CREATE OR REPLACE TEMP MACRO issuer_of(line) AS
    CASE
        WHEN regexp_matches(
            line,
            '(?i)resolver\.[a-z]+\.|storedrv|\bqueue\.(?:expired|priority|transportagent)|transport\.rules|smtpsend\.|approval\.[a-z]+;|routing\.[a-z0-9]+;|\bas\(?[0-9]{2,}|\(s[0-9]{3,}|attr[0-9]|prx[0-9]|prod\.outlook\.com|protection\.outlook\.com|lastattempted|outboundproxytarget|mapiexception|starttls is required to send|exchange server authentication|authentication unsuccessful|client submission|authenticated by (?:the )?organi[sz]ation|bad outbound sender|by smtp address lookup|single[- ]label|reserved (?:by rfc|top|tld|domain)|rfc 2606|recipient address(?:es)? rejected ?: access denied|submission quota|resource forest|tenant|outlook\.com|exchangelabs\.com|\brp-00[0-9]|[0-9] smtp; '
        ) THEN 'microsoft'
        WHEN regexp_matches(line, '[A-Za-z]{3}') THEN 'standard'
    END;

-- The words of the wrapped reply: what stands behind the last arrow, tag or quote that opens one.
CREATE OR REPLACE TEMP MACRO inner_words(words) AS
    CASE
        WHEN contains(words, '->') THEN split_part(words, '->', -1)
        WHEN contains(words, '[message=') THEN split_part(words, '[message=', -1)
        ELSE regexp_replace(words, '^.*(?:with|said|returned|replied|answered|address|server):? ?[''"(]', '')
    END;
