//! The schema of a request, from what its reader looks at: type and range of a field stand once, where it is
//! read. The inside of messages, tools and the like is told in `fields.json`.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::written::Written;
use crate::programs::{Fields, Kind, LookedAt, Result};

/// A kind of request.
pub(crate) struct Asks {
    /// The name of its schema.
    pub(crate) name: &'static str,
    /// The JSON of the smallest one.
    pub(crate) least: &'static str,
    /// What reads it.
    pub(crate) read: fn(Fields<'_>) -> Result<()>,
    /// Fields that are taken and ask nothing of the answer.
    pub(crate) harmless: &'static [&'static str],
}

impl Asks {
    /// Its schema.
    pub(super) fn schema(&self, written: &Written) -> Value {
        let least = self.least();
        let looked_at = LookedAt::default();
        let fields = Fields::of_request(&least, &looked_at);
        // The tests see to it that the smallest request is read.
        let _ = fields.and_then(self.read);
        let required = self.required();
        let mut properties = Map::new();
        for (name, kind) in looked_at.kinds() {
            if let Some(mut schema) = self.of_field(written, &name, &kind) {
                if !required.contains(&name) {
                    schema = or_null(schema);
                }
                if let Some(meaning) = written.meaning(self.name, &name) {
                    schema["description"] = meaning.into();
                }
                properties.insert(name, schema);
            }
        }
        for name in self.harmless {
            let taken = || json!({"description": "Taken, and asks nothing of the answer."});
            properties.entry(*name).or_insert_with(taken);
        }
        json!({
            "type": "object",
            "properties": properties,
            "required": required,
            "example": least,
        })
    }

    /// Fields of which nobody wrote what is in them, for a test.
    #[cfg(test)]
    pub(super) fn unknown(&self, written: &Written) -> Vec<String> {
        let (least, looked_at) = (self.least(), LookedAt::default());
        (self.read)(Fields::of_request(&least, &looked_at).unwrap()).unwrap();
        let own = looked_at.kinds().into_iter().filter(|(_, kind)| *kind == Kind::Own);
        let own = own.filter(|(name, _)| written.field(self.name, name).is_none());
        own.map(|(name, _)| format!("{}.{name}", self.name)).collect()
    }

    fn least(&self) -> Value {
        serde_json::from_str(self.least).unwrap_or_default()
    }

    /// The fields without which the smallest request is refused.
    fn required(&self) -> Vec<String> {
        let least: BTreeMap<String, Value> =
            serde_json::from_value(self.least()).unwrap_or_default();
        let is_read = |without: &str| {
            let mut fields = least.clone();
            fields.remove(without);
            let (body, looked_at) = (json!(fields), LookedAt::default());
            Fields::of_request(&body, &looked_at).and_then(self.read).is_ok()
        };
        least.keys().filter(|name| !is_read(name)).cloned().collect()
    }

    fn of_field(&self, written: &Written, name: &str, kind: &Kind) -> Option<Value> {
        Some(match kind {
            Kind::Empty => return None,
            Kind::Own => written.field(self.name, name).unwrap_or_else(|| json!({})),
            Kind::Name => json!({"type": "string", "minLength": 1}),
            Kind::Text => json!({"type": "string"}),
            Kind::Texts => json!({"type": "array", "items": {"type": "string"}}),
            Kind::Flag => json!({"type": "boolean"}),
            Kind::Number(range) => {
                json!({"type": "number", "minimum": range.start(), "maximum": range.end()})
            }
            Kind::Integer(range) => {
                json!({"type": "integer", "minimum": range.start(), "maximum": range.end()})
            }
        })
    }
}

/// The same, or null, which is as if the field were not there.
fn or_null(mut schema: Value) -> Value {
    match schema["type"].as_str().map(str::to_owned) {
        Some(kind) if schema.get("enum").is_none() => {
            schema["type"] = json!([kind, "null"]);
            schema
        }
        _ if schema.as_object().is_some_and(Map::is_empty) => schema,
        _ => json!({"anyOf": [schema, {"type": "null"}]}),
    }
}
