-- Identifiers are UUIDs of 16 bytes, times are milliseconds since 1970, enums are words.

CREATE TABLE meta (
    key   TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE setting (
    one     INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
    json    TEXT    NOT NULL,
    updated INTEGER NOT NULL
) STRICT;

CREATE TABLE persona (
    id           BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    name         TEXT    NOT NULL,
    instructions TEXT    NOT NULL,
    model        TEXT,
    sampling     TEXT    NOT NULL,
    created      INTEGER NOT NULL,
    updated      INTEGER NOT NULL
) STRICT;

CREATE TABLE conversation (
    id         BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    title      TEXT    NOT NULL,
    pinned     INTEGER NOT NULL CHECK (pinned IN (0, 1)),
    persona    BLOB    REFERENCES persona (id) ON DELETE SET NULL,
    head       BLOB,
    created    INTEGER NOT NULL,
    updated    INTEGER NOT NULL,
    deleted_at INTEGER,
    -- The shown leaf is a message of this very conversation.
    FOREIGN KEY (id, head) REFERENCES message (conversation, id) DEFERRABLE INITIALLY DEFERRED
) STRICT;

CREATE INDEX conversation_by_age ON conversation (pinned, updated DESC) WHERE deleted_at IS NULL;
CREATE INDEX conversation_deleted ON conversation (deleted_at) WHERE deleted_at IS NOT NULL;
CREATE INDEX conversation_persona ON conversation (persona) WHERE persona IS NOT NULL;

-- `seq` is the order of writing: a parent always comes before its children.
CREATE TABLE message (
    seq          INTEGER PRIMARY KEY AUTOINCREMENT,
    id           BLOB    NOT NULL UNIQUE CHECK (length(id) = 16),
    conversation BLOB    NOT NULL REFERENCES conversation (id) ON DELETE CASCADE,
    parent       BLOB,
    role         TEXT    NOT NULL CHECK (role IN ('system', 'user', 'assistant')),
    content      TEXT    NOT NULL,
    reasoning    TEXT    NOT NULL,
    status       TEXT    NOT NULL
        CHECK (status IN ('streaming', 'complete', 'stopped', 'interrupted', 'failed')),
    finish       TEXT    CHECK (finish IN ('stop', 'length', 'cancelled', 'error')),
    model        TEXT,
    usage        TEXT,
    timing       TEXT,
    created      INTEGER NOT NULL,
    client_id    BLOB,
    generation   BLOB,
    -- A tree never crosses conversations. No cascade along the branch: SQLite limits how deep
    -- one may go, and the cascade from the conversation reaches every message already.
    FOREIGN KEY (conversation, parent) REFERENCES message (conversation, id)
        DEFERRABLE INITIALLY DEFERRED,
    UNIQUE (conversation, id)
) STRICT;

CREATE INDEX message_by_conversation ON message (conversation, seq);
CREATE INDEX message_by_parent ON message (conversation, parent, seq);
CREATE INDEX message_streaming ON message (conversation) WHERE status = 'streaming';
CREATE UNIQUE INDEX message_client ON message (client_id) WHERE client_id IS NOT NULL;

CREATE TABLE model (
    id      TEXT    NOT NULL PRIMARY KEY,
    name    TEXT    NOT NULL,
    source  TEXT    NOT NULL CHECK (source IN ('catalogue', 'file')),
    consent TEXT    NOT NULL CHECK (consent IN ('not_needed', 'needed', 'given')),
    path    BLOB    NOT NULL UNIQUE,
    size    INTEGER NOT NULL,
    sha256  TEXT    NOT NULL,
    facts   TEXT    NOT NULL,
    added   INTEGER NOT NULL
) STRICT;

CREATE TABLE job (
    seq        INTEGER PRIMARY KEY AUTOINCREMENT,
    id         BLOB    NOT NULL UNIQUE CHECK (length(id) = 16),
    kind       TEXT    NOT NULL,
    payload    TEXT    NOT NULL,
    status     TEXT    NOT NULL CHECK (status IN
        ('queued', 'running', 'succeeded', 'failed', 'cancelled', 'interrupted')),
    step       TEXT    NOT NULL,
    done       INTEGER NOT NULL,
    total      INTEGER NOT NULL,
    checkpoint TEXT,
    error      TEXT,
    attempt    INTEGER NOT NULL,
    parent     BLOB    REFERENCES job (id) ON DELETE CASCADE,
    created    INTEGER NOT NULL,
    started    INTEGER,
    finished   INTEGER
) STRICT;

CREATE INDEX job_by_status ON job (status, seq);
CREATE INDEX job_by_parent ON job (parent) WHERE parent IS NOT NULL;
