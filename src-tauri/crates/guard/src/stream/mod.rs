//! What a model writes, on its way to a person: letter by letter through the parts of `output` and
//! past the detectors. However the text is cut into pieces, the same comes out; held back is only
//! what may still become a mark, a copy too many or something to mask; memory is bounded.
//!
//! Not the engine's split of thoughts, which knows the tags of its model: this is the net below it.

mod sensitive;

pub use sensitive::Redact;
use sensitive::Sensitive;

use crate::output::{
    markup::{Given, Markup},
    repetition::Repetition,
};

/// What one piece added.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Piece {
    /// All text that was given out before were thoughts: it is to be taken back.
    pub reset: bool,
    /// To the answer.
    pub text: String,
    /// To the thoughts.
    pub thoughts: String,
    /// The text goes round in circles: generating may end.
    pub repeats: bool,
}

/// The filter of one answer.
#[derive(Debug, Default)]
pub struct StreamFilter {
    markup: Markup,
    repetition: Repetition,
    sensitive: Option<Sensitive>,
    /// Thoughts have neither marks nor an end that counts: they are only masked.
    masks_only: bool,
}

impl StreamFilter {
    /// Takes out marks, thoughts and repetition; masks nothing.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The same, and asks `redact` about everything that its detectors find.
    #[must_use]
    pub fn redacting(redact: Box<dyn Redact>) -> Self {
        Self { sensitive: Some(Sensitive::new(redact)), ..Self::default() }
    }

    /// Asks `redact`, and changes nothing else.
    #[must_use]
    pub fn masking(redact: Box<dyn Redact>) -> Self {
        Self { masks_only: true, ..Self::redacting(redact) }
    }

    /// Goes on after this text, of which nothing is given out again.
    pub fn resume_after(&mut self, text: &str) {
        let _ = self.push(text);
        let _ = self.finish();
        if let Some(sensitive) = &mut self.sensitive {
            sensitive.reset();
        }
    }

    /// Takes the next piece.
    #[must_use]
    pub fn push(&mut self, piece: &str) -> Piece {
        let mut given = Given::default();
        let mut added = Piece::default();
        if self.masks_only {
            self.mask(piece, &mut added.text);
            return added;
        }
        for letter in piece.chars() {
            self.markup.step(letter, &mut given);
            self.pass(&mut given, &mut added);
        }
        added.repeats = self.repetition.repeats();
        added
    }

    /// The text ended: what was held back is what it is.
    #[must_use]
    pub fn finish(&mut self) -> Piece {
        let mut given = Given::default();
        let mut added = Piece::default();
        self.markup.finish(&mut given);
        self.pass(&mut given, &mut added);
        let mut unique = String::new();
        self.repetition.finish(&mut unique);
        self.mask(&unique, &mut added.text);
        if let Some(sensitive) = &mut self.sensitive {
            sensitive.finish(&mut added.text);
        }
        added
    }

    fn pass(&mut self, given: &mut Given, added: &mut Piece) {
        if given.reset {
            self.repetition = Repetition::default();
            if let Some(sensitive) = &mut self.sensitive {
                sensitive.reset();
            }
            *added = Piece { reset: true, ..Piece::default() };
        }
        let mut unique = String::new();
        for letter in given.text.chars() {
            self.repetition.step(letter, &mut unique);
        }
        added.thoughts.push_str(&given.thoughts);
        self.mask(&unique, &mut added.text);
        *given = Given::default();
    }

    fn mask(&mut self, text: &str, out: &mut String) {
        match &mut self.sensitive {
            Some(sensitive) => text.chars().for_each(|letter| sensitive.step(letter, out)),
            None => out.push_str(text),
        }
    }
}

/// The answer in these pieces, as it is to be shown: what scoring and saved texts use.
#[must_use]
pub fn clean<'a>(pieces: impl IntoIterator<Item = &'a str>) -> String {
    whole(StreamFilter::new(), pieces)
}

/// All that a filter gives out, put together as a reader would.
#[must_use]
pub fn whole<'a>(mut filter: StreamFilter, pieces: impl IntoIterator<Item = &'a str>) -> String {
    let mut text = String::new();
    let mut take = |piece: Piece| {
        if piece.reset {
            text.clear();
        }
        text.push_str(&piece.text);
    };
    for piece in pieces {
        take(filter.push(piece));
    }
    take(filter.finish());
    text
}

#[cfg(test)]
mod tests;
