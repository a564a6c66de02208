//! Injection and jailbreaks: text that tries to override, extract or re-purpose the instructions of
//! an assistant. Rules in many languages find what is said openly; a trained head weighs the rest.
//!
//! Not a boundary. A classifier can be talked past: what must not happen is prevented where it would
//! happen (tools ask, links do not open by themselves). This says what a reader should look at.

mod concept;
mod family;
pub(crate) mod rules;
mod structure;

use concept::Concept;
use rules::{Evidence, Rules};

use crate::{
    finding::{Channel, Finding, Kind},
    head::{Features, Head},
    scan::Detector,
    view::Views,
};

/// Half words within which two concepts belong together, for the head.
const REACH: u32 = 20;

/// The detector: rules, and the head where it is wanted.
#[derive(Debug)]
pub struct Injection {
    rules: Rules,
    head: Option<Head>,
}

impl Injection {
    /// Rules and head.
    #[must_use]
    pub fn new() -> Self {
        Self { rules: Rules::new(), head: Head::injection() }
    }

    /// Rules alone.
    #[must_use]
    pub fn rules_only() -> Self {
        Self { rules: Rules::new(), head: None }
    }

    /// What the head reads, for training.
    #[must_use]
    pub fn features(&self, views: &Views<'_>) -> Features {
        features(views, &self.rules.evidence(views))
    }

    /// The score of the rules alone, for training.
    #[must_use]
    pub fn rule_score(&self, views: &Views<'_>) -> f32 {
        score(&self.rules.evidence(views))
    }
}

impl Default for Injection {
    fn default() -> Self {
        Self::new()
    }
}

impl Detector for Injection {
    fn kind(&self) -> Kind {
        Kind::Injection
    }

    fn find(&self, views: &Views<'_>, _: Channel, found: &mut Vec<Finding>) {
        let (kind, label) = (Kind::Injection, "INJECTION");
        let evidence = self.rules.evidence(views);
        let by_rules = score(&evidence);
        let by_head = self.head.as_ref().map(|head| head.score(&features(views, &evidence)));
        let total = by_head.map_or(by_rules, |by_head| by_head.max(by_rules));
        for fired in &evidence.fired {
            let (rule, range) = (fired.rule, fired.range.clone());
            let (start, end) = (range.start, range.end);
            found.push(Finding { kind, rule, label, start, end, score: total });
        }
        if let Some(score) = by_head {
            let (rule, end) = ("head.injection", views.original.len());
            found.push(Finding { kind, rule, label, start: 0, end, score });
        }
    }
}

/// What the rules together must weigh. More than one rule that is enough in the rows it was written
/// for: in texts that nobody has seen the weakest of them meet by chance.
const ENOUGH: f32 = 1.2;
/// How fast more makes it certain: a sum of 3.3 gives 0.9, whatever is enough.
const STEEP: f32 = 1.18;

/// One number of all that holds: what is enough gives a half.
fn score(evidence: &Evidence) -> f32 {
    let mut sum: f32 = evidence.fired.iter().map(|fired| fired.weight).sum();
    if evidence.disguised {
        sum += 0.4;
    }
    // A text that explains attacks names them; code has their words as names.
    for (concept, less) in [(Concept::About, family::ABOUT), (Concept::Code, family::CODE)] {
        if rules::named(evidence, concept) && !evidence.disguised {
            sum -= less;
        }
    }
    1.0 - (-(sum.max(0.0) / ENOUGH).powf(STEEP)).exp2()
}

/// What the head reads: letters and words, concepts, rules, build.
fn features(views: &Views<'_>, evidence: &Evidence) -> Features {
    let mut features = Features::default();
    for view in views.derived() {
        features.text(&view.text);
    }
    features.concepts(&evidence.hits, REACH);
    if !evidence.undone.is_empty() {
        features.concepts(&evidence.undone, REACH);
    }
    for fired in &evidence.fired {
        features.flag("rule", fired.index, 1.0);
    }
    features.flag("rules", 0, score(evidence));
    features.flag("disguised", 0, f32::from(u8::from(evidence.disguised)));
    features.flag("invisible", 0, f32::from(u8::from(views.invisible > 2)));
    features.shape(&views.folded.text);
    features
}

#[cfg(test)]
mod tests;
