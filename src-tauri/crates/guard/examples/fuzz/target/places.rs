//! Forms and findings: their places lie in the text, on borders of letters, and are the same twice.

use std::ops::Range;

use hearth_guard::{Channel, Guard, Kind, View, Views, view};

use super::{draw::Draw, holds};

const CHANNELS: [Channel; 6] = [
    Channel::User,
    Channel::Document,
    Channel::ToolResult,
    Channel::ToolDefinition,
    Channel::Api,
    Channel::ModelOutput,
];
/// What was encoded more often than this was not made by the target.
const DEPTH: usize = 12;

pub(super) fn check(guard: &Guard, draw: &mut Draw, text: &str) -> Result<(), String> {
    let views = Views::of(text);
    let derived = views.derived();
    holds(derived.len() <= view::MOST, || format!("{} forms", derived.len()))?;
    let all: usize = derived.iter().map(|it| it.text.len()).sum();
    // Letters of three bytes may be written out as many (`ﷺ`), in each form.
    holds(all <= 14 * view::MOST * text.len(), || format!("forms of {all} bytes"))?;
    for view in std::iter::once(&views.folded).chain(derived) {
        leads_back(draw, text, view).map_err(|why| format!("{:?}: {why}", view.form))?;
    }
    ends(text)?;
    found(guard, *draw.one_of(&CHANNELS), text)
}

/// Every letter of the form, and every stretch of it, leads to whole letters of the original.
fn leads_back(draw: &mut Draw, text: &str, view: &View) -> Result<(), String> {
    let inside = |range: &Range<usize>| text.get(range.clone()).is_some_and(|it| !it.is_empty());
    let mut before = 0;
    for (at, letter) in view.text.char_indices() {
        let range = view.original(at..at + letter.len_utf8());
        holds(inside(&range), || format!("{at} leads to {range:?}"))?;
        let forth = before <= range.start || view.form == view::Form::Reversed;
        holds(forth, || format!("{at} leads back to {range:?}, after {before}"))?;
        before = range.start;
    }
    for _ in 0..4 {
        let (one, other) = (draw.border(&view.text), draw.border(&view.text));
        let (start, end) = (one.min(other), one.max(other));
        let range = view.original(start..end);
        let fits = if start < end { inside(&range) } else { text.get(range.clone()).is_some() };
        holds(fits, || format!("{start}..{end} leads to {range:?}"))?;
    }
    Ok(())
}

/// What was decoded and decoded again comes to an end.
fn ends(text: &str) -> Result<(), String> {
    let mut text = text.to_owned();
    for _ in 0..DEPTH {
        let views = Views::of(&text);
        let decoded = views.derived().iter().find(|it| it.form == view::Form::Decoded);
        match decoded {
            Some(decoded) => text = decoded.text.clone(),
            None => return Ok(()),
        }
    }
    Err(format!("is decoded for ever: {text:?}"))
}

fn found(guard: &Guard, channel: Channel, text: &str) -> Result<(), String> {
    let report = guard.scan(text, channel, &Kind::ALL);
    holds(report.failed.is_empty(), || format!("{:?} failed", report.failed))?;
    for found in &report.findings {
        // A head judges the whole text, also where that is empty.
        let fits = text.get(found.range()).is_some_and(|it| !it.is_empty() || text.is_empty());
        holds(fits, || format!("{} at {:?}", found.rule, found.range()))?;
        holds((0.0..=1.0).contains(&found.score), || format!("{}: {}", found.rule, found.score))?;
    }
    let again = guard.scan(text, channel, &Kind::ALL);
    holds(again == report, || format!("{report:?}, then {again:?}"))
}
