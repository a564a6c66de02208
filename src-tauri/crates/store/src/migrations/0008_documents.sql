-- Collections of documents, and what is known of each file of them. A file's `seq` is what chunks,
-- vectors and terms are joined by; deleting its row is the last step of forgetting it.

CREATE TABLE collection (
    seq     INTEGER PRIMARY KEY AUTOINCREMENT,
    id      BLOB    NOT NULL UNIQUE CHECK (length(id) = 16),
    name    TEXT    NOT NULL UNIQUE COLLATE NOCASE,
    paused  INTEGER NOT NULL DEFAULT 0 CHECK (paused IN (0, 1)),
    -- Being removed: in no list, its files go step by step, also after a restart.
    leaving INTEGER NOT NULL DEFAULT 0 CHECK (leaving IN (0, 1)),
    created INTEGER NOT NULL
) STRICT;

-- What a person put in: one file, a folder that is walked again, or a file of rows. Paths are the
-- bytes of the system, which need not be UTF-8.
CREATE TABLE source (
    id         BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    collection BLOB    NOT NULL REFERENCES collection (id) ON DELETE CASCADE,
    path       BLOB    NOT NULL,
    kind       TEXT    NOT NULL CHECK (kind IN ('file', 'folder', 'rows')),
    scanned    INTEGER,
    missing    INTEGER NOT NULL DEFAULT 0 CHECK (missing IN (0, 1)),
    added      INTEGER NOT NULL,
    UNIQUE (collection, path)
) STRICT;

-- The queue too: a row waits, is worked on, or has its fate. `row` names a row of a file of rows
-- and is empty for a whole file. `turn` is the order of the queue.
CREATE TABLE file (
    seq        INTEGER PRIMARY KEY AUTOINCREMENT,
    id         BLOB    NOT NULL UNIQUE CHECK (length(id) = 16),
    collection BLOB    NOT NULL REFERENCES collection (id) ON DELETE CASCADE,
    source     BLOB    NOT NULL REFERENCES source (id) ON DELETE CASCADE,
    path       BLOB    NOT NULL,
    row        TEXT    NOT NULL DEFAULT '',
    name       TEXT    NOT NULL,
    place      TEXT    NOT NULL,
    title      TEXT    NOT NULL DEFAULT '',
    size       INTEGER NOT NULL,
    mtime      INTEGER NOT NULL,
    hash       BLOB    CHECK (hash IS NULL OR length(hash) = 32),
    state      TEXT    NOT NULL CHECK (state IN
        ('queued', 'reading', 'embedding', 'searchable', 'failed', 'skipped')),
    code       TEXT,
    attempts   INTEGER NOT NULL DEFAULT 0,
    turn       INTEGER NOT NULL DEFAULT 0,
    parser     INTEGER NOT NULL DEFAULT 0,
    pages      INTEGER NOT NULL DEFAULT 0,
    chunks     INTEGER NOT NULL DEFAULT 0,
    characters INTEGER NOT NULL DEFAULT 0,
    indexed    INTEGER,
    added      INTEGER NOT NULL,
    UNIQUE (collection, path, row)
) STRICT;

CREATE INDEX file_waiting ON file (state, turn, seq);
CREATE INDEX file_by_collection ON file (collection, state, name, size, pages, chunks);
CREATE INDEX file_by_name ON file (collection, name);
CREATE INDEX file_by_source ON file (source);
CREATE INDEX file_by_hash ON file (collection, hash) WHERE hash IS NOT NULL;

-- The text with its pages and blocks, in the form of the readers.
CREATE TABLE document (
    file    INTEGER NOT NULL PRIMARY KEY REFERENCES file (seq) ON DELETE CASCADE,
    content BLOB    NOT NULL
) STRICT;

-- The collections that a question was asked of.
CREATE TABLE message_collection (
    message    BLOB    NOT NULL REFERENCES message (id) ON DELETE CASCADE,
    place      INTEGER NOT NULL,
    collection BLOB    NOT NULL REFERENCES collection (id) ON DELETE CASCADE,
    PRIMARY KEY (message, place)
) STRICT, WITHOUT ROWID;

CREATE INDEX message_collection_of ON message_collection (collection);

-- What a search found for an answer: whether anything answers, and what the answer cites of it.
CREATE TABLE message_search (
    message    BLOB    NOT NULL PRIMARY KEY REFERENCES message (id) ON DELETE CASCADE,
    confidence REAL    NOT NULL,
    answerable INTEGER NOT NULL CHECK (answerable IN (0, 1)),
    passages   INTEGER NOT NULL
) STRICT;

-- The passage is kept as it was read, until its file is forgotten.
CREATE TABLE citation (
    message  BLOB    NOT NULL REFERENCES message (id) ON DELETE CASCADE,
    number   INTEGER NOT NULL,
    file     BLOB    REFERENCES file (id) ON DELETE SET NULL,
    document TEXT    NOT NULL,
    title    TEXT    NOT NULL,
    page     INTEGER,
    start    INTEGER NOT NULL,
    "end"    INTEGER NOT NULL,
    hash     BLOB,
    support  REAL    NOT NULL,
    passage  TEXT    NOT NULL,
    PRIMARY KEY (message, number)
) STRICT, WITHOUT ROWID;

CREATE INDEX citation_of_file ON citation (file) WHERE file IS NOT NULL;

-- A passage goes with the file it is of.
CREATE TRIGGER citation_forgotten BEFORE DELETE ON file
BEGIN
    UPDATE citation SET passage = '', title = '' WHERE file = old.id;
END;
