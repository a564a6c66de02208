-- Folders and the archive, how a conversation is answered, single messages that were deleted, and
-- what is written before it is sent.

CREATE TABLE folder (
    id      BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    name    TEXT    NOT NULL UNIQUE COLLATE NOCASE,
    created INTEGER NOT NULL
) STRICT;

ALTER TABLE conversation ADD COLUMN folder BLOB REFERENCES folder (id) ON DELETE SET NULL;
ALTER TABLE conversation ADD COLUMN archived INTEGER NOT NULL DEFAULT 0 CHECK (archived IN (0, 1));
ALTER TABLE conversation ADD COLUMN instructions TEXT;
ALTER TABLE conversation ADD COLUMN model TEXT;
ALTER TABLE conversation ADD COLUMN sampling TEXT NOT NULL DEFAULT '{}';

DROP INDEX conversation_by_age;
CREATE INDEX conversation_by_age ON conversation (archived, pinned, updated DESC)
    WHERE deleted_at IS NULL;
CREATE INDEX conversation_by_folder ON conversation (folder, archived, pinned, updated DESC)
    WHERE deleted_at IS NULL AND folder IS NOT NULL;

ALTER TABLE persona ADD COLUMN icon TEXT NOT NULL DEFAULT '';
-- Which of the personas that come with Hearth it is, while nobody changed it.
ALTER TABLE persona ADD COLUMN preset TEXT;

-- A message is deleted with all that follows it. `deleted_with` names the message that the person
-- chose: bringing it back brings back the rows with its name, and not what was deleted before.
ALTER TABLE message ADD COLUMN deleted_at INTEGER;
ALTER TABLE message ADD COLUMN deleted_with BLOB;
CREATE INDEX message_deleted ON message (deleted_at) WHERE deleted_at IS NOT NULL;
CREATE INDEX message_deleted_with ON message (deleted_with) WHERE deleted_with IS NOT NULL;

-- How many messages come before it in its branch: the end of a long branch is read from its end.
ALTER TABLE message ADD COLUMN depth INTEGER NOT NULL DEFAULT 0;
UPDATE message SET depth = above.depth FROM (
    WITH RECURSIVE above (id, conversation, depth) AS (
        SELECT id, conversation, 0 FROM message WHERE parent IS NULL
        UNION ALL
        SELECT m.id, m.conversation, a.depth + 1 FROM above a CROSS JOIN message m
        ON m.conversation = a.conversation AND m.parent = a.id
    )
    SELECT id, depth FROM above WHERE depth > 0
) AS above WHERE message.id = above.id;

-- Walking a branch reads these two alone, never a text.
CREATE INDEX message_up ON message (id, parent, depth);
DROP INDEX message_by_parent;
CREATE INDEX message_by_parent ON message (conversation, parent, seq, id, deleted_at);

-- The text is the last column: what is before it is read without it.
CREATE TABLE attachment (
    id      BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    name    TEXT    NOT NULL,
    bytes   INTEGER NOT NULL,
    lines   INTEGER NOT NULL,
    created INTEGER NOT NULL,
    text    TEXT    NOT NULL
) STRICT;

-- Several messages can carry one attachment: copies of a branch do.
CREATE TABLE message_attachment (
    message    BLOB    NOT NULL REFERENCES message (id) ON DELETE CASCADE,
    place      INTEGER NOT NULL,
    attachment BLOB    NOT NULL REFERENCES attachment (id),
    PRIMARY KEY (message, place)
) STRICT, WITHOUT ROWID;

CREATE INDEX message_attachment_of ON message_attachment (attachment);

-- What stands in the field and what waits behind it, as JSON; the row without a conversation is
-- that of a new one.
CREATE TABLE draft (
    conversation BLOB    REFERENCES conversation (id) ON DELETE CASCADE,
    text         TEXT    NOT NULL,
    attachments  TEXT    NOT NULL,
    queue        TEXT    NOT NULL
) STRICT;

CREATE UNIQUE INDEX draft_of ON draft (coalesce(conversation, x''));

CREATE TABLE prompt (
    id      BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    name    TEXT    NOT NULL UNIQUE COLLATE NOCASE,
    text    TEXT    NOT NULL,
    updated INTEGER NOT NULL
) STRICT;
