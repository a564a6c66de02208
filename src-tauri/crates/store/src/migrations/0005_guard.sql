-- What the guardrails found in messages, the names that stand for masked values, and the log of what
-- was done.

CREATE TABLE finding (
    message BLOB NOT NULL PRIMARY KEY REFERENCES message (id) ON DELETE CASCADE,
    list    TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- The names of one conversation with their values, as JSON: they mean nothing in any other.
CREATE TABLE masking (
    conversation BLOB NOT NULL PRIMARY KEY REFERENCES conversation (id) ON DELETE CASCADE,
    json         TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Only ever added to, and shortened from its beginning. No content: who, when, what kind, which
-- rule, what was done. `mac` is keyed and covers the `mac` before it.
CREATE TABLE audit (
    seq     INTEGER PRIMARY KEY,
    at      INTEGER NOT NULL,
    actor   TEXT    NOT NULL,
    channel TEXT    NOT NULL,
    kind    TEXT    NOT NULL,
    rule    TEXT    NOT NULL,
    action  TEXT    NOT NULL,
    count   INTEGER NOT NULL,
    mac     BLOB    NOT NULL CHECK (length(mac) = 32)
) STRICT;

CREATE INDEX audit_by_age ON audit (at);

-- Where the log begins and ends, sealed with the same key: an end that was cut off is missed.
CREATE TABLE audit_state (
    one       INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
    base_seq  INTEGER NOT NULL,
    base_mac  BLOB    NOT NULL,
    end_seq   INTEGER NOT NULL,
    end_mac   BLOB    NOT NULL,
    seal      BLOB    NOT NULL
) STRICT;

CREATE TRIGGER audit_never_changed BEFORE UPDATE ON audit
BEGIN
    SELECT RAISE(ABORT, 'an entry of the audit log never changes');
END;
