//! One answer for a program, whole or in pieces.
//!
//! A closed socket cancels: hyper drops the body (or the handler), that drops the completion, and
//! the engine stops.

use std::sync::Arc;

use futures::{Stream, StreamExt, stream};
use hearth_api::{ApiError, Caller};
use hearth_app::{Completion, CompletionEvent, CompletionRequest, PromptForm, Turn};
use hearth_domain::{
    AnswerOptions, CollectionId, ErrorCode, FinishReason, PortScope, Priority, SamplingParams,
    Timing, TokenLogprob, ToolCall, ToolCallDelta, Usage,
};

use super::{Refusal, Result, models};
use crate::{
    port::Shared,
    request_log::{Seen, note_tokens},
};

/// The field that names collections, in every interface.
pub(crate) const COLLECTIONS: &str = "collections";

/// How many of them one request names.
const MOST_COLLECTIONS: usize = 32;

/// What a program asks, checked.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Asked {
    /// The model by the name that the program gave it.
    pub(crate) model: String,
    /// The documents that the answer is to rest on: collections by their ids or names.
    pub(crate) collections: Vec<String>,
    pub(crate) turns: Vec<Turn>,
    pub(crate) form: PromptForm,
    pub(crate) sampling: SamplingParams,
    pub(crate) thinking: bool,
    pub(crate) options: AnswerOptions,
    pub(crate) stream: bool,
    /// What was asked and is not done, a sentence each.
    pub(crate) warnings: Vec<String>,
}

/// Begins to answer.
pub(crate) async fn begin(shared: &Shared, caller: &Caller, asked: &Asked) -> Result<Completion> {
    let model = models::resolve(shared, caller, &asked.model).await?;
    let collections = collections(shared, caller, &asked.collections).await?;
    let completion = shared.app.complete(CompletionRequest {
        model,
        collections,
        turns: asked.turns.clone(),
        form: asked.form,
        sampling: asked.sampling.clone(),
        thinking: asked.thinking,
        options: asked.options.clone(),
        grant: caller.grant().cloned(),
        priority: if asked.stream { Priority::Stream } else { Priority::Batch },
    });
    Ok(completion.await?)
}

/// The collections of a request.
async fn collections(
    shared: &Shared,
    caller: &Caller,
    named: &[String],
) -> Result<Vec<CollectionId>> {
    let grant = caller.grant().map(Arc::as_ref);
    if !named.is_empty() && grant.is_some_and(|grant| !grant.opens(PortScope::Documents)) {
        return Err(ApiError::not_opened(PortScope::Documents).into());
    }
    if named.len() > MOST_COLLECTIONS {
        let expected = format!("a list of at most {MOST_COLLECTIONS} collections");
        return Err(Refusal::field(COLLECTIONS, &expected));
    }
    let mut ids = Vec::with_capacity(named.len());
    for name in named {
        let found = shared.app.allowed_collection(grant, name).await;
        let id = found.map_err(|error| Refusal::from(error).at(COLLECTIONS))?.id;
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    Ok(ids)
}

/// The text of an answer.
#[derive(Debug, Default)]
pub(crate) struct Said {
    pub(crate) text: String,
    pub(crate) reasoning: String,
    pub(crate) calls: Vec<ToolCall>,
    pub(crate) logprobs: Option<Vec<TokenLogprob>>,
}

impl Said {
    /// Adds to the calls.
    pub(crate) fn call(&mut self, delta: ToolCallDelta) {
        if let Some((id, name)) = delta.begins {
            self.calls.push(ToolCall { id, name, arguments: String::new() });
        }
        if let Some(call) = self.calls.get_mut(delta.index as usize) {
            call.arguments.push_str(&delta.arguments);
        }
    }

    /// What was said were thoughts.
    fn take_back(&mut self) {
        let text = std::mem::take(&mut self.text);
        self.reasoning.push_str(&text);
    }
}

/// How an answer ended.
#[derive(Clone, Debug)]
pub(crate) struct End {
    pub(crate) reason: FinishReason,
    /// The stop text that came, if that was why.
    pub(crate) stop: Option<String>,
    pub(crate) usage: Usage,
    pub(crate) timing: Timing,
}

/// A whole answer.
pub(crate) struct Whole {
    pub(crate) said: Said,
    pub(crate) end: End,
    /// With what the guardrails found.
    pub(crate) completion: Completion,
}

/// Waits for all of an answer.
pub(crate) async fn whole(mut completion: Completion) -> Result<Whole> {
    let mut said = Said::default();
    while let Some(event) = completion.next().await? {
        match event {
            CompletionEvent::Delta { text, reasoning } => {
                said.text.push_str(&text);
                said.reasoning.push_str(&reasoning);
            }
            CompletionEvent::ToolCalls(deltas) => {
                deltas.into_iter().for_each(|delta| said.call(delta));
            }
            CompletionEvent::Logprobs(tokens) => {
                said.logprobs.get_or_insert_default().extend(tokens);
            }
            CompletionEvent::Omitted(_) => {}
            CompletionEvent::TakenBack => said.take_back(),
            CompletionEvent::Finished { reason, stop, usage, timing } => {
                note_tokens(usage.prompt_tokens, usage.completion_tokens);
                return Ok(Whole { said, end: End { reason, stop, usage, timing }, completion });
            }
        }
    }
    Err(broke_off())
}

/// An answer without an end: the engine went away.
fn broke_off() -> Refusal {
    ApiError::new(ErrorCode::ShuttingDown, "the answer broke off").into()
}

/// How one interface tells an answer in pieces.
pub(crate) trait Words: Send + 'static {
    /// What goes over the wire at once.
    type Piece: Send;

    /// Before anything is said.
    fn opening(&mut self, completion: &Completion) -> Vec<Self::Piece>;
    /// More of the answer; nothing is asked of it after [`CompletionEvent::Finished`].
    fn more(&mut self, event: CompletionEvent, completion: &Completion) -> Vec<Self::Piece>;
    /// The end by an error.
    fn failed(&mut self, refusal: &Refusal) -> Vec<Self::Piece>;
}

/// The answer in pieces.
pub(crate) fn pieces<W: Words>(
    words: W,
    completion: Completion,
) -> impl Stream<Item = W::Piece> + Send + 'static
where
    W::Piece: 'static,
{
    let telling = Telling { words, completion, at: At::Opening, seen: Seen::now() };
    let batches = stream::unfold(telling, |mut telling| async move {
        let batch = telling.next().await?;
        Some((stream::iter(batch), telling))
    });
    batches.flatten()
}

enum At {
    Opening,
    Middle,
    End,
}

struct Telling<W> {
    words: W,
    completion: Completion,
    at: At,
    /// Where the request is noted.
    seen: Option<Arc<Seen>>,
}

impl<W: Words> Telling<W> {
    async fn next(&mut self) -> Option<Vec<W::Piece>> {
        match self.at {
            At::Opening => {
                self.at = At::Middle;
                return Some(self.words.opening(&self.completion));
            }
            At::Middle => {}
            At::End => return None,
        }
        let next = self.completion.next().await.map_err(Refusal::from);
        match next.and_then(|event| event.ok_or_else(broke_off)) {
            Ok(event) => {
                if let CompletionEvent::Finished { usage, .. } = &event {
                    self.at = At::End;
                    if let Some(seen) = &self.seen {
                        seen.add_tokens(usage.prompt_tokens, usage.completion_tokens);
                    }
                }
                Some(self.words.more(event, &self.completion))
            }
            Err(refusal) => {
                self.at = At::End;
                Some(self.words.failed(&refusal))
            }
        }
    }
}
