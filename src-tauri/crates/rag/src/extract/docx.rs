//! Word documents: paragraphs, headings, lists, tables, text boxes, notes and comments. What tracked
//! changes deleted, what is set as hidden and who wrote what is not read.

use std::collections::HashMap;

use super::{
    Refusal,
    archive::Archive,
    builder::Builder,
    clean,
    xml::{self, Node, Tag},
};
use crate::document::{BlockKind, Document, Format, OmissionKind, Span, Unit};

/// Elements whose text is not of the document as it stands.
const SKIPPED: &[&str] = &["del", "moveFrom", "Fallback", "instrText", "delText"];
const MAIN: &str = "word/document.xml";

/// Reads a Word document.
///
/// # Errors
/// The refusal that the person is told.
pub(super) fn read(bytes: Vec<u8>) -> Result<Document, Refusal> {
    let mut archive = Archive::open(bytes)?;
    let mut builder = Builder::new(Format::Docx, Unit::Whole);
    if let Some(core) = archive.read("docProps/core.xml")? {
        builder.title(xml::text_of(&core, "title").and_then(|title| clean::title(&title)));
    }
    let styles = archive.read("word/styles.xml")?.map(|it| headings(&it)).unwrap_or_default();
    let names = archive.names();
    let main =
        if names.iter().any(|name| name == MAIN) { MAIN.to_owned() } else { main(&mut archive)? };
    let main = archive.need(&main)?;
    part(&main, &styles, &mut builder, None)?;
    let starts = |start: &'static str| {
        let mut same: Vec<String> =
            names.iter().filter(|name| name.starts_with(start)).cloned().collect();
        same.sort();
        same
    };
    for name in ["word/footnotes.xml", "word/endnotes.xml", "word/comments.xml"] {
        if let Some(notes) = archive.read(name)? {
            part(&notes, &styles, &mut builder, Some(&BlockKind::Note))?;
        }
    }
    for name in starts("word/header").into_iter().chain(starts("word/footer")) {
        if let Some(edge) = archive.read(&name)? {
            part(&edge, &styles, &mut builder, Some(&BlockKind::Furniture))?;
        }
    }
    builder.omit(OmissionKind::Pictures, starts("word/media/").len());
    builder.omit(OmissionKind::EmbeddedFiles, starts("word/embeddings/").len());
    builder.finish()
}

/// The main part, where it has another name than usual.
fn main(archive: &mut Archive) -> Result<String, Refusal> {
    let relations = xml::relations(&archive.need("_rels/.rels")?);
    let main = relations.into_iter().find(|(_, kind, _)| kind.ends_with("/officeDocument"));
    main.map(|(_, _, target)| target.trim_start_matches('/').to_owned()).ok_or(Refusal::Broken)
}

/// The level of each style that is a heading.
fn headings(styles: &[u8]) -> HashMap<String, u8> {
    let mut levels = HashMap::new();
    let mut id = String::new();
    let _ = xml::walk(styles, &mut |node| {
        let Node::Start(tag) = node else { return Ok(()) };
        match tag.name() {
            "style" => id = tag.get("styleId").unwrap_or_default(),
            "name" => {
                let name = tag.get("val").unwrap_or_default().to_lowercase();
                let level = name.strip_prefix("heading ").and_then(|it| it.parse().ok());
                let level = level.or_else(|| (name == "title").then_some(1));
                levels.extend(level.filter(|it| (1..=6).contains(it)).map(|it| (id.clone(), it)));
            }
            "outlineLvl" => {
                let level = tag.get("val").and_then(|it| it.parse::<u8>().ok());
                let level = level.filter(|it| *it < 6).map(|it| it + 1);
                levels.extend(level.map(|level| (id.clone(), level)));
            }
            _ => {}
        }
        Ok(())
    });
    levels
}

/// A paragraph that is open. Text boxes put paragraphs into paragraphs.
#[derive(Default)]
struct Paragraph {
    text: String,
    kind: Option<BlockKind>,
}

/// A table that is open.
#[derive(Default)]
struct Table {
    cells: Vec<String>,
    head: Option<Span>,
}

/// The walk through one part.
struct Walk<'a> {
    builder: &'a mut Builder,
    styles: &'a HashMap<String, u8>,
    /// What every block of this part is, where it is not the main one.
    kind: Option<&'a BlockKind>,
    paragraphs: Vec<Paragraph>,
    tables: Vec<Table>,
    /// Open elements that are skipped, within each other.
    skipped: usize,
    in_text: bool,
    in_run_properties: bool,
    hidden: bool,
    deleted: usize,
    hidden_runs: usize,
}

fn part(
    bytes: &[u8],
    styles: &HashMap<String, u8>,
    builder: &mut Builder,
    kind: Option<&BlockKind>,
) -> Result<(), Refusal> {
    let mut walk = Walk {
        builder,
        styles,
        kind,
        paragraphs: Vec::new(),
        tables: Vec::new(),
        skipped: 0,
        in_text: false,
        in_run_properties: false,
        hidden: false,
        deleted: 0,
        hidden_runs: 0,
    };
    let ended = xml::walk(bytes, &mut |node| walk.node(node));
    // Text that was read before a fault counts: the rest is lost either way.
    while let Some(paragraph) = walk.paragraphs.pop() {
        walk.write(paragraph)?;
    }
    let (deleted, hidden) = (walk.deleted, walk.hidden_runs);
    builder.omit(OmissionKind::DeletedText, deleted);
    builder.omit(OmissionKind::HiddenText, hidden);
    ended
}

impl Walk<'_> {
    fn node(&mut self, node: Node<'_>) -> Result<(), Refusal> {
        match node {
            Node::Start(tag) if self.skipped > 0 || SKIPPED.contains(&tag.name()) => {
                self.deleted += usize::from(self.skipped == 0 && tag.name() == "del");
                self.skipped += 1;
                Ok(())
            }
            Node::End(_) if self.skipped > 0 => {
                self.skipped -= 1;
                Ok(())
            }
            Node::Start(tag) => {
                self.start(&tag);
                Ok(())
            }
            Node::End(name) => self.end(name),
            Node::Text(text) => {
                if self.in_text && !self.hidden {
                    self.say(text);
                }
                Ok(())
            }
        }
    }

    fn say(&mut self, text: &str) {
        if let Some(paragraph) = self.paragraphs.last_mut() {
            paragraph.text.push_str(text);
        }
    }

    fn start(&mut self, tag: &Tag<'_>) {
        match tag.name() {
            "p" => self.paragraphs.push(Paragraph::default()),
            "tbl" => self.tables.push(Table::default()),
            "r" => self.hidden = false,
            "rPr" => self.in_run_properties = true,
            "vanish" if self.in_run_properties && tag.get("val").as_deref() != Some("0") => {
                self.hidden = true;
                self.hidden_runs += 1;
            }
            "t" => self.in_text = true,
            "tab" if !self.in_run_properties => self.say(" "),
            "br" | "cr" => self.say("\n"),
            "noBreakHyphen" => self.say("-"),
            "pStyle" => {
                let level = tag.get("val").and_then(|style| self.styles.get(&style).copied());
                self.name(level.map(|level| BlockKind::Heading { level }));
            }
            "outlineLvl" => {
                let level = tag.get("val").and_then(|it| it.parse::<u8>().ok());
                let level = level.filter(|level| *level < 6);
                self.name(level.map(|level| BlockKind::Heading { level: level + 1 }));
            }
            "numPr" => self.name(Some(BlockKind::ListItem { depth: 0 })),
            "ilvl" => {
                let level = tag.get("val").and_then(|it| it.parse::<u8>().ok()).unwrap_or_default();
                let open = self.paragraphs.last_mut().and_then(|it| it.kind.as_mut());
                if let Some(BlockKind::ListItem { depth }) = open {
                    *depth = level.min(8);
                }
            }
            _ => {}
        }
    }

    /// A heading stays one, numbered or not.
    fn name(&mut self, kind: Option<BlockKind>) {
        if let Some(paragraph) = self.paragraphs.last_mut()
            && !matches!(paragraph.kind, Some(BlockKind::Heading { .. }))
        {
            paragraph.kind = kind.or(paragraph.kind.take());
        }
    }

    fn end(&mut self, name: &str) -> Result<(), Refusal> {
        match name {
            "t" => self.in_text = false,
            "rPr" => self.in_run_properties = false,
            "r" => self.hidden = false,
            "p" => {
                if let Some(paragraph) = self.paragraphs.pop() {
                    return self.write(paragraph);
                }
            }
            "tc" => {
                if let Some(table) = self.tables.last_mut() {
                    table.cells.push(String::new());
                }
            }
            "tr" => return self.row(),
            "tbl" => drop(self.tables.pop()),
            _ => {}
        }
        Ok(())
    }

    /// A paragraph in a table becomes part of its cell. One in a text box stands for itself.
    fn write(&mut self, paragraph: Paragraph) -> Result<(), Refusal> {
        if let Some(table) = self.tables.last_mut() {
            if table.cells.is_empty() {
                table.cells.push(String::new());
            }
            if let Some(cell) = table.cells.last_mut() {
                cell.push_str(&paragraph.text);
                cell.push('\n');
            }
            return Ok(());
        }
        let kind = self.kind.cloned().or(paragraph.kind).unwrap_or(BlockKind::Paragraph);
        self.builder.block(kind, &paragraph.text).map(|_| ())
    }

    fn row(&mut self) -> Result<(), Refusal> {
        let Some(table) = self.tables.last_mut() else { return Ok(()) };
        let mut cells = std::mem::take(&mut table.cells);
        // The end of each cell opened the next.
        if cells.last().is_some_and(|last| last.trim().is_empty()) {
            cells.pop();
        }
        let head = table.head;
        let written = match self.kind {
            Some(kind) => self.builder.block(kind.clone(), &cells.join("\t"))?,
            None => self.builder.row(&cells, head)?,
        };
        if let Some(table) = self.tables.last_mut() {
            table.head = head.or(written);
        }
        Ok(())
    }
}
