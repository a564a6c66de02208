//! One question and its answer, as it streams.

use std::process;

use hearth_api::ApiError;
use hearth_app::ChatStarted;
use hearth_domain::{
    AttachmentId, ChatEvent, Citation, ConversationId, FinishReason, GuardFinding, MessageFindings,
    MessageId, MessageSources, Timing, Usage,
};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Setting, progress::Progress};
use crate::{
    failure::Failure,
    out::Out,
    program::{Follow, Program},
    signals::Signals,
};

/// A question in its place.
#[derive(Clone, Copy)]
pub(super) struct Asked<'a> {
    pub(super) text: &'a str,
    /// What goes with it.
    pub(super) attachments: &'a [AttachmentId],
    pub(super) conversation: Option<ConversationId>,
}

/// A whole answer.
pub(super) struct Answered {
    pub(super) conversation: ConversationId,
    message: MessageId,
    text: String,
    reasoning: String,
    reason: FinishReason,
    usage: Usage,
    timing: Timing,
    findings: Vec<MessageFindings>,
    sources: Option<MessageSources>,
}

impl Answered {
    /// The object of `--json`. Citations and findings are always there, so that nobody has to ask.
    pub(super) fn to_json(&self) -> Value {
        json!({
            "conversation": self.conversation,
            "message": self.message,
            "text": self.text,
            "reasoning": self.reasoning,
            "citations": self.sources.as_ref().map_or(&[][..], |it| &it.citations),
            "finish_reason": self.reason,
            "usage": self.usage,
            "timing": {
                "queue_ms": self.timing.queue_ms,
                "ttft_ms": self.timing.ttft_ms,
                "tokens_per_second": self.timing.tokens_per_second,
            },
            "findings": self.findings,
        })
    }

    /// Whether no document answers.
    pub(super) fn found_nothing(&self) -> bool {
        self.sources.as_ref().is_some_and(|sources| !sources.answerable)
    }

    /// Whether someone stopped it.
    pub(super) fn was_cancelled(&self) -> bool {
        self.reason == FinishReason::Cancelled
    }
}

/// Asks, prints the answer while it comes (people only), and returns it whole. The first Ctrl-C or
/// TERM stops the answer, a second one the program.
pub(super) async fn ask(
    program: &Program,
    setting: &Setting,
    asked: Asked<'_>,
    out: Out,
    signals: &mut Signals,
) -> Result<Answered, Failure> {
    let progress = Progress::start(out);
    let started: ChatStarted = program.call("chat_send", request(setting, asked)).await?;
    let mut follow = program.follow(&format!("generation/{}", started.generation)).await?;
    let mut printer = Printer::new(out, progress);
    let mut stopping = false;
    loop {
        let event = tokio::select! {
            event = next(&mut follow) => event?,
            _ = signals.next() => {
                if stopping {
                    process::exit(130);
                }
                stopping = true;
                cancel(program, &started).await?;
                continue;
            }
        };
        if let Err(closed) = printer.show(&event) {
            // Nobody reads: the rest need not be written.
            cancel(program, &started).await?;
            return Err(closed);
        }
        match event {
            ChatEvent::Finished { message_id, reason, usage, timing, .. } => {
                printer.end()?;
                printer.cite()?;
                let Printer { text, reasoning, findings, sources, .. } = printer;
                let conversation = started.conversation.id;
                let message = message_id;
                return Ok(Answered {
                    conversation,
                    message,
                    text,
                    reasoning,
                    reason,
                    usage,
                    timing,
                    findings,
                    sources,
                });
            }
            ChatEvent::Failed { code, message, trace_id, .. } => {
                printer.end()?;
                return Err(ApiError { trace_id, ..ApiError::new(code, message) }.into());
            }
            _ => {}
        }
    }
}

fn request(setting: &Setting, asked: Asked<'_>) -> Value {
    json!({
        "conversation": asked.conversation,
        "text": asked.text,
        "instructions": setting.instructions.as_deref().filter(|_| asked.conversation.is_none()),
        "model": setting.model,
        "sampling": setting.sampling,
        "collections": setting.collections,
        "attachments": asked.attachments,
        "everything": setting.everything,
        "client_id": Uuid::new_v4(),
    })
}

async fn next(follow: &mut Follow) -> Result<ChatEvent, Failure> {
    follow.next().await?.ok_or(Failure::BrokeOff)
}

async fn cancel(program: &Program, started: &ChatStarted) -> Result<(), Failure> {
    let request = json!({ "generation": started.generation });
    let _: Value = program.call("generation_cancel", request).await?;
    Ok(())
}

/// Prints what comes and keeps it.
struct Printer {
    out: Out,
    progress: Progress,
    text: String,
    reasoning: String,
    findings: Vec<MessageFindings>,
    sources: Option<MessageSources>,
}

impl Printer {
    fn new(out: Out, progress: Progress) -> Self {
        let (text, reasoning, findings) = (String::new(), String::new(), Vec::new());
        Self { out, progress, text, reasoning, findings, sources: None }
    }

    fn show(&mut self, event: &ChatEvent) -> Result<(), Failure> {
        self.progress.show(event);
        match event {
            ChatEvent::Findings { found } => {
                self.findings.push(found.clone());
                return self.tell(found);
            }
            // What is on a terminal stays there; the object of `--json` has the right text.
            ChatEvent::Rewritten { text, reasoning } => {
                text.clone_into(&mut self.text);
                reasoning.clone_into(&mut self.reasoning);
                return Ok(());
            }
            ChatEvent::Sources { sources } => self.sources = Some(sources.clone()),
            _ => {}
        }
        let ChatEvent::Delta { text, reasoning } = event else { return Ok(()) };
        self.reasoning.push_str(reasoning);
        self.text.push_str(text);
        if self.out.is_json() || text.is_empty() {
            return Ok(());
        }
        self.progress.clear();
        self.out.text(text)
    }

    /// Says what the guardrails found, to people.
    fn tell(&self, found: &MessageFindings) -> Result<(), Failure> {
        if self.out.is_json() {
            return Ok(());
        }
        self.end()?;
        // The rules of one attack say one thing together.
        let mut groups: Vec<(&GuardFinding, Vec<&str>)> = Vec::new();
        let same = |a: &GuardFinding, b: &GuardFinding| {
            (a.kind, a.action, &a.document) == (b.kind, b.action, &b.document)
        };
        for it in &found.findings {
            match groups.iter_mut().find(|(first, _)| same(first, it)) {
                Some((_, rules)) if rules.contains(&it.rule.as_str()) => {}
                Some((_, rules)) => rules.push(&it.rule),
                None => groups.push((it, vec![&it.rule])),
            }
        }
        for (first, rules) in groups {
            let (kind, done, rules) =
                (first.kind.as_str(), first.action.as_str(), rules.join(", "));
            let place = first.document.as_ref().map_or_else(String::new, |it| format!(" in {it}"));
            self.out.note(&format!("Guardrails: {kind} ({rules}){place}, {done}."));
        }
        Ok(())
    }

    /// Says what the numbers in the answer mean.
    fn cite(&self) -> Result<(), Failure> {
        let cited = self.sources.iter().flat_map(|sources| &sources.citations);
        if self.out.is_json() {
            return Ok(());
        }
        for citation in cited {
            let page = citation.page.map_or_else(String::new, |page| format!(", page {page}"));
            let weak = if citation.weak { "  (does not seem to say that)" } else { "" };
            let Citation { number, document, .. } = citation;
            self.out.line(&format!("[{number}] {document}{page}{weak}"))?;
        }
        Ok(())
    }

    /// Ends the last line.
    fn end(&self) -> Result<(), Failure> {
        self.progress.clear();
        let open_line = !self.text.is_empty() && !self.text.ends_with('\n');
        if self.out.is_json() || !open_line { Ok(()) } else { self.out.text("\n") }
    }
}
