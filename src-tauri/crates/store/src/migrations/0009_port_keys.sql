-- Keys of the port. The key itself is shown once; here is a hash of it that is bound to this database.
CREATE TABLE port_key (
    id        BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    hash      BLOB    NOT NULL UNIQUE CHECK (length(hash) = 32),
    name      TEXT    NOT NULL UNIQUE,
    rights    TEXT    NOT NULL,
    hint      TEXT    NOT NULL,
    created   INTEGER NOT NULL,
    last_used INTEGER
) STRICT;

-- What was done with each on each day (days since 1970, UTC): how much, never what.
CREATE TABLE port_key_use (
    port_key          BLOB    NOT NULL REFERENCES port_key (id) ON DELETE CASCADE,
    day               INTEGER NOT NULL,
    requests          INTEGER NOT NULL,
    prompt_tokens     INTEGER NOT NULL,
    completion_tokens INTEGER NOT NULL,
    PRIMARY KEY (port_key, day)
) STRICT, WITHOUT ROWID;
