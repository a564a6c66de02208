-- Full text over messages and titles. The index holds terms alone (`hearth_domain::terms`, as the
-- SQL function `search_terms`), under the number of the row that has the text; triggers keep it true in
-- the transaction that changes the text. An answer is indexed when it ends, not while it is written.

CREATE VIRTUAL TABLE message_text USING fts5 (
    terms, content = '', contentless_delete = 1, tokenize = 'ascii', prefix = '1 2 3'
);

CREATE TRIGGER message_text_added AFTER INSERT ON message
WHEN new.status <> 'streaming' AND new.content <> ''
BEGIN
    INSERT INTO message_text (rowid, terms) VALUES (new.seq, search_terms(new.content));
END;

CREATE TRIGGER message_text_changed AFTER UPDATE OF content, status ON message
WHEN new.status <> 'streaming' AND (old.status = 'streaming' OR old.content <> new.content)
BEGIN
    DELETE FROM message_text WHERE rowid = old.seq;
    INSERT INTO message_text (rowid, terms) SELECT new.seq, search_terms(new.content)
    WHERE new.content <> '';
END;

CREATE TRIGGER message_text_removed AFTER DELETE ON message
BEGIN
    DELETE FROM message_text WHERE rowid = old.seq;
END;

-- What a search asks of a message that the index names, without its text, which would have to be
-- read first: columns behind a long text lie pages away.
CREATE INDEX message_found ON message (seq, conversation, created, model, deleted_at);

-- Conversations have no number that survives VACUUM.
CREATE TABLE title_place (
    seq          INTEGER PRIMARY KEY AUTOINCREMENT,
    conversation BLOB    NOT NULL UNIQUE REFERENCES conversation (id) ON DELETE CASCADE
) STRICT;

CREATE VIRTUAL TABLE title_text USING fts5 (
    terms, content = '', contentless_delete = 1, tokenize = 'ascii', prefix = '1 2 3'
);

CREATE TRIGGER title_text_added AFTER INSERT ON conversation
BEGIN
    INSERT INTO title_place (conversation) VALUES (new.id);
    INSERT INTO title_text (rowid, terms) SELECT seq, search_terms(new.title)
    FROM title_place WHERE conversation = new.id;
END;

CREATE TRIGGER title_text_changed AFTER UPDATE OF title ON conversation
WHEN old.title <> new.title
BEGIN
    DELETE FROM title_text
    WHERE rowid = (SELECT seq FROM title_place WHERE conversation = new.id);
    INSERT INTO title_text (rowid, terms) SELECT seq, search_terms(new.title)
    FROM title_place WHERE conversation = new.id;
END;

CREATE TRIGGER title_text_removed AFTER DELETE ON title_place
BEGIN
    DELETE FROM title_text WHERE rowid = old.seq;
END;

INSERT INTO title_place (conversation) SELECT id FROM conversation ORDER BY created;
INSERT INTO title_text (rowid, terms)
    SELECT p.seq, search_terms(c.title)
    FROM title_place p CROSS JOIN conversation c ON c.id = p.conversation ORDER BY p.seq;

-- Messages from before this schema are indexed in steps while the program runs, the newest first:
-- those up to `until` are not yet.
CREATE TABLE search_progress (
    one   INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
    until INTEGER NOT NULL
) STRICT;

INSERT INTO search_progress (one, until) SELECT 1, coalesce(max(seq), 0) FROM message;
