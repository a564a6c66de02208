-- A long attached document is a file of a collection that no list shows, so that it is cut, embedded and
-- found like any other. The row of such a file is the identifier of its attachment.
ALTER TABLE collection ADD COLUMN attached INTEGER NOT NULL DEFAULT 0 CHECK (attached IN (0, 1));
INSERT INTO collection (id, name, created, attached) VALUES (zeroblob(16), '', 0, 1);
INSERT INTO source (id, collection, path, kind, added)
    VALUES (zeroblob(16), zeroblob(16), zeroblob(0), 'rows', 0);
ALTER TABLE attachment ADD COLUMN pages INTEGER NOT NULL DEFAULT 0;

-- What a question was asked of besides whole collections: a file, a folder, or what carries a tag.
CREATE TABLE message_document (
    message BLOB    NOT NULL REFERENCES message (id) ON DELETE CASCADE,
    place   INTEGER NOT NULL,
    file    BLOB    REFERENCES file (id) ON DELETE CASCADE,
    source  BLOB    REFERENCES source (id) ON DELETE CASCADE,
    folder  TEXT,
    tag     TEXT,
    PRIMARY KEY (message, place),
    CHECK ((file IS NOT NULL) + (source IS NOT NULL) + (tag IS NOT NULL) = 1),
    CHECK ((source IS NULL) = (folder IS NULL))
) STRICT, WITHOUT ROWID;

CREATE INDEX message_document_file ON message_document (file) WHERE file IS NOT NULL;
CREATE INDEX message_document_source ON message_document (source) WHERE source IS NOT NULL;

-- Questions for which documents are read from the beginning to the end instead of searched.
CREATE TABLE message_reading (
    message BLOB NOT NULL PRIMARY KEY REFERENCES message (id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE TABLE file_tag (
    tag  TEXT    NOT NULL COLLATE NOCASE,
    file INTEGER NOT NULL REFERENCES file (seq) ON DELETE CASCADE,
    PRIMARY KEY (tag, file)
) STRICT, WITHOUT ROWID;

CREATE INDEX file_tag_of_file ON file_tag (file);
