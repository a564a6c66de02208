//! The document as a page to read: `docs/port-reference.md`. Only the tests make it.

use std::fmt::Write as _;

use serde_json::{Map, Value};

/// The page.
pub(super) fn page(document: &Value) -> String {
    let mut page = String::from(
        "# The port, path by path\n\nMade from the code by `./build.sh types`, as `openapi.json` beside it, which the port serves at `/openapi.json`. \
         What it is for, keys, and examples: [port.md](port.md).\n",
    );
    let schemas = &document["components"]["schemas"];
    let paths = document["paths"].as_object().into_iter().flatten();
    let (commands, paths): (Vec<_>, Vec<_>) =
        paths.partition(|(path, _)| path.starts_with("/api/rpc/"));
    for (path, methods) in paths {
        for (method, operation) in methods.as_object().into_iter().flatten() {
            of_path(&mut page, path, method, operation, schemas);
        }
    }
    of_commands(&mut page, &commands);
    page
}

fn of_path(page: &mut String, path: &str, method: &str, operation: &Value, schemas: &Value) {
    let _ = writeln!(page, "\n## {} {path}\n", method.to_uppercase());
    let _ = write!(page, "{}", operation["summary"].as_str().unwrap_or_default());
    let scope = operation["x-hearth-scope"].as_str();
    let key = match (scope, operation.get("security")) {
        (Some(scope), _) => format!(" Scope `{scope}`."),
        (None, Some(_)) => " Without a key.".to_owned(),
        (None, None) => " Any key.".to_owned(),
    };
    page.push_str(&key);
    if let Some(answer) = answer(operation) {
        let _ = write!(page, " Answers `{answer}`.");
    }
    page.push('\n');
    let asked = &operation["requestBody"]["content"]["application/json"]["schema"];
    let Some(name) = asked["$ref"].as_str().and_then(|it| it.rsplit('/').next()) else { return };
    let schema = &schemas[name];
    let required = schema["required"].as_array();
    page.push_str("\n| field | | |\n| --- | --- | --- |\n");
    let none = Map::new();
    let mut harmless = Vec::new();
    for (field, kind) in schema["properties"].as_object().unwrap_or(&none) {
        let known = kind.as_object().is_some_and(|kind| kind.len() > 1);
        if !known {
            harmless.push(format!("`{field}`"));
            continue;
        }
        let must = required.is_some_and(|all| all.iter().any(|it| it == field));
        let name = if must { format!("**`{field}`**") } else { format!("`{field}`") };
        let meaning = kind["description"].as_str().unwrap_or_default();
        let _ = writeln!(page, "| {name} | {} | {meaning} |", form(kind));
    }
    if !harmless.is_empty() {
        let _ = writeln!(page, "\nTaken, and asks nothing of the answer: {}.", harmless.join(", "));
    }
}

fn answer(operation: &Value) -> Option<String> {
    let content = &operation["responses"]["200"]["content"];
    content["application/json"]["schema"]["$ref"].as_str()?.rsplit('/').next().map(str::to_owned)
}

/// What a field may be, in a few words.
fn form(kind: &Value) -> String {
    let name = |it: &Value| it.as_str().map(str::to_owned);
    let kinds: Vec<_> = match &kind["type"] {
        Value::Array(kinds) => kinds.iter().filter_map(name).filter(|it| it != "null").collect(),
        kind => name(kind).into_iter().collect(),
    };
    let words = if kinds.is_empty() { several(kind) } else { kinds.join(" or ") };
    match (&kind["minimum"], &kind["maximum"]) {
        (Value::Number(least), Value::Number(most)) => format!("{words}, {least} to {most}"),
        _ => words,
    }
}

/// A field that may have several forms.
fn several(kind: &Value) -> String {
    if let Some(named) = kind["$ref"].as_str() {
        return format!("`{}`", named.rsplit('/').next().unwrap_or_default());
    }
    if let Some(values) = kind["enum"].as_array() {
        return values.iter().map(|it| format!("`{it}`")).collect::<Vec<_>>().join(", ");
    }
    let forms = ["anyOf", "oneOf"].iter().filter_map(|all| kind[*all].as_array()).flatten();
    let mut forms: Vec<_> = forms.map(form).filter(|it| !it.is_empty() && it != "null").collect();
    forms.dedup();
    forms.join(" or ")
}

fn of_commands(page: &mut String, commands: &[(&String, &Value)]) {
    page.push_str("\n## POST /api/rpc/{command}\n\nThe commands of the table that a key opens; what they take and answer is in `openapi.json`.\n");
    page.push_str("\n| command | scope |\n| --- | --- |\n");
    for (path, methods) in commands {
        let name = path.rsplit('/').next().unwrap_or_default();
        let scope = methods["post"]["x-hearth-scope"].as_str().unwrap_or_default();
        let scopes = scope.replace(' ', "`, `");
        let _ = writeln!(page, "| `{name}` | `{scopes}` |");
    }
}
