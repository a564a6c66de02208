-- Passages of documents. A passage is a text with its header, kept once and embedded once, however
-- many files have it; a chunk is a passage in its place in a file. A passage goes with its last chunk,
-- and its terms and vectors go with it, in the same transaction.

CREATE TABLE passage (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    hash     BLOB    NOT NULL UNIQUE CHECK (length(hash) = 16),
    language TEXT    NOT NULL,
    terms    INTEGER NOT NULL,
    header   TEXT    NOT NULL,
    text     TEXT    NOT NULL
) STRICT;

-- What is read of every passage at the start, without its text.
CREATE INDEX passage_outline ON passage (id, terms, language);

CREATE TABLE chunk (
    seq             INTEGER PRIMARY KEY AUTOINCREMENT,
    file            INTEGER NOT NULL REFERENCES file (seq) ON DELETE CASCADE,
    ordinal         INTEGER NOT NULL,
    passage         INTEGER NOT NULL REFERENCES passage (id),
    section         INTEGER NOT NULL,
    start           INTEGER NOT NULL,
    "end"           INTEGER NOT NULL,
    first_character INTEGER NOT NULL,
    last_character  INTEGER NOT NULL,
    first_page      INTEGER NOT NULL,
    last_page       INTEGER NOT NULL,
    heading         TEXT    NOT NULL,
    UNIQUE (file, ordinal)
) STRICT;

CREATE INDEX chunk_of_passage ON chunk (passage, file);

CREATE TRIGGER chunk_removed AFTER DELETE ON chunk
WHEN NOT EXISTS (SELECT 1 FROM chunk WHERE passage = old.passage)
BEGIN
    DELETE FROM passage WHERE id = old.passage;
END;

-- The words of passages, cut and reduced by the program; ranking is the program's too, so what is
-- asked of the index are the places of single terms, and phrases.
CREATE VIRTUAL TABLE passage_text USING fts5 (
    terms, content = '', contentless_delete = 1, tokenize = 'ascii'
);
CREATE VIRTUAL TABLE passage_word USING fts5vocab (passage_text, instance);

CREATE TRIGGER passage_text_removed AFTER DELETE ON passage
BEGIN
    DELETE FROM passage_text WHERE rowid = old.id;
END;

-- Vectors can be compared within one space only. `answers` is the one that searches use; another one
-- is being filled, and takes its place when no passage lacks a vector of it.
CREATE TABLE vector_space (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    name       TEXT    NOT NULL UNIQUE,
    dimensions INTEGER NOT NULL,
    answers    INTEGER NOT NULL CHECK (answers IN (0, 1))
) STRICT;

-- Eight bits a value: value = code × scale.
CREATE TABLE vector (
    passage INTEGER NOT NULL REFERENCES passage (id) ON DELETE CASCADE,
    space   INTEGER NOT NULL REFERENCES vector_space (id) ON DELETE CASCADE,
    scale   REAL    NOT NULL,
    codes   BLOB    NOT NULL,
    PRIMARY KEY (passage, space)
) STRICT, WITHOUT ROWID;

CREATE INDEX vector_of_space ON vector (space);

-- Passages that lack a vector: the queue of the embedder, which no crash can lose.
CREATE TABLE unembedded (
    passage INTEGER NOT NULL REFERENCES passage (id) ON DELETE CASCADE,
    space   INTEGER NOT NULL REFERENCES vector_space (id) ON DELETE CASCADE,
    PRIMARY KEY (passage, space)
) STRICT, WITHOUT ROWID;

CREATE INDEX unembedded_of_space ON unembedded (space, passage);

CREATE TRIGGER passage_waits AFTER INSERT ON passage
BEGIN
    INSERT INTO unembedded (passage, space) SELECT new.id, id FROM vector_space;
END;
