//! Readable forms of a text. People who want to slip something past a rule write it with invisible
//! letters, look-alikes, spaces between letters, digits for letters or in base64: each form undoes
//! one of these, and knows for every byte which bytes of the original it came from.
//!
//! Not a judgement: that a text could be decoded is never a finding. Bounded: at most `MOST` derived
//! forms, none longer than the text it was made from by more than decoding allows, each made in one pass.

mod confusable;
mod decode;
mod fold;
mod map;
mod morse;
mod plain;
mod turned;
mod words;

use std::{cell::OnceCell, ops::Range};

pub use map::OffsetMap;
pub use plain::plain_text;

/// Derived forms at most.
pub const MOST: usize = 6;

/// How a form was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Form {
    /// Invisible letters gone, NFKC, plain dashes, quotes and spaces. Case and length of words kept.
    Folded,
    /// Folded, small letters without marks, look-alikes in mixed words replaced.
    Plain,
    /// Plain, with what was encoded in it decoded in its place.
    Decoded,
    /// Plain or decoded, with spelled-out words joined and digits read as letters.
    Joined,
    /// Plain, read from right to left.
    Reversed,
    /// Plain, each letter moved by thirteen.
    Rotated,
    /// What Unicode tags spell, which no screen shows.
    Tags,
}

/// One readable form of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct View {
    /// How it was made.
    pub form: Form,
    /// What it reads.
    pub text: String,
    map: OffsetMap,
}

impl View {
    /// The bytes of the original from which these bytes of the form came: always on borders of
    /// letters, never empty for a range that is not empty.
    #[must_use]
    pub fn original(&self, range: Range<usize>) -> Range<usize> {
        self.map.original(range)
    }
}

/// A text with its forms.
#[derive(Clone, Debug)]
pub struct Views<'a> {
    /// As it was written.
    pub original: &'a str,
    /// The form that most detectors read.
    pub folded: View,
    /// Invisible letters that were left out of the folded form.
    pub invisible: usize,
    derived: OnceCell<Vec<View>>,
}

impl<'a> Views<'a> {
    /// Makes the folded form. Linear in the length of the text.
    #[must_use]
    pub fn of(original: &'a str) -> Self {
        let (folded, invisible) = fold::folded(original);
        Self { original, folded, invisible, derived: OnceCell::new() }
    }

    /// The plain form and, where there is something to undo, further ones. Made when first asked for.
    pub fn derived(&self) -> &[View] {
        self.derived.get_or_init(|| self.derive())
    }

    fn derive(&self) -> Vec<View> {
        let plain = plain::plain(&self.folded, Form::Plain);
        let decoded = decode::decoded(&self.folded).map(|view| plain::plain(&view, Form::Decoded));
        let joined = words::joined(decoded.as_ref().unwrap_or(&plain));
        let turned = turned::turned(&plain);
        let tags = fold::tags(self.original).map(|view| plain::plain(&view, Form::Tags));
        let mut derived = vec![plain];
        derived.extend(decoded);
        derived.extend(joined);
        derived.extend(turned);
        derived.extend(tags);
        derived.truncate(MOST);
        derived
    }
}

#[cfg(test)]
mod tests;
