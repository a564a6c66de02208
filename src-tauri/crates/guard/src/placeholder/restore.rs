//! From names back to values, for showing. One letter at a time, so that an answer that is still
//! being written can be shown. A name in code, in a link or in a tag stays a name.

use super::Placeholders;
use crate::output::code::Code;

/// The longest a name can be, with what people and models put into it.
const LONGEST: usize = 64;

/// What an address begins with, or has in it.
const ADDRESSES: [&str; 6] = ["://", "www.", "mailto:", "data:", "tel:", "javascript:"];
/// So many bytes are kept of what came last: more than the longest of these.
const LAST: usize = 16;

/// The text with values in place of the conversation's own names.
#[must_use]
pub fn restore(text: &str, placeholders: &Placeholders) -> String {
    let mut restorer = Restorer::default();
    let mut shown = restorer.push(text, placeholders);
    shown.push_str(&restorer.finish());
    shown
}

/// The state between two pieces of a text.
#[derive(Clone, Debug, Default)]
pub struct Restorer {
    code: Code,
    held: String,
    /// The last letters since white space, in small letters.
    run: String,
    /// An address showed since the last white space, however long ago.
    address: bool,
    /// Inside the brackets of a link's target, or of a tag.
    target: Option<char>,
}

impl Restorer {
    /// Takes the next piece and gives out what may be shown.
    #[must_use]
    pub fn push(&mut self, piece: &str, placeholders: &Placeholders) -> String {
        let mut shown = String::new();
        for letter in piece.chars() {
            self.step(letter, placeholders, &mut shown);
        }
        shown
    }

    /// The text ended.
    #[must_use]
    pub fn finish(&mut self) -> String {
        let mut shown = String::new();
        self.let_go(&mut shown);
        shown
    }

    fn step(&mut self, letter: char, placeholders: &Placeholders, shown: &mut String) {
        let begins = letter == '[' && self.held.is_empty();
        if begins && !self.protected() {
            self.held.push(letter);
            return;
        }
        if self.held.is_empty() {
            self.give(letter, shown);
            return;
        }
        if letter == '[' {
            self.let_go(shown);
            self.step(letter, placeholders, shown);
            return;
        }
        self.held.push(letter);
        let fits =
            letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-' | ' ' | '\\' | '*' | ']');
        if letter == ']'
            && let Some(value) = placeholders.value(&self.held)
        {
            self.held.clear();
            self.follow('x');
            shown.push_str(value);
        } else if letter == ']' || !fits || self.held.len() > LONGEST {
            self.let_go(shown);
        }
    }

    fn let_go(&mut self, shown: &mut String) {
        for letter in std::mem::take(&mut self.held).chars() {
            self.give(letter, shown);
        }
    }

    fn give(&mut self, letter: char, shown: &mut String) {
        self.code.step(letter);
        shown.push(letter);
        match self.target {
            Some(end) if letter == end || letter == '\n' => self.target = None,
            Some(_) => {}
            None if letter == '(' && self.run.ends_with(']') => self.target = Some(')'),
            None if self.run.ends_with('<') && (letter.is_ascii_alphabetic() || letter == '/') => {
                self.target = Some('>')
            }
            None => {}
        }
        self.follow(letter);
    }

    /// Where scripts have no spaces a run is as long as the text: only its end is kept.
    fn follow(&mut self, letter: char) {
        if letter.is_whitespace() {
            self.run.clear();
            self.address = false;
            return;
        }
        self.run.push(letter.to_ascii_lowercase());
        let last = self.run.len().saturating_sub(LAST);
        self.run.drain(..self.run.floor_char_boundary(last));
        self.address |= ADDRESSES.iter().any(|it| self.run.ends_with(it));
    }

    /// Code, and everything that is an address.
    fn protected(&self) -> bool {
        self.code.next_inside() || self.target.is_some() || self.address || self.run.ends_with("]:")
    }
}
