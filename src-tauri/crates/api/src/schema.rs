//! The part of the command table that keys of the port open, as JSON Schema (2020-12). The document that
//! describes the port to other programs is made of it (`server`).

use hearth_domain::PortScope;
use schemars::{JsonSchema, SchemaGenerator, generate::SchemaSettings};
use serde_json::{Map, Value};

use crate::commands;

/// A command that a key can open.
#[derive(Clone, Debug)]
pub struct CommandSchema {
    /// `noun_verb`.
    pub name: &'static str,
    /// All that the key must open.
    pub scopes: &'static [PortScope],
    /// Its request.
    pub request: Value,
    /// Its answer.
    pub response: Value,
}

/// Schemas of what crosses the wire. Those of answers refer to each other by `#/components/schemas/…`,
/// those of requests have all that they need within.
pub struct Schemas {
    asked: SchemaGenerator,
    answered: SchemaGenerator,
}

impl Default for Schemas {
    fn default() -> Self {
        let plain = |within: bool| {
            SchemaSettings::draft2020_12().with(|settings| {
                settings.definitions_path = "/components/schemas".into();
                settings.meta_schema = None;
                settings.inline_subschemas = within;
            })
        };
        Self {
            asked: plain(true).for_deserialize().into_generator(),
            answered: plain(false).for_serialize().into_generator(),
        }
    }
}

impl Schemas {
    /// The commands that keys open.
    #[must_use]
    pub fn commands(&mut self) -> Vec<CommandSchema> {
        let mut all = Vec::new();
        commands::opened_by_keys(&mut all, &mut self.asked, &mut self.answered);
        all
    }

    /// Adds something that answers carry to the definitions.
    pub fn add<T: JsonSchema>(&mut self) {
        self.answered.subschema_for::<T>();
    }

    /// What was added and what the commands refer to, by name.
    #[must_use]
    pub fn definitions(mut self) -> Map<String, Value> {
        self.answered.take_definitions(true).into_iter().collect()
    }
}
