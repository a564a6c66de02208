-- The quick chat: what stands in its field, which conversation it goes on with, who answers next.
CREATE TABLE quick (
    one          INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
    text         TEXT    NOT NULL,
    attachments  TEXT    NOT NULL,
    conversation BLOB    REFERENCES conversation (id) ON DELETE SET NULL,
    persona      BLOB    REFERENCES persona (id) ON DELETE SET NULL
) STRICT;
