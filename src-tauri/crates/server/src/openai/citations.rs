//! Citations as OpenAI's clients read them: annotations of the text.

use hearth_app::Completion;
use hearth_domain::Citation;
use serde_json::{Value, json};

/// The annotations of `/v1/responses`: an object each, with the place of its mark in the text.
pub(super) fn flat(completion: &Completion) -> Vec<Value> {
    let citations = completion.sources.iter().flat_map(|sources| &sources.citations);
    citations.map(|citation| annotation(citation, completion.text())).collect()
}

/// The same for `/v1/chat/completions`, where an annotation names its kind and holds the rest under it.
pub(super) fn nested(completion: &Completion) -> Vec<Value> {
    let nested = |mut annotation: Value| {
        let kind = annotation["type"].take();
        let name = kind.as_str().unwrap_or_default().to_owned();
        if let Value::Object(fields) = &mut annotation {
            fields.remove("type");
        }
        json!({"type": kind, name: annotation})
    };
    flat(completion).into_iter().map(nested).collect()
}

/// `file_citation` is OpenAI's; what follows `index` is ours.
fn annotation(citation: &Citation, text: &str) -> Value {
    json!({
        "type": "file_citation",
        "file_id": citation.file,
        "filename": citation.document,
        "index": place(text, citation.number),
        "number": citation.number,
        "title": citation.title,
        "page": citation.page,
        "start": citation.start,
        "end": citation.end,
        "quote": citation.text,
        "support": citation.support,
        "weak": citation.weak,
    })
}

/// Where the first mark of a number stands, in code points; the end of the text where there is none.
fn place(text: &str, number: u32) -> usize {
    let mark = format!("[{number}]");
    let before = text.split(mark.as_str()).next().unwrap_or(text);
    before.chars().count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_citation_stands_where_its_first_mark_is() {
        assert_eq!(place("Größe [2], dann [1] [2].", 2), 6);
        assert_eq!(place("Größe", 1), 5);
    }
}
