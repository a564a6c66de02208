//! Thoughts and marks of templates, taken out of what a model wrote. One letter at a time: held back
//! is only what may still become a mark. What stands in code stays.

use super::code::Code;

/// Tags between which models think.
const THOUGHTS: &[&str] = &[
    "think",
    "thinking",
    "thought",
    "thoughts",
    "reasoning",
    "reflection",
    "seed:think",
    "scratchpad",
    "inner_monologue",
    "thinking_process",
];

/// Marks that are written out in full, and what they mean.
const MARKS: &[(&str, Mark)] = &[
    ("<s>", Mark::Drop),
    ("</s>", Mark::Drop),
    ("<eos>", Mark::Drop),
    ("<bos>", Mark::Drop),
    ("<pad>", Mark::Drop),
    ("<unk>", Mark::Drop),
    ("<end_of_turn>", Mark::Drop),
    ("<start_of_turn>", Mark::Line),
    ("[inst]", Mark::Drop),
    ("[/inst]", Mark::Drop),
    ("<<sys>>", Mark::Drop),
    ("<</sys>>", Mark::Drop),
    ("[think]", Mark::Open),
    ("[/think]", Mark::Close),
    ("\u{25c1}think\u{25b7}", Mark::Open),
    ("\u{25c1}/think\u{25b7}", Mark::Close),
    ("<|channel>", Mark::Open),
    ("<channel|>", Mark::Close),
    ("<|turn>", Mark::Line),
    ("<turn|>", Mark::Drop),
];

/// What a mark means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mark {
    /// Thoughts begin.
    Open,
    /// Thoughts end.
    Close,
    /// It goes, and nothing else.
    Drop,
    /// It goes with the rest of its line, which names who speaks.
    Line,
    /// What follows, to the next mark, names who speaks.
    Header,
    /// What follows, to `message`, names a channel.
    Channel,
    /// The text of a channel begins.
    Message,
    /// The text of a channel ends.
    End,
}

/// What the letters held back are.
enum Seen {
    Nothing,
    Beginning,
    Whole(Mark),
}

/// Where in the text the next letter stands.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Place {
    Answer,
    Thoughts(usize),
    /// A channel that is not the answer.
    Aside,
    Line,
    Header(usize),
    Channel(String),
}

/// The state between two letters.
#[derive(Clone, Debug)]
pub(crate) struct Markup {
    code: Code,
    place: Place,
    held: String,
    /// White space before the first letter of the answer.
    lead: String,
    shown: bool,
    /// Thoughts were opened before: a lone end says nothing about what came before it.
    opened: bool,
}

/// What one step gives out.
#[derive(Debug, Default)]
pub(crate) struct Given {
    /// All that was given out before was thoughts: it is taken back.
    pub(crate) reset: bool,
    pub(crate) text: String,
    pub(crate) thoughts: String,
}

impl Default for Markup {
    fn default() -> Self {
        let (code, place) = (Code::default(), Place::Answer);
        let (held, lead) = (String::new(), String::new());
        Self { code, place, held, lead, shown: false, opened: false }
    }
}

impl Markup {
    /// Takes the next letter.
    pub(crate) fn step(&mut self, letter: char, given: &mut Given) {
        self.held.push(letter);
        while !self.held.is_empty() {
            let coded = self.place == Place::Answer && self.code.next_inside();
            match if coded { Seen::Nothing } else { seen(&self.held) } {
                Seen::Beginning => return,
                Seen::Whole(mark) => {
                    self.held.clear();
                    self.act(mark, given);
                }
                Seen::Nothing => {
                    let first = self.held.remove(0);
                    self.give(first, given);
                }
            }
        }
    }

    /// The text ended: what was held back is no mark.
    pub(crate) fn finish(&mut self, given: &mut Given) {
        for letter in std::mem::take(&mut self.held).chars() {
            self.give(letter, given);
        }
    }

    fn give(&mut self, letter: char, given: &mut Given) {
        match &mut self.place {
            Place::Answer => {
                self.code.step(letter);
                if self.shown {
                    given.text.push(letter);
                } else if letter == '\n' {
                    self.lead.clear();
                } else if letter.is_whitespace() {
                    self.lead.push(letter);
                } else {
                    self.shown = true;
                    given.text.push_str(&std::mem::take(&mut self.lead));
                    given.text.push(letter);
                }
            }
            Place::Thoughts(_) | Place::Aside => given.thoughts.push(letter),
            Place::Line if letter == '\n' => self.place = Place::Answer,
            Place::Line => {}
            // A name is short: what is longer is text after all.
            Place::Header(left) if *left == 0 => self.place = Place::Answer,
            Place::Header(left) => *left -= 1,
            Place::Channel(name) if name.len() < 64 => name.push(letter),
            Place::Channel(_) => self.place = Place::Aside,
        }
    }

    fn act(&mut self, mark: Mark, given: &mut Given) {
        self.place = match (mark, &self.place) {
            (Mark::Open, Place::Thoughts(depth)) => Place::Thoughts(depth + 1),
            (Mark::Open, _) => {
                self.opened = true;
                Place::Thoughts(1)
            }
            (Mark::Close, Place::Thoughts(depth)) if *depth > 1 => Place::Thoughts(depth - 1),
            (Mark::Close, Place::Thoughts(_)) => Place::Answer,
            (Mark::Close, place) => {
                let place = place.clone();
                if !self.opened {
                    self.take_back(given);
                }
                place
            }
            // Inside of thoughts marks of the template mean nothing.
            (_, Place::Thoughts(depth)) => Place::Thoughts(*depth),
            (Mark::Drop, place) => place.clone(),
            (Mark::Line, _) => Place::Line,
            (Mark::Header, _) => Place::Header(64),
            (Mark::Channel, _) => {
                self.opened = true;
                Place::Channel(String::new())
            }
            (Mark::Message, Place::Channel(name)) if !name.trim().starts_with("final") => {
                Place::Aside
            }
            (Mark::Message | Mark::End, _) => Place::Answer,
        };
    }

    /// The beginning of the thoughts was in the prompt: what came so far were thoughts.
    fn take_back(&mut self, given: &mut Given) {
        self.opened = true;
        self.shown = false;
        self.lead.clear();
        self.code = Code::default();
        *given = Given { reset: true, ..Given::default() };
    }
}

/// What letters that were held back can be.
fn seen(held: &str) -> Seen {
    if !held.starts_with(['<', '[', '\u{25c1}']) {
        return Seen::Nothing;
    }
    let lower = held.to_lowercase();
    if let Some((_, mark)) = MARKS.iter().find(|(name, _)| *name == lower) {
        return Seen::Whole(*mark);
    }
    if MARKS.iter().any(|(name, _)| name.starts_with(&lower)) {
        return Seen::Beginning;
    }
    match lower.strip_prefix("<|").or_else(|| lower.strip_prefix("<\u{ff5c}")) {
        Some(name) => token(name),
        None => thought(&lower),
    }
}

/// `<|name|>`, also with the wide bars of some models.
fn token(rest: &str) -> Seen {
    let name: String =
        rest.chars().take_while(|it| it.is_alphanumeric() || "_-\u{2581} ".contains(*it)).collect();
    let end = &rest[name.len()..];
    let whole = matches!(end, "|>" | "\u{ff5c}>");
    if name.chars().count() > 40 || !(end.is_empty() || whole || matches!(end, "|" | "\u{ff5c}")) {
        return Seen::Nothing;
    }
    if !whole {
        return Seen::Beginning;
    }
    Seen::Whole(match name.as_str() {
        "" => return Seen::Nothing,
        "begin_of_thought" | "think" | "thinking" => Mark::Open,
        "end_of_thought" | "/think" => Mark::Close,
        "im_start" => Mark::Line,
        "start_header_id" | "start" | "start_of_role" => Mark::Header,
        "end_header_id" | "end_of_role" | "end" | "return" | "call" => Mark::End,
        "channel" => Mark::Channel,
        "message" => Mark::Message,
        _ => Mark::Drop,
    })
}

/// `<think>`, `</think>`, also with a space before the end.
fn thought(lower: &str) -> Seen {
    let Some(rest) = lower.strip_prefix('<') else { return Seen::Nothing };
    let (close, rest) = rest.strip_prefix('/').map_or((false, rest), |rest| (true, rest));
    let name = rest.trim_end_matches('>').trim_end();
    let (ended, spaced) = (rest.ends_with('>'), rest.len() > name.len());
    let known = THOUGHTS.contains(&name) && rest.len() < name.len() + 8;
    match (known, ended) {
        (true, true) if close => Seen::Whole(Mark::Close),
        (true, true) => Seen::Whole(Mark::Open),
        (true, false) => Seen::Beginning,
        (false, _) if !spaced && THOUGHTS.iter().any(|it| it.starts_with(name)) => Seen::Beginning,
        _ => Seen::Nothing,
    }
}
