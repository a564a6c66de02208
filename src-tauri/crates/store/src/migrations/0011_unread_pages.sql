-- Pages of a file that gave no text: pictures, letters without meaning, damage.
ALTER TABLE file ADD COLUMN unread INTEGER NOT NULL DEFAULT 0;
