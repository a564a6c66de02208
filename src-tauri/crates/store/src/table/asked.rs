//! What a question was asked of: collections, and parts of them.

use hearth_domain::{
    AskedKind, AskedName, CollectionId, DocumentPart, FileId, Message, MessageAsked, MessageId,
    Role, SourceId,
};
use rusqlite::{Row, params};

use super::file_find::folder_name;
use crate::{Error, Reader, Result, Writer, columns};

fn part(row: &Row<'_>) -> rusqlite::Result<DocumentPart> {
    if let Some(id) = columns::maybe_uuid(row, 0)? {
        return Ok(DocumentPart::File { id: FileId(id) });
    }
    Ok(match columns::maybe_uuid(row, 1)? {
        Some(source) => DocumentPart::Folder { source: SourceId(source), place: row.get(2)? },
        None => DocumentPart::Tag { tag: row.get(3)? },
    })
}

impl Reader<'_> {
    /// The collections that a question was asked of.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub fn message_collections(&self, message: MessageId) -> Result<Vec<CollectionId>> {
        let sql = "SELECT collection FROM message_collection WHERE message = ?1 ORDER BY place";
        let mut query = self.conn().prepare_cached(sql)?;
        let rows = query
            .query_map([message.0.as_bytes()], |row| columns::uuid(row, 0).map(CollectionId))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// The documents, folders and tags that a question was asked of.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub fn message_parts(&self, message: MessageId) -> Result<Vec<DocumentPart>> {
        let sql = "SELECT file, source, folder, tag FROM message_document WHERE message = ?1
             ORDER BY place";
        let mut query = self.conn().prepare_cached(sql)?;
        let rows = query.query_map([message.0.as_bytes()], part)?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Whether documents are read from the beginning to the end for a question.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub fn message_reads_all(&self, message: MessageId) -> Result<bool> {
        let sql = "SELECT count(*) FROM message_reading WHERE message = ?1";
        let mut query = self.conn().prepare_cached(sql)?;
        Ok(query.query_row([message.0.as_bytes()], |row| row.get(0))?)
    }

    /// What these messages were asked of, those that were asked of documents.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub fn asked_of_messages(&self, messages: &[Message]) -> Result<Vec<MessageAsked>> {
        let questions = messages.iter().filter(|message| message.role == Role::User);
        let asked = questions.map(|message| self.asked_of(message.id));
        let named = |it: &Result<MessageAsked>| {
            it.as_ref().map_or(true, |it| it.everything || !it.names.is_empty())
        };
        asked.filter(named).collect()
    }

    fn asked_of(&self, message: MessageId) -> Result<MessageAsked> {
        let sql = "SELECT c.name FROM message_collection m JOIN collection c ON c.id = m.collection
             WHERE m.message = ?1 AND c.leaving = 0 ORDER BY m.place";
        let mut query = self.conn().prepare_cached(sql)?;
        let collection =
            |row: &Row<'_>| Ok(AskedName { kind: AskedKind::Collection, name: row.get(0)? });
        let rows = query.query_map([message.0.as_bytes()], collection)?;
        let mut names: Vec<_> = rows.collect::<rusqlite::Result<_>>()?;
        for part in self.message_parts(message)? {
            let (kind, name) = match part {
                DocumentPart::File { id } => match self.file(id) {
                    Err(Error::DocumentNotFound) => continue,
                    file => (AskedKind::File, file?.name),
                },
                DocumentPart::Folder { source, place } => {
                    let path = self.sources()?.into_iter().find(|(_, known, _)| known.id == source);
                    let Some((_, _, path)) = path else { continue };
                    (AskedKind::Folder, folder_name(&path, &place))
                }
                DocumentPart::Tag { tag } => (AskedKind::Tag, tag),
            };
            names.push(AskedName { kind, name });
        }
        Ok(MessageAsked { message, names, everything: self.message_reads_all(message)? })
    }

    /// Checks that what is named can be asked: it is there, and it is not attached to a question.
    ///
    /// # Errors
    /// [`Error::DocumentNotFound`].
    pub fn part_check(&self, part: &DocumentPart) -> Result<()> {
        let collection = match part {
            DocumentPart::File { id } => self.file(*id)?.collection,
            DocumentPart::Folder { source, .. } => {
                let sources = self.sources()?;
                let found = sources.into_iter().find(|(_, known, _)| known.id == *source);
                found.ok_or(Error::DocumentNotFound)?.0
            }
            DocumentPart::Tag { .. } => return Ok(()),
        };
        if collection == CollectionId::ATTACHED {
            return Err(Error::DocumentNotFound);
        }
        Ok(())
    }

    /// The numbers of the files that are meant and can be found.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub fn part_keys(&self, part: &DocumentPart) -> Result<Vec<i64>> {
        let found = "state NOT IN ('failed', 'skipped')";
        match part {
            DocumentPart::File { id } => Ok(vec![self.file(*id)?.seq]),
            DocumentPart::Folder { source, place } => {
                let sql = format!(
                    "SELECT seq FROM file WHERE source = ?1 AND {found}
                     AND (?2 = '' OR substr(place, 1, length(?2)) = ?2
                          AND substr(place, length(?2) + 1, 1) = '/')"
                );
                let mut query = self.conn().prepare_cached(&sql)?;
                let place = place.trim_matches('/');
                let rows =
                    query.query_map(params![source.0.as_bytes(), place], |row| row.get(0))?;
                Ok(rows.collect::<rusqlite::Result<_>>()?)
            }
            DocumentPart::Tag { tag } => {
                let sql = format!(
                    "SELECT f.seq FROM file_tag t CROSS JOIN file f ON f.seq = t.file
                     CROSS JOIN collection c ON c.id = f.collection
                     WHERE t.tag = ?1 AND f.{found} AND c.leaving = 0 AND c.attached = 0"
                );
                let mut query = self.conn().prepare_cached(&sql)?;
                let rows = query.query_map([tag.trim()], |row| row.get(0))?;
                Ok(rows.collect::<rusqlite::Result<_>>()?)
            }
        }
    }
}

impl Writer<'_> {
    /// Notes that documents are read from the beginning to the end for a question.
    ///
    /// # Errors
    /// Where the database cannot be written.
    pub fn message_read_all(&mut self, message: MessageId) -> Result<()> {
        let sql = "INSERT INTO message_reading (message) VALUES (?1) ON CONFLICT DO NOTHING";
        self.conn().prepare_cached(sql)?.execute([message.0.as_bytes()])?;
        Ok(())
    }

    /// Notes what a question was asked of.
    ///
    /// # Errors
    /// [`Error::CollectionNotFound`]; [`Error::DocumentNotFound`].
    pub fn message_ask(
        &mut self,
        message: MessageId,
        collections: &[CollectionId],
        parts: &[DocumentPart],
    ) -> Result<()> {
        let sql = "INSERT INTO message_collection (message, place, collection) VALUES (?1, ?2, ?3)";
        for (place, id) in (0_i64..).zip(collections) {
            self.collection(*id)?;
            let row = params![message.0.as_bytes(), place, id.0.as_bytes()];
            self.conn().prepare_cached(sql)?.execute(row)?;
        }
        let sql = "INSERT INTO message_document (message, place, file, source, folder, tag)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
        for (number, part) in (0_i64..).zip(parts) {
            self.part_check(part)?;
            let (file, source, folder, tag) = match part {
                DocumentPart::File { id } => (Some(id.0.into_bytes()), None, None, None),
                DocumentPart::Folder { source, place } => {
                    (None, Some(source.0.into_bytes()), Some(place.as_str()), None)
                }
                DocumentPart::Tag { tag } => (None, None, None, Some(tag.trim())),
            };
            let row = params![message.0.as_bytes(), number, file, source, folder, tag];
            self.conn().prepare_cached(sql)?.execute(row)?;
        }
        Ok(())
    }
}
