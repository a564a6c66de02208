//! What a model writes, on its way to readers: the stream filter of `hearth-guard` between the engine
//! and whoever reads, then the values in place of the conversation's own names. However the engine
//! cut the text, the same comes out; where nothing is wanted, nothing is held back.
//!
//! Readers asked the questions and wrote none of the instructions: keys and passwords of instructions
//! are not for them, nor is the line that the prompt draws around passages (AC-54).

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex},
};

use hearth_domain::{GuardAction, GuardFinding, GuardKind};
use hearth_guard::{
    Channel, Finding, Kind,
    placeholder::{Placeholders, Restorer},
    policy::THRESHOLD,
    stream::{Redact, StreamFilter},
};

use super::{
    Guards, kind_of,
    known::{Known, leak},
    screen::told,
};
use crate::app::lock;

/// Kinds that are masked in what a model writes.
const MASKED: [Kind; 2] = [Kind::Pii, Kind::Secrets];

/// What may be shown now.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Shown {
    /// All text that was shown before were thoughts.
    pub(crate) reset: bool,
    /// To the answer.
    pub(crate) text: String,
    /// To the thoughts.
    pub(crate) reasoning: String,
    /// The text goes round in circles.
    pub(crate) repeats: bool,
}

/// The filter of one answer.
#[derive(Default)]
pub(crate) struct OutputFilter {
    text: Option<StreamFilter>,
    reasoning: Option<StreamFilter>,
    /// The names whose values are shown.
    names: Option<Placeholders>,
    text_names: Restorer,
    reasoning_names: Restorer,
    /// Names whose values stand in instructions alone: they are not shown.
    withheld: BTreeSet<String>,
    masked: Option<Arc<Mutex<Masked>>>,
}

/// What was masked in an answer.
#[derive(Debug, Default)]
pub(crate) struct Masked {
    /// The names of what was masked, with their values.
    pub(crate) names: Placeholders,
    found: Vec<GuardFinding>,
    /// Kinds that could not be looked for.
    pub(crate) failed: Vec<GuardKind>,
}

/// What is wanted of a filter.
#[derive(Default)]
pub(crate) struct Wanted {
    /// Marks, thoughts and endless repetition go.
    pub(crate) clean: bool,
    /// What is masked is not in what the model read.
    pub(crate) mask: Option<Known>,
    /// Names that are minted for what is masked continue these.
    pub(crate) output: Placeholders,
    /// The names that the model read.
    pub(crate) names: Option<Placeholders>,
    /// Those of them whose values stand in instructions alone.
    pub(crate) withheld: BTreeSet<String>,
}

impl OutputFilter {
    pub(crate) fn new(guards: &Arc<Guards>, wanted: Wanted) -> Self {
        let Wanted { clean, mask, output, names, withheld } = wanted;
        let names = names.map(|names| names.without(&withheld)).filter(|it| !it.is_empty());
        let Some(known) = mask else {
            return Self {
                text: clean.then(StreamFilter::new),
                names,
                withheld,
                ..Self::default()
            };
        };
        let masked = Arc::new(Mutex::new(Masked { names: output, ..Masked::default() }));
        let known = Arc::new(known);
        let redact = || {
            let (guards, known, masked) = (Arc::clone(guards), Arc::clone(&known), masked.clone());
            Box::new(Redactor { guards, known, masked })
        };
        let text =
            if clean { StreamFilter::redacting(redact()) } else { StreamFilter::masking(redact()) };
        let reasoning = Some(StreamFilter::masking(redact()));
        let masked = Some(Arc::clone(&masked));
        Self { text: Some(text), reasoning, names, withheld, masked, ..Self::default() }
    }

    /// Goes on after this text, as the model reads it; nothing of it is shown again.
    pub(crate) fn resume_after(&mut self, text: &str, reasoning: &str) {
        for (filter, before) in [(&mut self.text, text), (&mut self.reasoning, reasoning)] {
            if let Some(filter) = filter {
                filter.resume_after(before);
            }
        }
        if let Some(masked) = &self.masked {
            // What is masked there was told of then.
            lock(masked).found.clear();
        }
        if let Some(names) = &self.names {
            let _ = self.text_names.push(text, names);
            let _ = self.text_names.finish();
            let _ = self.reasoning_names.push(reasoning, names);
            let _ = self.reasoning_names.finish();
        }
    }

    /// Takes what the engine gave.
    pub(crate) fn push(&mut self, text: &str, reasoning: &str) -> Shown {
        let mut shown = Shown::default();
        match &mut self.text {
            Some(filter) => {
                let piece = filter.push(text);
                (shown.reset, shown.repeats) = (piece.reset, piece.repeats);
                shown.text = piece.text;
                shown.reasoning = piece.thoughts;
            }
            None => text.clone_into(&mut shown.text),
        }
        match &mut self.reasoning {
            Some(filter) => shown.reasoning.push_str(&filter.push(reasoning).text),
            None => shown.reasoning.push_str(reasoning),
        }
        self.with_values(shown)
    }

    /// The answer ended: what was held back is what it is.
    pub(crate) fn finish(&mut self) -> Shown {
        let mut shown = Shown::default();
        if let Some(filter) = &mut self.text {
            let piece = filter.finish();
            (shown.text, shown.reasoning) = (piece.text, piece.thoughts);
        }
        if let Some(filter) = &mut self.reasoning {
            shown.reasoning.push_str(&filter.finish().text);
        }
        let mut shown = self.with_values(shown);
        shown.text.push_str(&self.text_names.finish());
        shown.reasoning.push_str(&self.reasoning_names.finish());
        shown
    }

    fn with_values(&mut self, mut shown: Shown) -> Shown {
        if let Some(names) = &self.names {
            if shown.reset {
                self.text_names = Restorer::default();
            }
            shown.text = self.text_names.push(&shown.text, names);
            shown.reasoning = self.reasoning_names.push(&shown.reasoning, names);
        }
        shown
    }

    /// Kinds that could not be looked for so far.
    pub(crate) fn failed(&self) -> Vec<GuardKind> {
        self.masked.as_ref().map(|masked| lock(masked).failed.clone()).unwrap_or_default()
    }

    /// What was masked, where it stands in the answer as it is shown, and the names of it.
    pub(crate) fn masked_in(&self, text: &str) -> (Vec<GuardFinding>, Placeholders) {
        let withheld = self.withheld.iter().filter_map(|name| placed(&leaked(name), text));
        let Some(masked) = &self.masked else {
            return (withheld.collect(), Placeholders::default());
        };
        let masked = lock(masked);
        let found = masked.found.iter().filter_map(|it| placed(it, text)).chain(withheld);
        (found.collect(), masked.names.clone())
    }
}

/// The name of a secret of the instructions, in an answer.
fn leaked(name: &str) -> GuardFinding {
    let finding = leak(0..name.len());
    GuardFinding { name: Some(name.to_owned()), ..told(None, name, &finding, GuardAction::Mask) }
}

/// A finding at the place of its name in a text; `None` where the name is not there.
pub(super) fn placed(finding: &GuardFinding, text: &str) -> Option<GuardFinding> {
    let name = finding.name.as_deref()?;
    let at = text.find(name)?;
    let count = |end: usize| u32::try_from(text[..end].chars().count()).unwrap_or(u32::MAX);
    let (start, end) = (count(at), count(at + name.len()));
    Some(GuardFinding { start, end, ..finding.clone() })
}

/// Finds what is masked, and mints its names.
struct Redactor {
    guards: Arc<Guards>,
    /// What the model read: its own words are those that are not in it.
    known: Arc<Known>,
    masked: Arc<Mutex<Masked>>,
}

impl Redact for Redactor {
    fn find(&self, text: &str) -> Vec<Finding> {
        let report = self.guards.scan(text, Channel::ModelOutput, &MASKED);
        if !report.failed.is_empty() {
            let mut masked = lock(&self.masked);
            for kind in report.failed.iter().map(|kind| kind_of(*kind)) {
                if !masked.failed.contains(&kind) {
                    masked.failed.push(kind);
                }
            }
        }
        let mut found = report.findings;
        // A score that is no number counts.
        found.retain(|it| it.score >= THRESHOLD || it.score.is_nan());
        found.extend(self.known.fences(text));
        found
    }

    fn replace(&mut self, finding: &Finding, value: &str) -> Option<String> {
        if self.known.has(finding, value) {
            return None;
        }
        let mut masked = lock(&self.masked);
        let name = masked.names.mint(finding.label, value);
        if !masked.found.iter().any(|it| it.name.as_deref() == Some(&name)) {
            let finding = self.known.named(finding, value);
            let mut found = told(None, value, &finding, GuardAction::Mask);
            found.name = Some(name.clone());
            masked.found.push(found);
        }
        Some(name)
    }
}
