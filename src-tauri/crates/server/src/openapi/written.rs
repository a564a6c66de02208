//! What of the document cannot be seen in the code: the inside of messages and tools, the form of
//! answers, and what fields mean.

use serde_json::{Map, Value};

/// What stands in the files.
pub(super) struct Written {
    /// Schemas by name.
    pub(super) schemas: Map<String, Value>,
    /// Schemas of fields, by the request (`*` for any) and the name.
    fields: Map<String, Value>,
    /// What fields mean, likewise.
    meaning: Map<String, Value>,
}

impl Written {
    pub(super) fn read() -> Self {
        // The tests see to it that they can be read.
        let read = |text: &str| serde_json::from_str(text).unwrap_or_default();
        Self {
            schemas: read(include_str!("schemas.json")),
            fields: read(include_str!("fields.json")),
            meaning: read(include_str!("meaning.json")),
        }
    }

    /// The schema of a field.
    pub(super) fn field(&self, request: &str, name: &str) -> Option<Value> {
        of(&self.fields, request, name).cloned()
    }

    /// What a field means.
    pub(super) fn meaning(&self, request: &str, name: &str) -> Option<&str> {
        of(&self.meaning, request, name)?.as_str()
    }
}

fn of<'a>(all: &'a Map<String, Value>, request: &str, name: &str) -> Option<&'a Value> {
    let own = all.get(request).and_then(|fields| fields.get(name));
    own.or_else(|| all.get("*").and_then(|fields| fields.get(name)))
}
