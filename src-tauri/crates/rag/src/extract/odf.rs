//! Text documents and presentations of the OpenDocument format. Spreadsheets are read by `sheets`.

use super::{
    Refusal,
    archive::Archive,
    builder::Builder,
    clean,
    xml::{self, Node, Tag},
};
use crate::document::{BlockKind, Document, Format, OmissionKind, Span, Unit};

/// What tracked changes deleted, who commented and when, how pages are numbered.
const SKIPPED: &[&str] =
    &["tracked-changes", "creator", "date", "date-string", "annotation-end", "desc"];

/// Reads a document.
///
/// # Errors
/// The refusal that the person is told.
pub(super) fn read(bytes: Vec<u8>) -> Result<Document, Refusal> {
    let mut archive = Archive::open(bytes)?;
    check_unlocked(&mut archive)?;
    let content = archive.need("content.xml")?;
    let shown = xml::names(&content).iter().any(|name| name == "presentation");
    let unit = if shown { Unit::Slide } else { Unit::Whole };
    let mut builder = Builder::new(Format::OpenDocument, unit);
    if let Some(meta) = archive.read("meta.xml")? {
        builder.title(xml::text_of(&meta, "title").and_then(|title| clean::title(&title)));
    }
    let mut walk = Walk { builder, slides: shown, ..Walk::new() };
    xml::walk(&content, &mut |node| walk.node(node))?;
    let pictures = archive.names().iter().filter(|name| name.starts_with("Pictures/")).count();
    walk.builder.omit(OmissionKind::Pictures, pictures);
    walk.builder.finish()
}

/// Whether a document of this format can be read without a password.
///
/// # Errors
/// [`Refusal::PasswordNeeded`] where its manifest says that parts are encrypted.
pub(super) fn check_unlocked(archive: &mut Archive) -> Result<(), Refusal> {
    let manifest = archive.read("META-INF/manifest.xml")?.unwrap_or_default();
    let locked = xml::names(&manifest).contains("encryption-data");
    if locked { Err(Refusal::PasswordNeeded) } else { Ok(()) }
}

struct Walk {
    builder: Builder,
    slides: bool,
    text: Vec<String>,
    level: Option<u8>,
    lists: u8,
    notes: usize,
    cells: Vec<Vec<String>>,
    heads: Vec<Option<Span>>,
    skipped: usize,
}

impl Walk {
    fn new() -> Self {
        Self {
            builder: Builder::new(Format::OpenDocument, Unit::Whole),
            slides: false,
            text: Vec::new(),
            level: None,
            lists: 0,
            notes: 0,
            cells: Vec::new(),
            heads: Vec::new(),
            skipped: 0,
        }
    }

    fn node(&mut self, node: Node<'_>) -> Result<(), Refusal> {
        match node {
            Node::Start(tag) if self.skipped > 0 || SKIPPED.contains(&tag.name()) => {
                self.skipped += 1;
                Ok(())
            }
            Node::End(_) if self.skipped > 0 => {
                self.skipped -= 1;
                Ok(())
            }
            Node::Start(tag) => self.start(&tag),
            Node::End(name) => self.end(name),
            Node::Text(text) => {
                self.say(text);
                Ok(())
            }
        }
    }

    fn say(&mut self, text: &str) {
        if let Some(paragraph) = self.text.last_mut() {
            paragraph.push_str(text);
        }
    }

    fn start(&mut self, tag: &Tag<'_>) -> Result<(), Refusal> {
        match tag.name() {
            "h" => {
                let level = tag.get("outline-level").and_then(|it| it.parse::<u8>().ok());
                self.level = Some(level.unwrap_or(1).clamp(1, 6));
                self.text.push(String::new());
            }
            "p" => self.text.push(String::new()),
            "s" => {
                let count = tag.get("c").and_then(|it| it.parse::<usize>().ok()).unwrap_or(1);
                self.say(&" ".repeat(count.min(80)));
            }
            "tab" => self.say(" "),
            "line-break" => self.say("\n"),
            "list" => self.lists = self.lists.saturating_add(1),
            "note" | "annotation" | "notes" => self.notes += 1,
            "table" => self.heads.push(None),
            "table-row" => self.cells.push(Vec::new()),
            "table-cell" => {
                if let Some(row) = self.cells.last_mut() {
                    row.push(String::new());
                }
            }
            "page" if self.slides => self.builder.page(tag.get("name"), None)?,
            _ => {}
        }
        Ok(())
    }

    fn end(&mut self, name: &str) -> Result<(), Refusal> {
        match name {
            "h" | "p" => {
                let text = self.text.pop().unwrap_or_default();
                let level = self.level.take();
                return self.paragraph(&text, level);
            }
            "list" => self.lists = self.lists.saturating_sub(1),
            "note" | "annotation" | "notes" => self.notes = self.notes.saturating_sub(1),
            "table" => drop(self.heads.pop()),
            "table-row" => {
                let cells = self.cells.pop().unwrap_or_default();
                let head = self.heads.last().copied().flatten();
                let span = self.builder.row(&cells, head)?;
                if let Some(known) = self.heads.last_mut() {
                    *known = head.or(span);
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn paragraph(&mut self, text: &str, level: Option<u8>) -> Result<(), Refusal> {
        if let Some(cell) = self.cells.last_mut().and_then(|row| row.last_mut()) {
            cell.push_str(text);
            cell.push(' ');
            return Ok(());
        }
        let kind = match level {
            _ if self.notes > 0 => BlockKind::Note,
            Some(level) => BlockKind::Heading { level },
            None if self.lists > 0 => BlockKind::ListItem { depth: self.lists - 1 },
            None => BlockKind::Paragraph,
        };
        self.builder.block(kind, text).map(|_| ())
    }
}
