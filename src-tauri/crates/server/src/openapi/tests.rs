//! What is committed is what the code makes, and hangs together.

use std::{collections::BTreeSet, fs, path::PathBuf};

use super::*;

/// Compares what is committed with what the code makes; `./build.sh types` writes it.
fn committed(name: &str, fresh: &str) {
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs").join(name);
    if std::env::var_os("HEARTH_WRITE_TYPES").is_some() {
        fs::write(&file, fresh).unwrap();
    }
    let committed = fs::read_to_string(file).unwrap_or_default().replace("\r\n", "\n");
    assert!(committed == fresh, "{name} is not of this code; run `./build.sh types`");
}

#[test]
fn the_committed_openapi_document_is_that_of_the_code() {
    committed("openapi.json", &text());
}

#[test]
fn the_committed_page_about_the_port_is_that_of_the_code() {
    committed("port-reference.md", &reference::page(&document()));
}

#[test]
fn every_smallest_request_is_read_and_every_field_of_it_is_described() {
    let written = Written::read();
    let asks = ROUTES.iter().filter_map(|it| it.asks).chain([&ollama::asks::OPTIONS]);
    let unknown: Vec<_> = asks.flat_map(|asks| asks.unknown(&written)).collect();
    assert!(unknown.is_empty(), "{unknown:?}");
}

#[test]
fn what_is_told_of_a_field_is_what_its_reader_takes() {
    let document = document();
    let request = &document["components"]["schemas"]["ChatCompletionRequest"];
    assert_eq!(request["required"], json!(["messages", "model"]));
    let n = &request["properties"]["n"];
    assert_eq!((&n["minimum"], &n["maximum"]), (&json!(1), &json!(8)), "{n}");
    assert_eq!(request["properties"]["temperature"]["type"], json!(["number", "null"]));
    // Known, and not there yet.
    assert!(request["properties"].get("functions").is_none());
}

#[test]
fn every_reference_leads_somewhere_and_every_name_is_said_once() {
    let document = document();
    let mut references = BTreeSet::new();
    collect(&document, &mut references);
    for reference in &references {
        let pointer = reference.trim_start_matches('#');
        assert!(document.pointer(pointer).is_some(), "{reference}");
    }
    assert!(references.len() > 30);
    let paths = document["paths"].as_object().unwrap().values();
    let ids: Vec<_> = paths
        .flat_map(|path| path.as_object().unwrap().values())
        .map(|operation| operation["operationId"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len());
}

#[test]
fn no_schema_of_an_interface_has_the_name_of_one_of_the_command_table() {
    let mut schemas = Schemas::default();
    let _ = paths::of_routes(&mut schemas);
    let (of_commands, written) = (schemas.definitions(), Written::read());
    let twice = by_hand(&written).filter(|(name, _)| of_commands.contains_key(name));
    assert_eq!(twice.map(|(name, _)| name).collect::<Vec<_>>(), [""; 0]);
}

fn collect(value: &Value, references: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            references.extend(fields.get("$ref").and_then(Value::as_str).map(str::to_owned));
            fields.values().for_each(|it| collect(it, references));
        }
        Value::Array(items) => items.iter().for_each(|it| collect(it, references)),
        _ => {}
    }
}
