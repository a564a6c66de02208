//! The paths of the document: each row of the table of routes, and each command that a key opens.

use hearth_api::{CommandSchema, Schemas};
use serde_json::{Map, Value, json};

use super::name_of;
use crate::{
    reply::Shape,
    routes::{Answers, Opens, ROUTES, Route},
};

/// Where the commands are.
const RPC: &str = "/api/rpc/";

pub(super) fn of_routes(schemas: &mut Schemas) -> Map<String, Value> {
    let mut paths = Map::new();
    for route in ROUTES {
        if route.answers == Answers::Command {
            let commands = schemas.commands();
            paths.extend(commands.iter().map(|it| (format!("{RPC}{}", it.name), of_command(it))));
        } else {
            paths.insert(route.path.replace("{*", "{"), of_route(route));
        }
    }
    paths
}

fn of_route(route: &Route) -> Value {
    let mut operation = json!({
        "operationId": id(route),
        "summary": route.about,
        "tags": [tag(route.path)],
        "parameters": parameters(route),
        "responses": responses(route),
    });
    match route.opens {
        Opens::Nothing => operation["security"] = json!([]),
        Opens::AnyKey => {}
        Opens::Scope(scope) | Opens::Once(scope) => {
            operation["x-hearth-scope"] = scope.as_str().into();
        }
    }
    let Some(asks) = route.asks else { return json!({ "get": operation }) };
    operation["requestBody"] = body(&reference(asks.name));
    json!({ "post": operation })
}

fn of_command(command: &CommandSchema) -> Value {
    let CommandSchema { name, scopes, request, response } = command;
    let scopes: Vec<_> = scopes.iter().map(|scope| scope.as_str()).collect();
    json!({"post": {
        "operationId": name,
        "summary": format!("The command {name}."),
        "tags": [scopes.first()],
        "x-hearth-scope": scopes.join(" "),
        "requestBody": body(request),
        "responses": {"200": answer("What the command answers.", "application/json", response), "default": refused(Shape::Hearth)},
    }})
}

/// `post_v1_chat_completions`.
fn id(route: &Route) -> String {
    let method = if route.asks.is_some() { "post" } else { "get" };
    let words = route.path.split(|it: char| !it.is_ascii_alphanumeric());
    let words: Vec<_> = words.filter(|word| !word.is_empty()).collect();
    format!("{method}_{}", words.join("_"))
}

fn tag(path: &str) -> &'static str {
    match Shape::of(path) {
        Shape::OpenAi => "OpenAI",
        Shape::Anthropic => "Anthropic",
        Shape::Ollama => "Ollama",
        Shape::Hearth => "Hearth",
    }
}

fn reference(schema: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{schema}") })
}

fn body(schema: &Value) -> Value {
    json!({"required": true, "content": {"application/json": {"schema": schema}}})
}

fn answer(about: &str, form: &str, schema: &Value) -> Value {
    json!({"description": about, "content": {form: {"schema": schema}}})
}

fn refused(shape: Shape) -> Value {
    json!({ "$ref": format!("#/components/responses/{}", name_of(shape)) })
}

fn parameters(route: &Route) -> Vec<Value> {
    let mut parameters = Vec::new();
    if let Some((_, named)) = route.path.split_once("{*") {
        let name = named.trim_end_matches('}');
        let text = json!({"type": "string", "minLength": 1});
        parameters.push(json!({"name": name, "in": "path", "required": true, "schema": text}));
    }
    if matches!(route.opens, Opens::Once(_)) {
        parameters.push(json!({
            "name": "Idempotency-Key", "in": "header",
            "description": "Answers a request that is sent again with the answer of before, for ten minutes.",
            "schema": {"type": "string", "pattern": "^[!-~]([ -~]{0,253}[!-~])?$"},
        }));
    }
    if matches!(route.answers, Answers::Events(_)) {
        let number = json!({"type": "integer", "minimum": 0});
        let about = "The number of the first event that is wanted; only new ones without it.";
        parameters
            .push(json!({"name": "from", "in": "query", "description": about, "schema": number}));
    }
    parameters
}

fn responses(route: &Route) -> Value {
    let shape = Shape::of(route.path);
    let good = |about: &str, form: &str, schema: &Value| json!({"200": answer(about, form, schema), "default": refused(shape)});
    let events = json!({"type": "string", "description": "Server-sent events"});
    match route.answers {
        Answers::Nothing => json!({"204": {"description": "Yes."}}),
        Answers::YesOrNo => {
            json!({"204": {"description": "Yes."}, "503": {"description": "Not now."}})
        }
        Answers::Json(schema) => good("The answer.", "application/json", &reference(schema)),
        Answers::JsonOrEvents(schema, event) => {
            let mut both = good(
                "The answer, whole or as it is written.",
                "application/json",
                &reference(schema),
            );
            both["200"]["content"]["text/event-stream"] = of_stream(&events, event);
            both
        }
        Answers::JsonOrLines(schema) => {
            let mut both = good(
                "The answer, whole or as it is written.",
                "application/json",
                &reference(schema),
            );
            let lines = json!({"type": "string", "description": "JSON, a line each"});
            both["200"]["content"]["application/x-ndjson"] = of_stream(&lines, schema);
            both
        }
        Answers::Events(event) => {
            let mut all = good("The events, as they happen.", "text/event-stream", &events);
            all["200"]["content"]["text/event-stream"] = of_stream(&events, event);
            all
        }
        Answers::Text => good("The figures.", "text/plain", &json!({"type": "string"})),
        Answers::Command => Value::Null,
    }
}

/// A stream, and the schema of what each piece of it carries.
fn of_stream(form: &Value, piece: &str) -> Value {
    json!({"schema": form, "x-hearth-each": reference(piece)})
}
