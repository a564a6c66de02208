//! Electronic books: the chapters of the spine, each a web page of its own.

use super::{
    Refusal,
    archive::Archive,
    builder::Builder,
    clean, encoding, html,
    xml::{self, Node},
};
use crate::document::{Document, Format, OmissionKind, Unit};

/// Reads a book.
///
/// # Errors
/// The refusal that the person is told.
pub(super) fn read(bytes: Vec<u8>) -> Result<Document, Refusal> {
    let mut archive = Archive::open(bytes)?;
    if archive.names().iter().any(|name| name == "META-INF/rights.xml") {
        return Err(Refusal::PasswordNeeded);
    }
    let container = archive.need("META-INF/container.xml")?;
    let package = attribute(&container, "rootfile", "full-path").ok_or(Refusal::Broken)?;
    let opf = archive.need(&package)?;
    let mut builder = Builder::new(Format::Epub, Unit::Chapter);
    builder.title(xml::text_of(&opf, "title").and_then(|title| clean::title(&title)));
    builder.language(xml::text_of(&opf, "language").map(|it| it.trim().to_owned()));
    let folder = package.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut pictures = 0;
    for (target, kind) in spine(&opf)? {
        let name = join(folder, &target);
        if !kind.contains("html") && !kind.is_empty() {
            pictures += 1;
            continue;
        }
        if let Some(chapter) = archive.read(&name)? {
            builder.page(None, None)?;
            html::part(&mut builder, &encoding::decode_page(&chapter))?;
        }
    }
    builder.omit(OmissionKind::Pictures, pictures);
    builder.finish()
}

/// The first attribute of that name on an element of that name.
fn attribute(bytes: &[u8], element: &str, name: &str) -> Option<String> {
    let mut found = None;
    let _ = xml::walk(bytes, &mut |node| {
        if let Node::Start(tag) = node
            && tag.name() == element
            && found.is_none()
        {
            found = tag.get(name);
        }
        Ok(())
    });
    found
}

/// What is read in order: the file of each chapter and its media type.
fn spine(opf: &[u8]) -> Result<Vec<(String, String)>, Refusal> {
    let mut items: Vec<(String, String, String)> = Vec::new();
    let mut order: Vec<String> = Vec::new();
    xml::walk(opf, &mut |node| {
        let Node::Start(tag) = node else { return Ok(()) };
        match tag.name() {
            "item" => {
                if let (Some(id), Some(target)) = (tag.get("id"), tag.get("href")) {
                    items.push((id, target, tag.get("media-type").unwrap_or_default()));
                }
            }
            "itemref" => order.extend(tag.get("idref")),
            _ => {}
        }
        Ok(())
    })?;
    let known: std::collections::HashMap<String, (String, String)> =
        items.into_iter().map(|(id, target, kind)| (id, (target, kind))).collect();
    Ok(order.iter().filter_map(|id| known.get(id).cloned()).collect())
}

/// The entry that a reference leads to, percent signs decoded.
fn join(folder: &str, target: &str) -> String {
    let target = target.split('#').next().unwrap_or_default();
    let decoded = percent_decoded(target);
    let mut parts: Vec<&str> = folder.split('/').filter(|it| !it.is_empty()).collect();
    for part in decoded.split('/') {
        match part {
            ".." => drop(parts.pop()),
            "." | "" => {}
            _ => parts.push(part),
        }
    }
    parts.join("/")
}

fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let code = after.get(..2).and_then(|hex| std::str::from_utf8(hex).ok());
        let byte = code.and_then(|hex| u8::from_str_radix(hex, 16).ok());
        match (first, byte) {
            (b'%', Some(byte)) => {
                bytes.push(byte);
                rest = after.get(2..).unwrap_or_default();
            }
            _ => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
