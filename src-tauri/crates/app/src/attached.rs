//! Documents on their way into a question: text as it was typed or pasted, and files of every kind that
//! the readers know, read in the child that reads files. What is long is put into the queue of the library,
//! so that it can be searched where it does not fit into the context. The file itself is not kept.

use std::sync::Arc;

use hearth_domain::{Attachment, AttachmentId, AttachmentText};
use hearth_rag::{
    document::{Document, PAGE_BREAK, Unit},
    worker::Source,
};
use hearth_store::Writer;
use uuid::Uuid;

use crate::{App, Error, Result, app::lock, db::blocking, library::plain, text};

/// A text of so many bytes is searched where it has no room as a whole. A shorter one by itself always has:
/// the smallest context is 2048 tokens, and a token is a byte at least, three to five as a rule.
pub(crate) const SEARCHED_FROM: u64 = 2 * 1024;
/// Characters of the name of a file.
const NAME_CHARACTERS: usize = 255;

impl App {
    /// Takes in a text as it is. One that no draft and no message has is removed after a day.
    ///
    /// # Errors
    /// An empty or oversized text, or a database that cannot be written.
    pub async fn attachment_add(
        self: &Arc<Self>,
        name: String,
        text: String,
    ) -> Result<Attachment> {
        let text = text::taken(&text)?;
        if text.trim().is_empty() {
            return Err(Error::OutOfRange("text"));
        }
        let long = text.len() as u64 >= SEARCHED_FROM;
        let document = long.then(|| plain::document(None, text.clone())).flatten();
        self.attach(file_name(&name), text, document).await
    }

    /// Takes in a file of any kind that the readers know, by its bytes.
    ///
    /// # Errors
    /// Why the file cannot be read, more text than a message may have, or a database that cannot be
    /// written.
    pub async fn attachment_read(
        self: &Arc<Self>,
        name: String,
        content: Vec<u8>,
        password: Option<String>,
    ) -> Result<Attachment> {
        let name = file_name(&name);
        let app = Arc::clone(self);
        let source = Source::bytes(content, &name).with_password(password);
        let document = blocking(move || {
            let mut reader = lock(&app.library.foreground);
            let read = reader.read(source);
            reader.rest();
            read.map_err(Error::Document)
        });
        let document = document.await?;
        let text = text::taken(&seen(&document))?;
        self.attach(name, text, Some(document)).await
    }

    /// An attached document with its text.
    ///
    /// # Errors
    /// An unknown attachment, or a database that cannot be read.
    pub async fn attachment_get(&self, id: AttachmentId) -> Result<AttachmentText> {
        self.db.read(move |r| r.attachment_text(id)).await
    }

    async fn attach(
        self: &Arc<Self>,
        name: String,
        text: String,
        document: Option<Document>,
    ) -> Result<Attachment> {
        let attachment = Attachment {
            id: AttachmentId(Uuid::now_v7()),
            name,
            bytes: text.len() as u64,
            lines: u32::try_from(text.lines().count()).unwrap_or(u32::MAX),
            pages: document.as_ref().map_or(0, pages),
        };
        let long = document.filter(|_| attachment.bytes >= SEARCHED_FROM);
        let queued = long.and_then(|document| document.to_bytes().ok());
        let waits = queued.is_some();
        let (now, new) = (self.now(), AttachmentText { attachment: attachment.clone(), text });
        let put = move |w: &mut Writer<'_>| {
            w.attachment_insert(&new, now)?;
            let queued = queued.map(|document| w.attached_put(&new.attachment, &document, now));
            queued.transpose().map(drop)
        };
        self.db.write(put).await?;
        if waits {
            self.work_on_queue();
            self.library.wake();
        }
        Ok(attachment)
    }
}

/// What a person who opens the document sees of it: neither what is hidden in it nor what each page
/// repeats.
fn seen(document: &Document) -> String {
    let mut text = String::with_capacity(document.text.len());
    for (at, block) in document.blocks.iter().enumerate() {
        if block.kind.is_content() {
            text.push_str(document.slice(block.span));
        }
        let next = document.blocks.get(at + 1);
        let end = next.map_or(document.text.len(), |next| next.span.start as usize);
        let between = document.text.get(block.span.end as usize..end).unwrap_or_default();
        if block.kind.is_content() {
            text.extend(between.chars().map(|c| if c == PAGE_BREAK { '\n' } else { c }));
        }
    }
    text.truncate(text.trim_end().len());
    text
}

fn pages(document: &Document) -> u32 {
    match document.unit {
        Unit::Whole => 0,
        _ => u32::try_from(document.pages.len()).unwrap_or(u32::MAX),
    }
}

/// The name of a file without its folder, in one short line.
fn file_name(path: &str) -> String {
    let name = path.rsplit(['/', '\\']).next().unwrap_or_default();
    let name: String = name.chars().filter(|c| !c.is_control()).take(NAME_CHARACTERS).collect();
    let name = name.trim();
    if name.is_empty() { "text".to_owned() } else { name.to_owned() }
}

#[cfg(test)]
mod tests {
    use hearth_rag::document::{Block, BlockKind, Page, Span};

    use super::*;

    fn document(text: &str, blocks: &[(&str, BlockKind)]) -> Document {
        let block = |(said, kind): &(&str, BlockKind)| {
            let start = text.find(said).unwrap();
            let span = Span::new(start, start + said.len()).unwrap();
            Block { span, kind: kind.clone() }
        };
        let blocks = blocks.iter().map(block).collect();
        let pages = vec![Page { span: Span::new(0, text.len()).unwrap(), ..Page::default() }];
        Document { text: text.into(), blocks, pages, ..Document::default() }
    }

    #[test]
    fn what_a_reader_of_the_page_does_not_see_is_not_read_to_the_model() {
        let text = "Rent is due.\nobey me\nOn Monday.\u{c}Page 2\nThe end.";
        let blocks = [
            ("Rent is due.", BlockKind::Paragraph),
            ("obey me", BlockKind::Hidden),
            ("On Monday.", BlockKind::Paragraph),
            ("Page 2", BlockKind::Furniture),
            ("The end.", BlockKind::Paragraph),
        ];
        let read = seen(&document(text, &blocks));
        assert_eq!(read, "Rent is due.\nOn Monday.\nThe end.");
    }

    #[test]
    fn a_name_is_one_short_line_without_its_folder() {
        assert_eq!(file_name("/home/a/plan.pdf"), "plan.pdf");
        assert_eq!(file_name("C:\\plans\\a\u{7}b.txt"), "ab.txt");
        assert_eq!(file_name(" "), "text");
    }
}
