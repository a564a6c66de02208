//! Ends endless repetition: of a word, of a sentence, of a block, of letters. Two copies are shown;
//! what may be a third is held back until it is clear. Never in code and tables, and never numbers.

use std::collections::VecDeque;

use super::code::Code;

/// The longest block that is looked for, in words.
const LONGEST: usize = 128;
/// A word longer than this goes on letter by letter.
const WORD: usize = 24;

/// The state between two letters.
#[derive(Clone, Debug)]
pub(crate) struct Repetition {
    code: Code,
    word: String,
    /// Letters of the present word that were already given out.
    passed: bool,
    history: VecDeque<String>,
    /// For each length of a block, how many words in a row are those of the block before.
    runs: Vec<usize>,
    /// The last so many words are numbers.
    numbers: usize,
    held: VecDeque<String>,
    state: State,
    /// The line is part of a table or of indented code.
    apart: bool,
    /// White space at the beginning of the line; `None` once something else came.
    indent: Option<usize>,
    /// Letters since the last white space.
    unbroken: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// All is given out.
    Open,
    /// It may be a third copy.
    Held,
    /// It is one copy too many, of a block of so many words.
    Dropped(usize),
}

impl Default for Repetition {
    fn default() -> Self {
        Self {
            code: Code::default(),
            word: String::new(),
            passed: false,
            history: VecDeque::new(),
            runs: vec![0; LONGEST + 1],
            numbers: 0,
            held: VecDeque::new(),
            state: State::Open,
            apart: false,
            indent: Some(0),
            unbroken: 0,
        }
    }
}

impl Repetition {
    /// Whether the text goes round in circles now.
    pub(crate) fn repeats(&self) -> bool {
        matches!(self.state, State::Dropped(_))
    }

    /// Takes the next letter.
    pub(crate) fn step(&mut self, letter: char, out: &mut String) {
        self.code.step(letter);
        let was_apart = self.apart;
        self.follow_line(letter);
        if self.code.inside() || self.apart || was_apart {
            self.interrupt(out);
            out.push(letter);
            return;
        }
        if letter.is_whitespace() {
            self.end_word(out);
            match self.state {
                State::Open => out.push(letter),
                State::Held | State::Dropped(_) => {
                    if let Some(last) = self.held.back_mut() {
                        last.push(letter);
                    }
                }
            }
            return;
        }
        // A script without spaces, and a word without end, go letter by letter.
        if is_wide(letter) || self.word.chars().count() >= WORD {
            self.end_word(out);
        }
        let alone = self.word.is_empty() && (is_wide(letter) || self.letter_by_letter());
        if self.word.is_empty() {
            self.passed = self.state == State::Open && !self.may_repeat();
        }
        self.word.push(letter);
        if self.passed {
            out.push(letter);
        }
        if alone {
            self.end_word(out);
        }
    }

    /// The text ended.
    pub(crate) fn finish(&mut self, out: &mut String) {
        if let State::Dropped(period) = self.state {
            let expected =
                self.history.len().checked_sub(period).and_then(|at| self.history.get(at));
            if expected.is_some_and(|it| it.starts_with(&self.word)) {
                return;
            }
        }
        self.interrupt(out);
    }

    /// The last word was a letter of a word without end.
    fn letter_by_letter(&self) -> bool {
        self.unbroken > WORD
    }

    fn follow_line(&mut self, letter: char) {
        self.unbroken = if letter.is_whitespace() { 0 } else { self.unbroken + 1 };
        match (letter, self.indent) {
            ('\n', _) => (self.indent, self.apart) = (Some(0), false),
            ('\t', Some(_)) => self.indent = Some(4),
            (_, Some(indent)) if letter.is_whitespace() => self.indent = Some(indent + 1),
            (_, Some(indent)) => {
                self.indent = None;
                self.apart = letter == '|' || indent >= 4;
            }
            (_, None) => {}
        }
    }

    /// Gives out what was held back and forgets what came before.
    fn interrupt(&mut self, out: &mut String) {
        for word in self.held.drain(..) {
            out.push_str(&word);
        }
        if !self.passed {
            out.push_str(&self.word);
        }
        self.word.clear();
        self.history.clear();
        self.runs.fill(0);
        self.numbers = 0;
        self.state = State::Open;
    }

    /// Two copies of some block are complete: the next word may begin the third.
    fn may_repeat(&self) -> bool {
        self.runs.iter().enumerate().any(|(period, run)| period > 0 && *run >= period)
    }

    fn end_word(&mut self, out: &mut String) {
        if self.word.is_empty() {
            return;
        }
        let word = std::mem::take(&mut self.word);
        for period in 1..=LONGEST {
            let before = self.history.len().checked_sub(period).and_then(|at| self.history.get(at));
            let same = before == Some(&word);
            if let Some(run) = self.runs.get_mut(period) {
                *run = if same { *run + 1 } else { 0 };
            }
        }
        self.numbers = if is_number(&word) { self.numbers + 1 } else { 0 };
        self.history.push_back(word.clone());
        if self.history.len() > 2 * LONGEST {
            self.history.pop_front();
        }
        self.decide(word, out);
    }

    fn decide(&mut self, word: String, out: &mut String) {
        let period =
            (1..=LONGEST).find(|period| self.runs[*period] > *period && self.numbers < *period);
        let Some(period) = period else {
            for held in self.held.drain(..) {
                out.push_str(&held);
            }
            if !self.passed {
                out.push_str(&word);
            }
            self.state = State::Open;
            return;
        };
        let run = self.runs[period];
        self.held.push_back(word);
        self.state = if run >= period * (copies(period) - 1) || self.repeats() {
            // Only the part of a copy that is not complete may still be the text's own.
            while self.held.len() > run % period {
                self.held.pop_front();
            }
            State::Dropped(period)
        } else {
            State::Held
        };
    }
}

/// Numbers, and lines drawn with signs, may repeat.
fn is_number(word: &str) -> bool {
    let number =
        word.chars().any(|it| it.is_ascii_digit()) && !word.chars().any(char::is_alphabetic);
    let drawn = |it: char| "-=_*#~.\u{b7}|+/\\\u{2500}\u{2501}\u{2550}".contains(it);
    number || word.chars().all(drawn)
}

/// So many copies are too many.
fn copies(period: usize) -> usize {
    match period {
        1 => 12,
        2..=3 => 8,
        4..=7 => 5,
        _ => 4,
    }
}

/// Letters of scripts that write no spaces.
fn is_wide(letter: char) -> bool {
    matches!(letter, '\u{2e80}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{ff00}'..='\u{ff60}'
        | '\u{0e00}'..='\u{0eff}' | '\u{1000}'..='\u{109f}' | '\u{20000}'..='\u{3ffff}')
}
