//! Holds a text back while it may still become something to mask. Plain words pass as soon as the next one
//! has begun, and has not begun as a written address goes on; from the first sign of anything else the text waits until some plain words follow,
//! since what stands after a number helps to tell what it is. Where such words never come, in a list
//! of figures, it lets go of what lies far enough back. Where it is cut depends on the letters alone.

use crate::finding::Finding;

/// The most that is held back, in bytes; armour of keys may be longer.
const MOST: usize = 8 * 1024;
const ARMOUR: usize = 16 * 1024;
/// What the detectors see of what came before.
const CONTEXT: usize = 256;
/// So many plain words end the wait.
const QUIET: usize = 4;
/// What lies further back than this, in bytes, is what it is: no value that is written in several
/// words is longer (an IBAN in groups has 42), and nothing further on tells what it is.
const FAR: usize = 96;
/// The detectors are asked again after so many bytes.
const STRIDE: usize = 32;
/// Words that addresses have in place of signs where they are written out.
const SPELT: [&str; 5] = ["at", "dot", "punkt", "punto", "arroba"];
/// Signs that stand around words and belong to none of them, in lists and in JSON.
const AROUND: &[char] = &['{', '}', '[', ']', ':', ',', '"'];

/// Finds what may be masked, and says what takes its place.
pub trait Redact: Send + Sync {
    /// What the text holds; places in bytes.
    fn find(&self, text: &str) -> Vec<Finding>;

    /// What stands in place of this value; `None` leaves it (the user's own words, say).
    fn replace(&mut self, finding: &Finding, value: &str) -> Option<String>;
}

pub(super) struct Sensitive {
    redact: Box<dyn Redact>,
    /// What was let go last, as it was written.
    context: String,
    held: String,
    /// Where the present word and the one before it begin in `held`.
    word: usize,
    before: usize,
    waiting: bool,
    quiet: usize,
    /// A key in armour has begun and not ended.
    armoured: bool,
    /// A key in armour was too long to be held: all is left out up to its end.
    swallowing: bool,
}

impl std::fmt::Debug for Sensitive {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Sensitive").field("held", &self.held.len()).finish_non_exhaustive()
    }
}

impl Sensitive {
    pub(super) fn new(redact: Box<dyn Redact>) -> Self {
        Self {
            redact,
            context: String::new(),
            held: String::new(),
            word: 0,
            before: 0,
            waiting: false,
            quiet: 0,
            armoured: false,
            swallowing: false,
        }
    }

    /// All that came before is taken back.
    pub(super) fn reset(&mut self) {
        self.context.clear();
        self.held.clear();
        (self.word, self.before, self.quiet) = (0, 0, 0);
        (self.waiting, self.armoured, self.swallowing) = (false, false, false);
    }

    pub(super) fn step(&mut self, letter: char, out: &mut String) {
        self.held.push(letter);
        if self.swallowing {
            self.swallow();
            return;
        }
        if ends_word(letter) {
            self.end_word(out);
        } else if !self.waiting && self.word > 0 && goes_on_plainly(&self.held[self.word..]) {
            self.release(self.word, out);
        }
        if letter == 'N' && self.held.ends_with("-----BEGIN") {
            (self.armoured, self.waiting, self.quiet) = (true, true, 0);
        } else if letter == 'D' && self.held.ends_with("-----END") {
            (self.armoured, self.quiet) = (false, 0);
        }
        if self.held.len() >= if self.armoured { ARMOUR } else { MOST } {
            self.overflow(out);
        }
    }

    pub(super) fn finish(&mut self, out: &mut String) {
        if !self.swallowing {
            self.waiting = self.waiting || !is_plain(&self.held[self.word..]);
            self.release(self.held.len(), out);
        }
        self.held.clear();
    }

    fn end_word(&mut self, out: &mut String) {
        let word = self.held[self.word..].trim_end();
        if !word.trim_matches(AROUND).is_empty() {
            if is_plain(word) {
                self.quiet += 1;
            } else {
                (self.waiting, self.quiet) = (true, 0);
            }
            self.before = self.word;
        }
        self.word = self.held.len();
        if !self.waiting || (self.quiet >= QUIET && !self.armoured) {
            self.release(self.before, out);
        } else if !self.armoured && self.held.len() >= FAR + STRIDE {
            self.release_far(out);
        }
    }

    /// Lets go of what lies far back and goes on waiting; nothing that is found is cut in two.
    fn release_far(&mut self, out: &mut String) {
        let far = self.held.floor_char_boundary(self.held.len() - FAR);
        let Some((at, end)) = self.held[..far].char_indices().rfind(|(_, it)| ends_word(*it))
        else {
            return;
        };
        let findings = self.findings();
        let mut until = at + end.len_utf8();
        while let Some(cut) = findings.iter().find(|it| it.start < until && until < it.end) {
            until = cut.start;
        }
        self.give(&findings, until, out);
    }

    /// Lets go of the text up to `until`, masked; nothing that is found is cut in two.
    fn release(&mut self, until: usize, out: &mut String) {
        let findings = if self.waiting { self.findings() } else { Vec::new() };
        let crossed = findings.iter().any(|it| it.start < until && until < it.end);
        if crossed && until < self.held.len() {
            self.quiet = 0;
            return;
        }
        self.give(&findings, until, out);
        (self.waiting, self.quiet) = (false, 0);
    }

    /// Gives out the text up to `until`, with what is masked in it.
    fn give(&mut self, findings: &[Finding], until: usize, out: &mut String) {
        let mut at = 0;
        for finding in findings.iter().filter(|it| it.end <= until) {
            if finding.start < at {
                continue;
            }
            let value = &self.held[finding.start..finding.end];
            if let Some(instead) = self.redact.replace(finding, value) {
                out.push_str(&self.held[at..finding.start]);
                out.push_str(&instead);
                at = finding.end;
            }
        }
        out.push_str(&self.held[at..until]);
        self.context.push_str(&self.held[..until]);
        let first = self.context.floor_char_boundary(self.context.len().saturating_sub(CONTEXT));
        self.context.drain(..first);
        self.held.drain(..until);
        self.word = self.word.saturating_sub(until);
        self.before = self.before.saturating_sub(until);
    }

    /// What the held text has, seen with what came before; places in the held text.
    fn findings(&self) -> Vec<Finding> {
        let text = format!("{}{}", self.context, self.held);
        let before = self.context.len();
        let mut findings = self.redact.find(&text);
        findings.retain(|it| it.end > before && it.end <= text.len() && it.start < it.end);
        for finding in &mut findings {
            finding.start = finding.start.saturating_sub(before);
            finding.end -= before;
        }
        findings.retain(|it| self.held.get(it.range()).is_some());
        // Of two in one place the longer one is masked.
        findings.sort_by_key(|it| (it.start, std::cmp::Reverse(it.end)));
        findings
    }

    fn overflow(&mut self, out: &mut String) {
        self.waiting = true;
        let until = self.held.len();
        self.word = until;
        self.before = until;
        self.release(until, out);
        self.swallowing = std::mem::take(&mut self.armoured);
    }

    /// Up to the end of the armour, or to an empty line.
    fn swallow(&mut self) {
        let ended =
            self.held.rfind("-----END").is_some_and(|at| self.held[at + 8..].contains("-----"));
        if ended || self.held.ends_with("\n\n") {
            self.swallowing = false;
            self.held.clear();
            (self.word, self.before) = (0, 0);
        } else if self.held.len() > 256 {
            let first = self.held.floor_char_boundary(self.held.len() - 64);
            self.held.drain(..first);
        }
    }
}

/// White space, the signs that end a word where none is written, and the quotation mark that ends
/// a value in JSON.
fn ends_word(letter: char) -> bool {
    letter.is_whitespace()
        || matches!(letter, '"' | '\u{3002}' | '\u{ff0c}' | '\u{ff01}' | '\u{ff1f}')
}

/// Whether a word that has begun so cannot make an address of the one before it.
fn goes_on_plainly(begun: &str) -> bool {
    let begun = begun.to_lowercase();
    begun.chars().next().is_some_and(char::is_alphabetic)
        && !SPELT.iter().any(|word| word.starts_with(&begun))
}

/// A word of plain letters with the signs of sentences around it. Not "at" and "dot": written
/// addresses have them. Not long ones: keys are long.
fn is_plain(word: &str) -> bool {
    let word = word.trim();
    let inner = word.trim_matches(|letter: char| {
        ".,;:!?\u{2026}'\"()[]{}*\u{2013}\u{2014}-\u{201c}\u{201d}\u{2018}\u{2019}".contains(letter)
    });
    let joined = SPELT.contains(&inner.to_lowercase().as_str());
    let letters = inner
        .chars()
        .all(|letter| letter.is_alphabetic() || matches!(letter, '\'' | '\u{2019}' | '-'));
    // Capitals inside of a long word: a key may have no digits.
    let drawn =
        inner.len() >= 14 && inner.chars().skip(1).any(|letter| letter.is_ascii_uppercase());
    letters && !joined && !drawn && inner.chars().count() <= 24 && !word.contains("--")
}
