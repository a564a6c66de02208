-- Programs elsewhere that are told when something ended here. The secret signs what is sent to them.
CREATE TABLE webhook (
    id      BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    name    TEXT    NOT NULL UNIQUE,
    url     TEXT    NOT NULL,
    events  TEXT    NOT NULL,
    local   INTEGER NOT NULL CHECK (local IN (0, 1)),
    paused  INTEGER NOT NULL CHECK (paused IN (0, 1)),
    secret  BLOB    NOT NULL,
    created INTEGER NOT NULL
) STRICT;

-- One message to one of them. Noted in the transaction of what it tells of; `due` while it waits.
CREATE TABLE delivery (
    seq         INTEGER PRIMARY KEY,
    id          BLOB    NOT NULL UNIQUE CHECK (length(id) = 16),
    webhook     BLOB    NOT NULL REFERENCES webhook (id) ON DELETE CASCADE,
    event       TEXT    NOT NULL,
    body        TEXT    NOT NULL,
    created     INTEGER NOT NULL,
    status      TEXT    NOT NULL CHECK (status IN ('waiting', 'delivered', 'failed')),
    attempts    INTEGER NOT NULL DEFAULT 0,
    due         INTEGER,
    http_status INTEGER,
    error       TEXT,
    took_ms     INTEGER
) STRICT;
CREATE INDEX delivery_due ON delivery (due) WHERE status = 'waiting';
CREATE INDEX delivery_of ON delivery (webhook, seq);

-- Every connection that left this computer or was refused to: never what was sent.
CREATE TABLE connection (
    seq         INTEGER PRIMARY KEY,
    id          BLOB    NOT NULL UNIQUE CHECK (length(id) = 16),
    at          INTEGER NOT NULL,
    purpose     TEXT    NOT NULL,
    host        TEXT    NOT NULL,
    port        INTEGER NOT NULL,
    address     TEXT,
    tls         INTEGER NOT NULL CHECK (tls IN (0, 1)),
    sent        INTEGER NOT NULL DEFAULT 0,
    received    INTEGER NOT NULL DEFAULT 0,
    http_status INTEGER,
    error       TEXT
) STRICT;
