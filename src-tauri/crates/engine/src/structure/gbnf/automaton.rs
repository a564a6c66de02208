//! Matching bytes against rules: a set of stacks, as llama.cpp keeps it, with equal tails shared and
//! the steps between sets remembered, so that walking a whole vocabulary is a walk over a table.

use std::{collections::HashMap, sync::Arc};

use super::{
    Fault,
    rules::{Rules, Symbol},
};

/// Stack frames at most.
const MOST_FRAMES: usize = 100_000;
/// Sets of stacks that are remembered at most while one token is looked for.
const MOST_STATES: usize = 24_000;
/// Beyond this many, all but the present one are forgotten between two tokens.
const KEPT_STATES: usize = 8_000;
/// Frames that one step may look at.
const MOST_WORK: usize = 100_000;

/// No frame below: the whole grammar is derived there.
const BOTTOM: u32 = u32::MAX;
/// The step is not worked out yet.
const UNKNOWN: u32 = u32::MAX;
/// No text of the grammar goes on so.
const DEAD: u32 = u32::MAX - 1;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Op {
    Bytes(u8, u8),
    Call(u32),
    End,
}

/// What is left to derive: the place in a rule, and the frame to go on with behind its end.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Frame {
    at: u32,
    below: u32,
}

struct State {
    /// Frames whose next symbol is bytes, in order.
    leaves: Box<[u32]>,
    /// A text may end here.
    accepting: bool,
    next: Option<Box<[u32; 256]>>,
}

/// The rules, flat.
#[derive(Debug)]
struct Table {
    ops: Vec<Op>,
    /// Where the alternatives of each rule begin.
    starts: Vec<Vec<u32>>,
}

/// All that was worked out about a grammar.
pub(crate) struct Automaton {
    table: Arc<Table>,
    frames: Vec<Frame>,
    frame_ids: HashMap<Frame, u32>,
    states: Vec<State>,
    state_ids: HashMap<(Box<[u32]>, bool), u32>,
}

impl Automaton {
    /// Works out the beginning.
    pub(crate) fn new(rules: &Rules) -> Result<Self, Fault> {
        let mut table = Table { ops: Vec::new(), starts: Vec::new() };
        for alternatives in rules.all() {
            let mut starts = Vec::with_capacity(alternatives.len());
            for symbols in alternatives {
                starts.push(number(table.ops.len())?);
                table.ops.extend(symbols.iter().map(|symbol| match symbol {
                    Symbol::Bytes(first, last) => Op::Bytes(*first, *last),
                    Symbol::Rule(rule) => Op::Call(*rule),
                }));
                table.ops.push(Op::End);
            }
            table.starts.push(starts);
        }
        let mut made = Self {
            table: Arc::new(table),
            frames: Vec::new(),
            frame_ids: HashMap::new(),
            states: Vec::new(),
            state_ids: HashMap::new(),
        };
        let table = Arc::clone(&made.table);
        let begins = table.starts[0].iter().map(|at| made.frame(*at, BOTTOM));
        let begins: Vec<u32> = begins.collect::<Result<_, _>>()?;
        // The beginning is state 0.
        made.settle(begins)?;
        Ok(made)
    }

    fn frame(&mut self, at: u32, below: u32) -> Result<u32, Fault> {
        let frame = Frame { at, below };
        if let Some(id) = self.frame_ids.get(&frame) {
            return Ok(*id);
        }
        if self.frames.len() >= MOST_FRAMES {
            return Err(Fault::TooComplex);
        }
        let id = number(self.frames.len())?;
        self.frames.push(frame);
        self.frame_ids.insert(frame, id);
        Ok(id)
    }

    /// The state that holds these frames, once every call in them is followed to the bytes it begins
    /// with. A call at the end of a rule leaves no frame behind: lists cost no more the longer they
    /// get.
    fn settle(&mut self, mut todo: Vec<u32>) -> Result<u32, Fault> {
        let table = Arc::clone(&self.table);
        let mut seen = std::collections::HashSet::new();
        let (mut leaves, mut accepting) = (Vec::new(), false);
        while let Some(id) = todo.pop() {
            if id == BOTTOM {
                accepting = true;
                continue;
            }
            if !seen.insert(id) {
                continue;
            }
            if seen.len() > MOST_WORK {
                return Err(Fault::TooComplex);
            }
            let Frame { at, below } = self.frames[id as usize];
            match table.ops[at as usize] {
                Op::Bytes(..) => leaves.push(id),
                Op::End => todo.push(below),
                Op::Call(rule) => {
                    let last = table.ops[at as usize + 1] == Op::End;
                    let below = if last { below } else { self.frame(at + 1, below)? };
                    for start in &table.starts[rule as usize] {
                        todo.push(self.frame(*start, below)?);
                    }
                }
            }
        }
        leaves.sort_unstable();
        self.state(leaves.into_boxed_slice(), accepting)
    }

    fn state(&mut self, leaves: Box<[u32]>, accepting: bool) -> Result<u32, Fault> {
        let key = (leaves, accepting);
        if let Some(id) = self.state_ids.get(&key) {
            return Ok(*id);
        }
        if self.states.len() >= MOST_STATES {
            return Err(Fault::TooComplex);
        }
        let id = number(self.states.len())?;
        self.states.push(State { leaves: key.0.clone(), accepting, next: None });
        self.state_ids.insert(key, id);
        Ok(id)
    }

    /// Where a byte leads; `None` where no text goes on so.
    fn step(&mut self, state: u32, byte: u8) -> Result<Option<u32>, Fault> {
        let known = self.states[state as usize].next.as_ref().map(|next| next[usize::from(byte)]);
        match known {
            Some(DEAD) => return Ok(None),
            Some(next) if next != UNKNOWN => return Ok(Some(next)),
            _ => {}
        }
        let table = Arc::clone(&self.table);
        let mut onward = Vec::new();
        for leaf in self.states[state as usize].leaves.clone() {
            let Frame { at, below } = self.frames[leaf as usize];
            if let Op::Bytes(first, last) = table.ops[at as usize]
                && (first..=last).contains(&byte)
            {
                let done = table.ops[at as usize + 1] == Op::End;
                onward.push(if done { below } else { self.frame(at + 1, below)? });
            }
        }
        let next = if onward.is_empty() { DEAD } else { self.settle(onward)? };
        let row = self.states[state as usize].next.get_or_insert_with(|| Box::new([UNKNOWN; 256]));
        row[usize::from(byte)] = next;
        Ok(Some(next).filter(|next| *next != DEAD))
    }
}

/// An automaton and how far a text has come in it.
pub(crate) struct Matcher {
    automaton: Automaton,
    at: u32,
}

impl Matcher {
    pub(crate) fn new(automaton: Automaton) -> Self {
        Self { automaton, at: 0 }
    }

    /// Whether a text may end here.
    pub(crate) fn may_end(&self) -> bool {
        self.automaton.states[self.at as usize].accepting
    }

    /// Whether nothing can follow.
    pub(crate) fn must_end(&self) -> bool {
        self.automaton.states[self.at as usize].leaves.is_empty()
    }

    /// Whether these bytes may follow.
    pub(crate) fn admits(&mut self, bytes: &[u8]) -> Result<bool, Fault> {
        Ok(!bytes.is_empty() && self.walk(bytes)?.is_some())
    }

    fn walk(&mut self, bytes: &[u8]) -> Result<Option<u32>, Fault> {
        let mut at = self.at;
        for byte in bytes {
            match self.automaton.step(at, *byte)? {
                Some(next) => at = next,
                None => return Ok(None),
            }
        }
        Ok(Some(at))
    }

    /// Takes bytes; `false` where they do not follow, and nothing changes.
    pub(crate) fn push(&mut self, bytes: &[u8]) -> Result<bool, Fault> {
        let Some(at) = self.walk(bytes)? else { return Ok(false) };
        self.at = at;
        if self.automaton.states.len() > KEPT_STATES {
            self.forget()?;
        }
        Ok(true)
    }

    /// Forgets every state but the present one.
    fn forget(&mut self) -> Result<(), Fault> {
        let State { leaves, accepting, .. } = self.automaton.states.swap_remove(self.at as usize);
        self.automaton.states.clear();
        self.automaton.state_ids.clear();
        self.at = self.automaton.state(leaves, accepting)?;
        Ok(())
    }

    /// A walk over the vocabulary from here.
    pub(crate) fn walker(&mut self) -> Walker<'_> {
        Walker { path: vec![self.at], automaton: &mut self.automaton, fault: None }
    }
}

/// A walk over the bytes of many tokens, step by step and back.
pub(crate) struct Walker<'a> {
    automaton: &'a mut Automaton,
    path: Vec<u32>,
    pub(crate) fault: Option<Fault>,
}

impl llguidance::toktrie::Recognizer for Walker<'_> {
    fn pop_bytes(&mut self, num: usize) {
        let left = self.path.len().saturating_sub(num).max(1);
        self.path.truncate(left);
    }

    fn collapse(&mut self) {
        let last = self.path.len() - 1;
        self.path.drain(..last);
    }

    fn trie_finished(&mut self) {
        self.path.truncate(1);
    }

    fn try_push_byte(&mut self, byte: u8) -> bool {
        let Some(at) = self.path.last() else { return false };
        match self.automaton.step(*at, byte) {
            Ok(Some(next)) => {
                self.path.push(next);
                true
            }
            Ok(None) => false,
            Err(fault) => {
                self.fault = Some(fault);
                false
            }
        }
    }
}

fn number(n: usize) -> Result<u32, Fault> {
    u32::try_from(n).ok().filter(|n| *n < DEAD).ok_or(Fault::TooComplex)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::structure::gbnf::parse;

    fn matcher(grammar: &str) -> Matcher {
        let rules = parse(grammar, |n| (n == 7).then(|| "<|seven|>".to_owned())).unwrap();
        Matcher::new(Automaton::new(&rules).unwrap())
    }

    /// Whether the grammar derives the text.
    fn derives(grammar: &str, text: &str) -> bool {
        let mut matcher = matcher(grammar);
        matcher.push(text.as_bytes()).unwrap() && matcher.may_end()
    }

    const JSON: &str = r#"root ::= object
value ::= object | array | string | number | ("true" | "false" | "null") ws
object ::= "{" ws ( string ":" ws value ("," ws string ":" ws value)* )? "}" ws
array ::= "[" ws ( value ("," ws value)* )? "]" ws
string ::= "\"" ( [^"\\\x7F\x00-\x1F] | "\\" (["\\bfnrt] | "u" [0-9a-fA-F]{4}) )* "\"" ws
number ::= ("-"? ([0-9] | [1-9] [0-9]{0,15})) ("." [0-9]+)? ([eE] [-+]? [0-9] [1-9]{0,15})? ws
ws ::= | " " | "\n" [ \t]{0,20}"#;

    #[test]
    fn a_grammar_of_json_takes_json_and_nothing_else() {
        for good in
            [r"{}", r#"{"a": [1, -2.5e+3, true], "ä€😀": {"b": null}}"#, "{\"x\":\"\\u00e4\"}"]
        {
            assert!(derives(JSON, good), "{good}");
        }
        for bad in [r"[]", r#"{"a": 01x}"#, r#"{"a" 1}"#, r#"{"a": 1"#, "{\"a\": \"\n\"}"] {
            assert!(!derives(JSON, bad), "{bad}");
        }
    }

    #[test]
    fn repetitions_classes_groups_and_marks_mean_what_llama_cpp_means() {
        let cases: &[(&str, &[&str], &[&str])] = &[
            ("root ::= \"ab\"{2,3}", &["abab", "ababab"], &["ab", "abababab"]),
            ("root ::= [a-c]+ \"d\"?", &["a", "abcd"], &["", "d", "abcdd"]),
            ("root ::= [^x] .", &["ab", "€\n"], &["xa", "a"]),
            ("root ::= (\"a\" | \"b\" # a comment\n | \"c\") *", &["", "abc"], &["d"]),
            ("root ::= <[7]> one-rule\none-rule ::= \"\\x41\\u00e4\"", &["<|seven|>Aä"], &["A"]),
            ("root ::= <think> [^<]* </think>", &["<think>a</think>"], &["<think>a"]),
            ("root ::= (\"a\"?)* \"b\"", &["b", "aab"], &["a"]),
        ];
        for (grammar, good, bad) in cases {
            for text in *good {
                assert!(derives(grammar, text), "{grammar}: {text}");
            }
            for text in *bad {
                assert!(!derives(grammar, text), "{grammar}: {text}");
            }
        }
    }

    #[test]
    fn a_character_may_be_cut_between_two_tokens_but_not_be_another() {
        let mut matcher = matcher("root ::= [à-ü]");
        assert!(matcher.push(&"ä".as_bytes()[..1]).unwrap());
        assert!(!matcher.may_end() && !matcher.must_end());
        assert!(!matcher.admits(b"a").unwrap());
        assert!(matcher.push(&"ä".as_bytes()[1..]).unwrap());
        assert!(matcher.may_end() && matcher.must_end());
    }

    #[test]
    fn a_long_list_and_a_deep_nest_cost_no_more_than_they_must() {
        let mut list = matcher("root ::= \"[\" ([a-z]+ \",\")* \"]\"");
        assert!(list.push(format!("[{}]", "abc,".repeat(20_000)).as_bytes()).unwrap());
        assert!(list.automaton.frames.len() < 100, "{}", list.automaton.frames.len());
        let mut nest = matcher("root ::= \"(\" root \")\" | \"x\"");
        let deep = format!("{}x{}", "(".repeat(5_000), ")".repeat(5_000));
        for byte in deep.bytes() {
            assert!(nest.push(&[byte]).unwrap());
        }
        assert!(nest.must_end());
    }

    #[test]
    fn a_text_that_goes_beyond_every_limit_is_a_fault_and_no_end_of_the_process() {
        let mut nest = matcher("root ::= \"(\" root \")\" | \"x\"");
        let outcome = (0..MOST_FRAMES).find_map(|_| nest.push(b"(").err());
        assert_eq!(outcome, Some(Fault::TooComplex));
    }
}
