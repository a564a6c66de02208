//! What is going on before the first word, on one line of a terminal.

use std::time::Duration;

use hearth_domain::{ChatEvent, ErrorCode, Notice};
use indicatif::{ProgressBar, ProgressStyle};

use crate::out::{self, Out};

/// The line; on anything but a terminal there is none.
pub(super) struct Progress {
    bar: Option<ProgressBar>,
    out: Out,
}

impl Progress {
    pub(super) fn start(out: Out) -> Self {
        let bar = out.has_terminal().then(|| {
            let bar = ProgressBar::new_spinner().with_style(ProgressStyle::default_spinner());
            bar.enable_steady_tick(Duration::from_millis(120));
            bar
        });
        Self { bar, out }
    }

    /// Shows what an event says about the wait, and notes what it says besides.
    pub(super) fn show(&self, event: &ChatEvent) {
        match event {
            ChatEvent::Loading { progress } => {
                self.say(format!("Loading the model: {:.0} %", progress * 100.0));
            }
            ChatEvent::Queued { ahead } => self.say(format!("Waiting for {ahead} others")),
            ChatEvent::PromptProgress { done, total } => {
                self.say(format!("Reading: {done} of {total} tokens"));
            }
            ChatEvent::Searching { indexing: true } => {
                self.say("Making the documents searchable".to_owned());
            }
            ChatEvent::Searching { indexing: false } => {
                self.say("Searching the documents".to_owned());
            }
            ChatEvent::ReadingParts { done, total } => {
                self.say(format!("Reading the documents: {done} of {total} parts"));
            }
            ChatEvent::Notice { notice } => self.note(notice),
            ChatEvent::Started { .. }
            | ChatEvent::Delta { .. }
            | ChatEvent::Rewritten { .. }
            | ChatEvent::Findings { .. }
            | ChatEvent::Sources { .. }
            | ChatEvent::Finished { .. }
            | ChatEvent::Failed { .. } => {}
        }
    }

    /// Takes the line away, before the first word.
    pub(super) fn clear(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }

    fn say(&self, sentence: String) {
        if let Some(bar) = &self.bar {
            bar.set_message(sentence);
        }
    }

    fn note(&self, notice: &Notice) {
        let sentence = match notice {
            Notice::ContextOmitted(omitted) => format!(
                "The conversation is longer than the model can read: {} earlier messages were left \
                 out.",
                omitted.messages
            ),
            Notice::TemplateReplaced => {
                "The chat template of this model cannot be used; a built-in one is used.".into()
            }
            Notice::SavingFailed { error: ErrorCode::DiskFull } => {
                "The disk is full: the answer goes on, but is not saved just now.".into()
            }
            Notice::SavingFailed { .. } => {
                "The answer goes on, but cannot be saved just now.".into()
            }
            Notice::GuardFailed { kinds } => {
                let kinds: Vec<&str> = kinds.iter().map(|kind| kind.as_str()).collect();
                format!("The guardrails could not look for: {}.", kinds.join(", "))
            }
            Notice::RepetitionEnded => "The answer went round in circles and was ended.".into(),
            Notice::DocumentsSearched { names } => format!(
                "Too long to be read whole, so searched for what fits the question: {}.",
                out::one_line(&names.join(", "))
            ),
        };
        match &self.bar {
            Some(bar) => bar.suspend(|| self.out.note(&sentence)),
            None => self.out.note(&sentence),
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.clear();
    }
}
