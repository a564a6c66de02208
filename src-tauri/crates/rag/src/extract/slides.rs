//! PowerPoint presentations: each slide with its title, its text, its tables and its notes, in the order
//! of the show.

use super::{
    Refusal,
    archive::Archive,
    builder::Builder,
    clean,
    xml::{self, Node},
};
use crate::document::{BlockKind, Document, Format, OmissionKind, Span, Unit};

/// Reads a presentation.
///
/// # Errors
/// The refusal that the person is told.
pub(super) fn read(bytes: Vec<u8>) -> Result<Document, Refusal> {
    let mut archive = Archive::open(bytes)?;
    let mut builder = Builder::new(Format::Pptx, Unit::Slide);
    if let Some(core) = archive.read("docProps/core.xml")? {
        builder.title(xml::text_of(&core, "title").and_then(|title| clean::title(&title)));
    }
    for slide in in_order(&mut archive)? {
        let Some(bytes) = archive.read(&slide)? else { continue };
        let shapes = shapes(&bytes)?;
        let title = shapes.iter().find(|shape| shape.title).map(Shape::line);
        builder.page(title.filter(|title| !title.is_empty()), None)?;
        for shape in &shapes {
            shape.write(&mut builder)?;
        }
        if let Some(notes) = notes(&mut archive, &slide)? {
            for shape in notes.iter().filter(|shape| shape.notes) {
                builder.block(BlockKind::Note, &shape.paragraphs.join("\n"))?;
            }
        }
    }
    let pictures = archive.names().iter().filter(|name| name.starts_with("ppt/media/")).count();
    builder.omit(OmissionKind::Pictures, pictures);
    builder.finish()
}

/// Names of the slides in the order of the show; by their numbers where the file does not say.
fn in_order(archive: &mut Archive) -> Result<Vec<String>, Refusal> {
    let mut order = Vec::new();
    let presentation = archive.read("ppt/presentation.xml")?.unwrap_or_default();
    let relations = archive.read("ppt/_rels/presentation.xml.rels")?.unwrap_or_default();
    let relations = xml::relations(&relations);
    let _ = xml::walk(&presentation, &mut |node| {
        if let Node::Start(tag) = node
            && tag.name() == "sldId"
        {
            // `r:id`, not the number that is called `id` too.
            let found = relations.iter().find(|(id, _, _)| tag.has_value(id));
            order.extend(found.map(|(_, _, target)| resolve("ppt", target)));
        }
        Ok(())
    });
    if order.is_empty() {
        let number = |name: &String| -> Option<u32> {
            name.strip_prefix("ppt/slides/slide")?.strip_suffix(".xml")?.parse().ok()
        };
        let mut named: Vec<(u32, String)> =
            archive.names().into_iter().filter_map(|name| Some((number(&name)?, name))).collect();
        named.sort();
        order = named.into_iter().map(|(_, name)| name).collect();
    }
    Ok(order)
}

/// The entry that a relation leads to; one that leads out of the archive names no entry.
fn resolve(folder: &str, target: &str) -> String {
    if let Some(absolute) = target.strip_prefix('/') {
        return absolute.to_owned();
    }
    let mut parts: Vec<&str> = folder.split('/').collect();
    for part in target.split('/') {
        if part == ".." {
            parts.pop();
        } else {
            parts.push(part);
        }
    }
    parts.join("/")
}

fn notes(archive: &mut Archive, slide: &str) -> Result<Option<Vec<Shape>>, Refusal> {
    let Some((folder, name)) = slide.rsplit_once('/') else { return Ok(None) };
    let relations = archive.read(&format!("{folder}/_rels/{name}.rels"))?.unwrap_or_default();
    let relations = xml::relations(&relations);
    let notes = relations.iter().find(|(_, kind, _)| kind.ends_with("/notesSlide"));
    let Some((_, _, target)) = notes else { return Ok(None) };
    let bytes = archive.read(&resolve(folder, target))?;
    bytes.map(|bytes| shapes(&bytes)).transpose()
}

/// A box of text, or a table.
#[derive(Default)]
struct Shape {
    title: bool,
    notes: bool,
    /// The number of the page, the date, the footer.
    furniture: bool,
    paragraphs: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Shape {
    fn line(&self) -> String {
        clean::clean_line(&self.paragraphs.join(" "))
    }

    fn write(&self, builder: &mut Builder) -> Result<(), Refusal> {
        let mut head: Option<Span> = None;
        for row in &self.rows {
            let span = builder.row(row, head)?;
            head = head.or(span);
        }
        if self.title {
            builder.block(BlockKind::Heading { level: 1 }, &self.line())?;
            return Ok(());
        }
        for paragraph in &self.paragraphs {
            let kind = if self.furniture {
                BlockKind::Furniture
            } else {
                BlockKind::ListItem { depth: 0 }
            };
            let kind = if self.paragraphs.len() == 1 && !self.furniture {
                BlockKind::Paragraph
            } else {
                kind
            };
            builder.block(kind, paragraph)?;
        }
        Ok(())
    }
}

fn shapes(bytes: &[u8]) -> Result<Vec<Shape>, Refusal> {
    let mut shapes: Vec<Shape> = Vec::new();
    let mut open = Shape::default();
    let (mut text, mut in_text, mut in_cell, mut skipped) = (String::new(), false, false, 0_usize);
    xml::walk(bytes, &mut |node| {
        match node {
            Node::Start(tag) if skipped > 0 || tag.name() == "Fallback" => skipped += 1,
            Node::End(_) if skipped > 0 => skipped -= 1,
            Node::Start(tag) => match tag.name() {
                "sp" | "graphicFrame" => {
                    shapes.push(std::mem::take(&mut open));
                }
                "ph" => {
                    let kind = tag.get("type").unwrap_or_default();
                    open.title = matches!(kind.as_str(), "title" | "ctrTitle");
                    open.notes = kind == "body";
                    open.furniture = matches!(kind.as_str(), "sldNum" | "dt" | "ftr" | "hdr");
                }
                "tr" => open.rows.push(Vec::new()),
                "tc" => {
                    in_cell = true;
                    text.clear();
                }
                "t" => in_text = true,
                "br" | "tab" => text.push(' '),
                _ => {}
            },
            Node::End(name) => match name {
                "t" => in_text = false,
                "p" if in_cell => text.push(' '),
                "p" => {
                    let paragraph = std::mem::take(&mut text);
                    if !paragraph.trim().is_empty() {
                        open.paragraphs.push(paragraph);
                    }
                }
                "tc" => {
                    in_cell = false;
                    let cell = std::mem::take(&mut text);
                    if let Some(row) = open.rows.last_mut() {
                        row.push(cell);
                    }
                }
                _ => {}
            },
            Node::Text(piece) if in_text => text.push_str(piece),
            Node::Text(_) => {}
        }
        Ok(())
    })?;
    shapes.push(open);
    Ok(shapes)
}
