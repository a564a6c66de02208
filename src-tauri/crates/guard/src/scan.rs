//! The detectors together: which run on a text, and what one that fails does to the others. Not the
//! detectors themselves.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::{
    finding::{Channel, Finding, Kind},
    injection::Injection,
    pii::Pii,
    secrets::Secrets,
    toxicity::Toxicity,
    view::Views,
};

/// Looks at the forms of a text and reports places in the original.
pub trait Detector: Send + Sync {
    /// What its findings are about.
    fn kind(&self) -> Kind;

    /// Adds what it finds. Linear in the length of the text.
    fn find(&self, views: &Views<'_>, channel: Channel, found: &mut Vec<Finding>);
}

/// What came out of a scan.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Report {
    /// By place, then by kind.
    pub findings: Vec<Finding>,
    /// Kinds whose detector failed. Who acts closes (tools, port) or warns (chat).
    pub failed: Vec<Kind>,
}

/// All detectors. Made once: the rules are compiled here.
#[derive(Default)]
pub struct Guard {
    detectors: Vec<Box<dyn Detector>>,
}

impl std::fmt::Debug for Guard {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Guard").field("detectors", &self.detectors.len()).finish()
    }
}

impl Guard {
    /// Without any detector.
    #[must_use]
    pub fn empty() -> Self {
        Self::default()
    }

    /// Everything, with the trained heads.
    #[must_use]
    pub fn all() -> Self {
        Self::of(Injection::new(), Toxicity::new())
    }

    /// Everything, without the trained heads.
    #[must_use]
    pub fn rules_only() -> Self {
        Self::of(Injection::rules_only(), Toxicity::rules_only())
    }

    fn of(injection: Injection, toxicity: Toxicity) -> Self {
        Self::empty()
            .with(Box::new(injection))
            .with(Box::new(Pii::new()))
            .with(Box::new(Secrets::new()))
            .with(Box::new(toxicity))
    }

    /// With one more detector.
    #[must_use]
    pub fn with(mut self, detector: Box<dyn Detector>) -> Self {
        self.detectors.push(detector);
        self
    }

    /// What the text holds of these kinds.
    #[must_use]
    pub fn scan(&self, text: &str, channel: Channel, kinds: &[Kind]) -> Report {
        let views = Views::of(text);
        let mut report = Report::default();
        for detector in self.detectors.iter().filter(|it| kinds.contains(&it.kind())) {
            let mut found = Vec::new();
            let run = AssertUnwindSafe(|| detector.find(&views, channel, &mut found));
            match catch_unwind(run) {
                Ok(()) => report.findings.append(&mut found),
                Err(_) => report.failed.push(detector.kind()),
            }
        }
        report.findings.sort_by_key(|found| (found.start, found.end, found.kind));
        report
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Broken;

    impl Detector for Broken {
        fn kind(&self) -> Kind {
            Kind::Pii
        }

        fn find(&self, _: &Views<'_>, _: Channel, _: &mut Vec<Finding>) {
            panic!("a detector that breaks");
        }
    }

    struct Whole;

    impl Detector for Whole {
        fn kind(&self) -> Kind {
            Kind::Secrets
        }

        fn find(&self, views: &Views<'_>, _: Channel, found: &mut Vec<Finding>) {
            let end = views.original.len();
            let kind = Kind::Secrets;
            found.push(Finding { kind, rule: "whole", label: "SECRET", start: 0, end, score: 1.0 });
        }
    }

    #[test]
    fn ac_50_a_detector_that_fails_is_named_and_the_others_run() {
        let guard = Guard::empty().with(Box::new(Broken)).with(Box::new(Whole));
        let report = guard.scan("text", Channel::Api, &Kind::ALL);
        assert_eq!(report.failed, [Kind::Pii]);
        assert_eq!(report.findings.len(), 1);
    }

    #[test]
    fn only_the_kinds_that_were_asked_for_run() {
        let guard = Guard::empty().with(Box::new(Broken)).with(Box::new(Whole));
        let report = guard.scan("text", Channel::Api, &[Kind::Injection]);
        assert_eq!(report, Report::default());
    }
}
