//! Trying a stranger's template in a child process, under a limit of memory and time. What is not
//! here: the child ([`crate::worker`]), and what happens to a model whose template fails; the caller
//! says so.

use std::path::Path;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{ChatMessage, ChatTemplate, ChatTool, ChatTools, RenderOptions};
use crate::Error;
use crate::worker::{self, Failed, Job, Kind};

pub use crate::worker::Limits;

/// The kind of work, for [`worker::worker_main`].
pub const KIND: Kind = Kind { name: "template", work };

/// What a template may cost.
pub const LIMITS: Limits =
    Limits { memory: 256 << 20, time: Duration::from_secs(5), gently: false };

#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Verdict {
    Good,
    Invalid,
    TooCostly,
}

/// Renders a short conversation with `source` in a child process.
///
/// # Errors
/// [`Error::TemplateInvalid`], [`Error::TemplateTooCostly`], or [`Error::ProbeFailed`] where the child
/// did not start or did not speak.
pub fn probe(worker_exe: &Path, source: &str, limits: &Limits) -> Result<(), Error> {
    match worker::run(worker_exe, KIND.name, &source, limits, &mut |_| true) {
        Ok(Verdict::Good) => Ok(()),
        Ok(Verdict::Invalid) => Err(Error::TemplateInvalid),
        // Too slow, out of stack, out of memory: all ways of costing too much.
        Ok(Verdict::TooCostly) | Err(Failed::TooSlow { .. } | Failed::Died { .. }) => {
            Err(Error::TemplateTooCostly)
        }
        Err(Failed::NotStarted | Failed::NotOurs | Failed::Stopped) => Err(Error::ProbeFailed),
    }
}

fn work(job: &Job) -> Option<Value> {
    let source: String = job.body()?;
    let verdict = match try_all(&source) {
        Ok(()) => Verdict::Good,
        Err(Error::OutOfMemory) => Verdict::TooCostly,
        Err(_) => Verdict::Invalid,
    };
    serde_json::to_value(verdict).ok()
}

/// Renders the shapes of conversation that Hearth makes.
fn try_all(source: &str) -> Result<(), Error> {
    let template = ChatTemplate::from_source(source, "<s>", "</s>")?;
    let turn = |role, content| ChatMessage { role, content, ..ChatMessage::default() };
    let (hello, hi) = (turn("user", "Hello"), turn("assistant", "Hi"));
    let long = [hello.clone(), hi, turn("user", "And then?")];
    for messages in [&[hello][..], &long[..]] {
        let rendered = template.render(messages, &RenderOptions::default())?;
        let _ = rendered.parse("Hi", true);
    }
    // With tools it may refuse; it must only come to an end.
    let parameters = serde_json::json!({"type": "object", "properties": {}});
    let tool = ChatTool { name: "clock", description: "Tells the time.", parameters: &parameters };
    let tools = ChatTools { tools: vec![tool], required: true, parallel: true };
    let _ = template.render_with_tools(&long, &tools, &RenderOptions::default());
    Ok(())
}
