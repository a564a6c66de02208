//! One message of mail: who, to whom, when and about what, as a person sees them, and its text. The way
//! that it took and the programs that it passed are not read; attachments are counted.

use mail_parser::{Address, MessageParser, PartType};

use super::{Refusal, builder::Builder, clean, html};
use crate::document::{BlockKind, Document, Format, OmissionKind, Unit};

/// Reads a message.
///
/// # Errors
/// The refusal that the person is told.
pub(super) fn read(bytes: &[u8]) -> Result<Document, Refusal> {
    let message = MessageParser::default().parse(bytes).ok_or(Refusal::Broken)?;
    let known = message.from().is_some() || message.subject().is_some() || message.date().is_some();
    if !known {
        return Err(Refusal::Broken);
    }
    let mut builder = Builder::new(Format::Email, Unit::Whole);
    if let Some(subject) = message.subject() {
        builder.title(clean::title(subject));
        builder.block(BlockKind::Heading { level: 1 }, &clean::clean_line(subject))?;
    }
    let mut lines = Vec::new();
    for (name, people) in [("From", message.from()), ("To", message.to()), ("Cc", message.cc())] {
        lines.extend(people.and_then(names).map(|names| format!("{name}: {names}")));
    }
    lines.extend(message.date().map(|date| format!("Date: {}", date.to_rfc3339())));
    builder.block(BlockKind::Paragraph, &lines.join("\n"))?;
    for part in message.text_bodies() {
        match &part.body {
            PartType::Text(text) => paragraphs(&mut builder, text)?,
            PartType::Html(page) => html::part(&mut builder, page)?,
            _ => {}
        }
    }
    builder.omit(OmissionKind::EmbeddedFiles, message.attachment_count());
    builder.finish()
}

fn paragraphs(builder: &mut Builder, text: &str) -> Result<(), Refusal> {
    for paragraph in clean::clean(text).split("\n\n") {
        builder.block(BlockKind::Paragraph, paragraph)?;
    }
    Ok(())
}

/// People as a mail program shows them.
fn names(people: &Address<'_>) -> Option<String> {
    let person = |it: &mail_parser::Addr<'_>| match (&it.name, &it.address) {
        (Some(name), Some(address)) => Some(format!("{name} <{address}>")),
        (Some(only), None) | (None, Some(only)) => Some(only.to_string()),
        (None, None) => None,
    };
    let shown: Vec<String> = people.iter().filter_map(person).take(50).collect();
    (!shown.is_empty()).then(|| shown.join(", "))
}
