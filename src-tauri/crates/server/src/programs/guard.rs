//! What is told of an answer beside its text: what the guardrails did, in the field `guard` (in a stream of
//! its first and its last chunk) and the header `x-hearth-guard`. Kinds, rules and places, never content.

use axum::{
    http::{HeaderName, HeaderValue},
    response::Response,
};
use hearth_app::Completion;
use hearth_domain::GuardAction;
use serde_json::{Value, json};

const HEADER: HeaderName = HeaderName::from_static("x-hearth-guard");

/// `{"profile": …, "findings": [{"message", "kind", "rule", "label", "start", "end", "action", …}]}`;
/// `message` is the place in the request, null for the answer; places are in code points.
fn object(completion: &Completion) -> Value {
    json!({ "profile": completion.profile, "findings": completion.findings })
}

/// Adds to an answer what is told of it beside its text: `guard`, and `sources` where it was to rest on
/// documents and has ended.
pub(crate) fn tell(answer: &mut Value, completion: &Completion) {
    answer["guard"] = object(completion);
    if let Some(sources) = &completion.sources {
        answer["sources"] = json!(sources);
    }
}

/// How many findings had which outcome, as far as is known when the headers are sent:
/// `profile=standard, mask=2, warn=1`.
pub(crate) fn header(completion: &Completion) -> Option<HeaderValue> {
    let profile = json!(completion.profile);
    let mut text = format!("profile={}", profile.as_str().unwrap_or_default());
    for action in [GuardAction::Note, GuardAction::Mask, GuardAction::Warn] {
        let same = completion.findings.iter().filter(|it| it.finding.action == action);
        let count = same.count();
        if count > 0 {
            text.push_str(&format!(", {}={count}", action.as_str()));
        }
    }
    HeaderValue::from_str(&text).ok()
}

/// The answer with that header.
pub(crate) fn with_header(mut answer: Response, value: Option<HeaderValue>) -> Response {
    if let Some(value) = value {
        answer.headers_mut().insert(HEADER, value);
    }
    answer
}
