//! XML as office formats use it, read as a stream: no document type, no entity but the five that XML
//! itself knows, no recursion, a limit of depth. Names are given without their prefix.

use quick_xml::{
    Reader, XmlVersion,
    events::{BytesStart, Event},
};

use super::{Refusal, encoding};

/// Elements within elements.
const DEEPEST: usize = 4_096;

/// A part of an XML text.
pub(super) enum Node<'a> {
    Start(Tag<'a>),
    End(&'a str),
    Text(&'a str),
}

/// The beginning of an element.
pub(super) struct Tag<'a>(&'a BytesStart<'a>);

impl Tag<'_> {
    /// Its name without prefix.
    pub(super) fn name(&self) -> &str {
        local(self.0.name().into_inner())
    }

    /// An attribute by its name without prefix.
    pub(super) fn get(&self, name: &str) -> Option<String> {
        let mut attributes = self.0.attributes();
        let attributes = attributes.with_checks(false).flatten();
        let mut same = attributes.filter(|it| local(it.key.into_inner()) == name);
        same.next()?
            .normalized_value(XmlVersion::Implicit1_0)
            .ok()
            .map(std::borrow::Cow::into_owned)
    }

    /// Whether some attribute has this value.
    pub(super) fn has_value(&self, value: &str) -> bool {
        let mut attributes = self.0.attributes();
        let mut attributes = attributes.with_checks(false).flatten();
        attributes.any(|it| {
            it.normalized_value(XmlVersion::Implicit1_0).is_ok_and(|known| known == value)
        })
    }
}

fn local(name: &str) -> &str {
    name.rsplit_once(':').map_or(name, |(_, local)| local)
}

/// Shows every part of an XML text to `visit`.
///
/// # Errors
/// [`Refusal::Broken`] where it is no XML, and what `visit` returns. What was read before that was shown.
pub(super) fn walk(
    bytes: &[u8],
    visit: &mut dyn FnMut(Node<'_>) -> Result<(), Refusal>,
) -> Result<(), Refusal> {
    let text = encoding::decode_page(bytes);
    let mut reader = Reader::from_str(&text);
    let config = reader.config_mut();
    config.allow_dangling_amp = true;
    config.check_end_names = false;
    config.allow_unmatched_ends = true;
    let mut depth: usize = 0;
    loop {
        match reader.read_event().map_err(|_| Refusal::Broken)? {
            Event::Start(tag) => {
                depth += 1;
                if depth > DEEPEST {
                    return Err(Refusal::TooCostly);
                }
                visit(Node::Start(Tag(&tag)))?;
            }
            Event::Empty(tag) => {
                visit(Node::Start(Tag(&tag)))?;
                visit(Node::End(local(tag.name().into_inner())))?;
            }
            Event::End(tag) => {
                depth = depth.saturating_sub(1);
                visit(Node::End(local(tag.name().into_inner())))?;
            }
            Event::Text(piece) => visit(Node::Text(&piece.xml10_content()))?,
            Event::CData(piece) => visit(Node::Text(&piece.xml10_content()))?,
            Event::GeneralRef(name) => {
                if let Some(letter) = entity(&name) {
                    visit(Node::Text(letter.encode_utf8(&mut [0; 4])))?;
                }
            }
            Event::Eof => return Ok(()),
            Event::DocType(_) | Event::Decl(_) | Event::PI(_) | Event::Comment(_) => {}
        }
    }
}

/// The letter of a reference; one that a document type defines has none.
fn entity(name: &str) -> Option<char> {
    match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        "nbsp" => Some(' '),
        _ => {
            let number = name.strip_prefix('#')?;
            let number = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(number)
        }
    }
}

/// All text of the first element of that name.
pub(super) fn text_of(bytes: &[u8], wanted: &str) -> Option<String> {
    let (mut inside, mut text, mut done) = (0_usize, String::new(), false);
    let _ = walk(bytes, &mut |node| {
        match node {
            Node::Start(tag) if !done && (inside > 0 || tag.name() == wanted) => inside += 1,
            Node::End(_) if inside > 0 => {
                inside -= 1;
                done = inside == 0;
            }
            Node::Text(piece) if inside > 0 => text.push_str(piece),
            _ => {}
        }
        Ok(())
    });
    (!text.trim().is_empty()).then_some(text)
}

/// Relations of an OOXML part: the target of each id.
pub(super) fn relations(bytes: &[u8]) -> Vec<(String, String, String)> {
    let mut found = Vec::new();
    let _ = walk(bytes, &mut |node| {
        if let Node::Start(tag) = node
            && tag.name() == "Relationship"
            && let (Some(id), Some(target)) = (tag.get("Id"), tag.get("Target"))
        {
            found.push((id, tag.get("Type").unwrap_or_default(), target));
        }
        Ok(())
    });
    found
}

/// Names of all elements, each once.
pub(super) fn names(bytes: &[u8]) -> std::collections::BTreeSet<String> {
    let mut names = std::collections::BTreeSet::new();
    let _ = walk(bytes, &mut |node| {
        if let Node::Start(tag) = node
            && !names.contains(tag.name())
        {
            names.insert(tag.name().to_owned());
        }
        Ok(())
    });
    names
}
