-- States of the model, so that a conversation goes on without being read again. The bytes lie in
-- files beside the database, encrypted; here is the key of each conversation. Without its row the
-- files of a conversation are noise.
CREATE TABLE state_key (
    conversation BLOB    NOT NULL PRIMARY KEY REFERENCES conversation (id) ON DELETE CASCADE,
    key          BLOB    NOT NULL CHECK (length(key) = 32)
) STRICT;

CREATE TABLE state (
    conversation BLOB    NOT NULL REFERENCES state_key (conversation) ON DELETE CASCADE,
    name         BLOB    NOT NULL CHECK (length(name) = 32),
    model        BLOB    NOT NULL CHECK (length(model) = 32),
    first        INTEGER NOT NULL,
    end          INTEGER NOT NULL,
    file         BLOB    NOT NULL UNIQUE CHECK (length(file) = 16),
    bytes        INTEGER NOT NULL,
    used         INTEGER NOT NULL,
    uses         INTEGER NOT NULL,
    PRIMARY KEY (conversation, name)
) STRICT, WITHOUT ROWID;

-- What is deleted may be brought back for a while; its states need not be.
CREATE TRIGGER state_of_deleted_conversation AFTER UPDATE OF deleted_at ON conversation
WHEN new.deleted_at IS NOT NULL
BEGIN
    DELETE FROM state_key WHERE conversation = new.id;
END;

CREATE TRIGGER state_of_deleted_message AFTER UPDATE OF deleted_at ON message
WHEN new.deleted_at IS NOT NULL
BEGIN
    DELETE FROM state_key WHERE conversation = new.conversation;
END;
