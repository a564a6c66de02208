//! Abuse, threats and harassment, as a soft signal: a lexicon of what is said about whom, in twelve
//! languages, and a trained head that weighs it. A word alone decides nothing: terms of identity are
//! neutral, and quoted, reported or negated abuse is not abuse.

use std::ops::Range;

use crate::{
    finding::{Channel, Finding, Kind},
    head::{Features, Head},
    lexicon::{Hit, Lexicon},
    prefix,
    scan::Detector,
    view::{Form, View, Views},
};

const CONCEPTS: &[&str] = &[
    "group",
    "you",
    "they",
    "slur",
    "insult",
    "dehumanise",
    "violence",
    "hate",
    "wish",
    "exclude",
    "profanity",
    "praise",
    "negate",
    "report",
    "self",
    "question",
    "object",
];
const LEXICONS: &[&str] = &[
    include_str!("lexicon/en.txt"),
    include_str!("lexicon/others.txt"),
    include_str!("lexicon/cjk_ar.txt"),
];
const GROUP: usize = 0;
const YOU: usize = 1;
const SLUR: usize = 3;
const INSULT: usize = 4;
const DEHUMANISE: usize = 5;
const VIOLENCE: usize = 6;
const HATE: usize = 7;
const WISH: usize = 8;
const NEGATE: usize = 12;
const REPORT: usize = 13;
/// Half words within which one thing is said about the other.
const REACH: u32 = 16;

/// The detector: lexicon, and the head where it is wanted.
#[derive(Debug)]
pub struct Toxicity {
    lexicon: Lexicon,
    head: Option<Head>,
}

impl Toxicity {
    /// Lexicon and head.
    #[must_use]
    pub fn new() -> Self {
        Self { head: Head::toxicity(), ..Self::rules_only() }
    }

    /// The lexicon alone.
    #[must_use]
    pub fn rules_only() -> Self {
        Self { lexicon: Lexicon::read(LEXICONS, CONCEPTS), head: None }
    }

    /// What the head reads, for training.
    #[must_use]
    pub fn features(&self, views: &Views<'_>) -> Features {
        features(views, &self.readings(views))
    }

    /// The score of the lexicon alone, for training.
    #[must_use]
    pub fn rule_score(&self, views: &Views<'_>) -> f32 {
        by_lexicon(&self.readings(views))
    }

    /// The words of the lexicon in the forms that count.
    fn readings<'v>(&self, views: &'v Views<'_>) -> Vec<Reading<'v>> {
        let counts = |view: &&View| matches!(view.form, Form::Plain | Form::Joined);
        let read = |view: &'v View| {
            let quoted = quoted(&view.text);
            let hits = self.lexicon.hits(&view.text).into_iter();
            let is_quoted = |hit: &Hit| {
                let at = hit.start as usize;
                let before = quoted.partition_point(|it| it.end <= at);
                quoted.get(before).is_some_and(|it| it.contains(&at))
            };
            let (cited, spoken) = hits.partition(is_quoted);
            Reading { view, quoted, spoken, cited }
        };
        views.derived().iter().filter(counts).map(read).collect()
    }
}

/// One form of a text, with the words of the lexicon in it.
struct Reading<'v> {
    view: &'v View,
    /// What stands in quotation marks.
    quoted: Vec<Range<usize>>,
    /// Words outside of them.
    spoken: Vec<Hit>,
    /// Words inside.
    cited: Vec<Hit>,
}

fn by_lexicon(readings: &[Reading<'_>]) -> f32 {
    readings.iter().map(|it| score(&it.spoken)).fold(0.0, f32::max)
}

fn features(views: &Views<'_>, readings: &[Reading<'_>]) -> Features {
    let mut features = Features::default();
    for Reading { view, quoted, spoken, cited } in readings {
        features.text(&outside(&view.text, quoted));
        if view.form == Form::Plain {
            features.concepts(spoken, REACH);
            for hit in cited {
                features.flag("cited", usize::from(hit.concept), 0.5);
            }
            let first = view.text.split_whitespace().next().unwrap_or_default();
            features.flag("reports", 0, f32::from(u8::from(first.ends_with("ing"))));
        }
    }
    features.flag("lexicon", 0, by_lexicon(readings));
    features.shape(&views.folded.text);
    features
}

impl Default for Toxicity {
    fn default() -> Self {
        Self::new()
    }
}

impl Detector for Toxicity {
    fn kind(&self) -> Kind {
        Kind::Toxicity
    }

    fn find(&self, views: &Views<'_>, _: Channel, found: &mut Vec<Finding>) {
        let readings = self.readings(views);
        let (rule, score) = match &self.head {
            Some(head) => ("head.toxicity", head.score(&features(views, &readings))),
            None => ("lexicon.toxicity", by_lexicon(&readings)),
        };
        let (kind, end) = (Kind::Toxicity, views.original.len());
        found.push(Finding { kind, rule, label: "TOXIC", start: 0, end, score });
    }
}

/// What stands in quotation marks, where somebody else speaks too: a text that is quoted as a whole
/// is spoken.
fn quoted(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut open: Option<usize> = None;
    let mut at = 0;
    loop {
        at += prefix::ascii_without(&text.as_bytes()[at..], b'"');
        let Some(letter) = text[at..].chars().next() else { break };
        match (letter, open) {
            ('"' | '«' | '„' | '「' | '“', None) => open = Some(at),
            ('"' | '»' | '“' | '”' | '」', Some(from)) => {
                found.push(from..at);
                open = None;
            }
            _ => {}
        }
        at += letter.len_utf8();
    }
    let inside: usize = found.iter().map(ExactSizeIterator::len).sum();
    if inside * 10 > text.len() * 9 { Vec::new() } else { found }
}

/// The text without what is quoted.
fn outside(text: &str, quoted: &[Range<usize>]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for range in quoted {
        out.push_str(&text[at..range.start]);
        at = range.end;
    }
    out.push_str(&text[at..]);
    out
}

/// What is said about whom: abuse near somebody counts, alone it counts little.
fn score(hits: &[Hit]) -> f32 {
    let of = |concept: usize| hits.iter().filter(move |hit| usize::from(hit.concept) == concept);
    let near = |one: usize, other: usize| {
        of(one).take(64).any(|a| of(other).take(64).any(|b| a.at.abs_diff(b.at) <= REACH))
    };
    let mut sum = 0.0f32;
    let somebody = |what: usize| near(what, GROUP) || near(what, YOU);
    for (what, weight) in [(SLUR, 0.9), (INSULT, 0.7), (DEHUMANISE, 0.9), (HATE, 0.8)] {
        if of(what).next().is_some() {
            sum += if somebody(what) { weight } else { 0.2 };
        }
    }
    if of(VIOLENCE).next().is_some() && somebody(VIOLENCE) {
        sum += if near(VIOLENCE, WISH) { 0.9 } else { 0.5 };
    }
    if of(SLUR).count() > 1 {
        sum += 0.3;
    }
    if of(NEGATE).next().is_some() {
        sum -= 0.3;
    }
    if of(REPORT).next().is_some() {
        sum -= 0.5;
    }
    1.0 - (-sum.max(0.0)).exp2()
}

#[cfg(test)]
mod tests;
