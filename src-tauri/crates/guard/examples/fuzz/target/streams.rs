//! The filter of answers: however a text is cut the same comes out, nothing is held when it ended, and
//! what nobody asked to mask is not lost.

use std::sync::LazyLock;

use hearth_guard::{
    Channel, Finding, Guard, Kind, pii::Pii, placeholder::Placeholders, placeholder::Restorer,
    placeholder::restore, secrets::Secrets, stream::Redact, stream::StreamFilter, stream::whole,
};

use super::{draw::Draw, holds};

static GUARD: LazyLock<Guard> =
    LazyLock::new(|| Guard::empty().with(Box::new(Pii::new())).with(Box::new(Secrets::new())));

/// Labels in place of values, or nothing in place of nothing.
#[derive(Clone, Copy)]
struct Labels {
    masks: bool,
}

impl Redact for Labels {
    fn find(&self, text: &str) -> Vec<Finding> {
        GUARD.scan(text, Channel::ModelOutput, &[Kind::Pii, Kind::Secrets]).findings
    }

    fn replace(&mut self, finding: &Finding, _: &str) -> Option<String> {
        (self.masks && finding.score >= 0.5).then(|| format!("[{}]", finding.label))
    }
}

pub(super) fn check(draw: &mut Draw, text: &str) -> Result<(), String> {
    let cut = pieces(draw, text);
    let (masks, sees) = (Labels { masks: true }, Labels { masks: false });
    let plain = same(StreamFilter::new, text, &cut, "plain")?;
    same(|| StreamFilter::redacting(Box::new(masks)), text, &cut, "redacting")?;
    // Asking and leaving everything as it is gives what not asking gives.
    let seen = same(|| StreamFilter::redacting(Box::new(sees)), text, &cut, "seeing")?;
    let untouched = same(|| StreamFilter::masking(Box::new(sees)), text, &cut, "masking")?;
    // A key in armour without an end is longer than the memory: it is left out whole.
    if !text.contains("-----BEGIN") {
        holds(seen == plain, || format!("{seen:?} where nothing is masked, else {plain:?}"))?;
        holds(untouched == text, || format!("{untouched:?} is what is left"))?;
    }
    restored(text, &cut)
}

/// What the filter shows, if that is the same for the whole text and for its pieces.
fn same(
    filter: impl Fn() -> StreamFilter,
    text: &str,
    cut: &[&str],
    name: &str,
) -> Result<String, String> {
    let at_once = whole(filter(), [text]);
    let in_pieces = whole(filter(), cut.iter().copied());
    holds(at_once == in_pieces, || {
        format!("{name}: {at_once:?} at once, {in_pieces:?} in pieces {cut:?}")
    })?;
    let mut ended = filter();
    let _ = (ended.push(text), ended.finish());
    let rest = ended.finish();
    holds(rest.text.is_empty() && rest.thoughts.is_empty(), || format!("{name}: {rest:?} held"))?;
    Ok(at_once)
}

/// Names are read back in the same way however the text is cut.
fn restored(text: &str, cut: &[&str]) -> Result<(), String> {
    let mut chat = Placeholders::new("k7f3");
    chat.mint("EMAIL_ADDRESS", "jo@example.org");
    let mut restorer = Restorer::default();
    let mut shown: String = cut.iter().map(|piece| restorer.push(piece, &chat)).collect();
    shown.push_str(&restorer.finish());
    let at_once = restore(text, &chat);
    holds(shown == at_once, || format!("{at_once:?} is restored, {shown:?} in pieces {cut:?}"))?;
    let rest = restorer.finish();
    holds(rest.is_empty(), || format!("{rest:?} held by the restorer"))
}

/// The text in letters, in pieces of a few sizes, or in two.
fn pieces<'a>(draw: &mut Draw, text: &'a str) -> Vec<&'a str> {
    let most = *draw.one_of(&[1, 3, 7, 40, 500, 20_000]);
    let (mut pieces, mut at) = (Vec::new(), 0);
    while at < text.len() {
        let end = (at + 1 + draw.below(most)).min(text.len());
        let end = text.ceil_char_boundary(end);
        pieces.push(&text[at..end]);
        at = end;
    }
    pieces
}
