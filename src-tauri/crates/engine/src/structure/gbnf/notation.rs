//! The notation of GBNF: rules, literals, classes, groups, repetitions, marks. Not here: matching.

use std::iter::Peekable;
use std::str::Chars;

use super::{
    Fault, recursion,
    rules::{Alternatives, Rules, Symbol},
};

/// Bytes of a grammar at most.
const MOST_BYTES: usize = 256 << 10;
/// Groups within groups at most.
const MOST_DEPTH: usize = 128;
/// The largest number of a repetition, as in llama.cpp.
const MOST_TIMES: u32 = 2000;

/// Reads a grammar. `mark` gives the text of the token with a number, for marks such as `<[7]>`.
pub(crate) fn parse(text: &str, mark: impl Fn(u32) -> Option<String>) -> Result<Rules, Fault> {
    if text.len() > MOST_BYTES {
        return Err(Fault::TooComplex);
    }
    let mut reader =
        Reader { rest: text.chars().peekable(), rules: Rules::new(), depth: 0, mark: &mark };
    reader.space(true);
    while reader.peek().is_some() {
        reader.rule()?;
    }
    let rules = reader.rules.complete()?;
    recursion::refuse(&rules)?;
    Ok(rules)
}

struct Reader<'a> {
    rest: Peekable<Chars<'a>>,
    rules: Rules,
    depth: usize,
    mark: &'a dyn Fn(u32) -> Option<String>,
}

fn is_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '-' || c == '_'
}

impl Reader<'_> {
    fn peek(&mut self) -> Option<char> {
        self.rest.peek().copied()
    }

    fn next(&mut self) -> Result<char, Fault> {
        self.rest.next().ok_or(Fault::Notation)
    }

    fn expect(&mut self, wanted: char) -> Result<(), Fault> {
        if self.next()? == wanted { Ok(()) } else { Err(Fault::Notation) }
    }

    /// Skips white space and comments; ends of lines only where a rule may go on.
    fn space(&mut self, lines: bool) {
        while let Some(c) = self.peek() {
            match c {
                ' ' | '\t' => {}
                '\r' | '\n' if lines => {}
                '#' => {
                    while self.rest.next_if(|c| !matches!(c, '\r' | '\n')).is_some() {}
                    continue;
                }
                _ => return,
            }
            self.rest.next();
        }
    }

    fn name(&mut self) -> Result<String, Fault> {
        let mut name = String::new();
        while let Some(c) = self.rest.next_if(|c| is_name(*c)) {
            name.push(c);
        }
        if name.is_empty() { Err(Fault::Notation) } else { Ok(name) }
    }

    fn rule(&mut self) -> Result<(), Fault> {
        let name = self.name()?;
        self.space(false);
        for c in "::=".chars() {
            self.expect(c)?;
        }
        self.space(true);
        let rule = self.rules.named(&name)?;
        let alternatives = self.alternatives(false)?;
        self.rules.define(rule, alternatives)?;
        match self.peek() {
            None | Some('\r' | '\n') => {}
            Some(_) => return Err(Fault::Notation),
        }
        self.space(true);
        Ok(())
    }

    fn alternatives(&mut self, nested: bool) -> Result<Alternatives, Fault> {
        let mut all = vec![self.sequence(nested)?];
        while self.rest.next_if_eq(&'|').is_some() {
            self.space(true);
            all.push(self.sequence(nested)?);
        }
        Ok(all)
    }

    fn sequence(&mut self, nested: bool) -> Result<Vec<Symbol>, Fault> {
        let mut whole: Vec<Symbol> = Vec::new();
        // Where the part begins that a repetition stands behind.
        let mut part: Option<usize> = None;
        while let Some(c) = self.peek() {
            match c {
                '*' | '+' | '?' | '{' => {
                    let from = part.ok_or(Fault::Notation)?;
                    let (least, most) = self.times()?;
                    let repeated = whole.split_off(from);
                    whole.extend(self.rules.repeat(&repeated, least, most)?);
                }
                '"' | '[' | '.' | '(' | '<' => {
                    part = Some(whole.len());
                    self.part(c, &mut whole)?;
                }
                c if is_name(c) => {
                    part = Some(whole.len());
                    let name = self.name()?;
                    whole.push(Symbol::Rule(self.rules.named(&name)?));
                }
                _ => break,
            }
            self.space(nested);
        }
        Ok(whole)
    }

    fn part(&mut self, c: char, whole: &mut Vec<Symbol>) -> Result<(), Fault> {
        self.next()?;
        match c {
            '"' => {
                while self.peek() != Some('"') {
                    text(&self.character()?.to_string(), whole);
                }
                self.next()?;
            }
            '[' => whole.push(self.class()?),
            '.' => whole.push(self.rules.characters(&[('\0', char::MAX)])?),
            '<' => {
                let mark = self.token()?;
                text(&mark, whole);
            }
            _ => {
                self.depth += 1;
                if self.depth > MOST_DEPTH {
                    return Err(Fault::TooComplex);
                }
                self.space(true);
                let alternatives = self.alternatives(true)?;
                self.expect(')')?;
                self.depth -= 1;
                whole.push(Symbol::Rule(self.rules.group(alternatives)?));
            }
        }
        Ok(())
    }

    /// How often the part before may come.
    fn times(&mut self) -> Result<(u32, Option<u32>), Fault> {
        match self.next()? {
            '*' => return Ok((0, None)),
            '+' => return Ok((1, None)),
            '?' => return Ok((0, Some(1))),
            _ => self.space(true),
        }
        let least = self.number()?;
        if least > MOST_TIMES {
            return Err(Fault::TooComplex);
        }
        self.space(true);
        let mut most = Some(least);
        if self.rest.next_if_eq(&',').is_some() {
            self.space(true);
            let given = self.peek().is_some_and(|c| c.is_ascii_digit());
            // As in llama.cpp, a number beyond the limit means any number of times.
            most = if given { Some(self.number()?).filter(|n| *n <= MOST_TIMES) } else { None };
            self.space(true);
        }
        self.expect('}')?;
        if most.is_some_and(|most| most < least) { Err(Fault::Notation) } else { Ok((least, most)) }
    }

    fn number(&mut self) -> Result<u32, Fault> {
        let mut digits = String::new();
        while let Some(c) = self.rest.next_if(char::is_ascii_digit) {
            digits.push(c);
        }
        if digits.is_empty() {
            return Err(Fault::Notation);
        }
        Ok(digits.parse().unwrap_or(u32::MAX))
    }

    /// `<text>` or `<[number]>` behind its `<`: the text of a mark of the model.
    fn token(&mut self) -> Result<String, Fault> {
        if self.rest.next_if_eq(&'[').is_some() {
            let number = self.number()?;
            self.expect(']')?;
            self.expect('>')?;
            return (self.mark)(number).ok_or(Fault::Missing);
        }
        let mut mark = "<".to_owned();
        while !mark.ends_with('>') {
            mark.push(self.next()?);
        }
        Ok(mark)
    }

    fn class(&mut self) -> Result<Symbol, Fault> {
        let negated = self.rest.next_if_eq(&'^').is_some();
        let mut ranges = Vec::new();
        while self.peek() != Some(']') {
            let first = self.character()?;
            let mut ahead = self.rest.clone();
            let ranged = ahead.next() == Some('-') && ahead.next().is_some_and(|c| c != ']');
            let last = if ranged {
                self.next()?;
                self.character()?
            } else {
                first
            };
            if first <= last {
                ranges.push((first, last));
            }
        }
        self.next()?;
        let ranges = if negated { others(ranges) } else { ranges };
        self.rules.characters(&ranges)
    }

    /// A character of a literal or class, with its escapes.
    fn character(&mut self) -> Result<char, Fault> {
        let c = self.next()?;
        if c != '\\' {
            return Ok(c);
        }
        Ok(match self.next()? {
            'x' => self.hexadecimal(2)?,
            'u' => self.hexadecimal(4)?,
            'U' => self.hexadecimal(8)?,
            't' => '\t',
            'r' => '\r',
            'n' => '\n',
            c @ ('\\' | '"' | '[' | ']' | '-' | '^') => c,
            _ => return Err(Fault::Notation),
        })
    }

    fn hexadecimal(&mut self, digits: usize) -> Result<char, Fault> {
        let mut number = 0u32;
        for _ in 0..digits {
            let digit = self.next()?.to_digit(16).ok_or(Fault::Notation)?;
            number = number.wrapping_mul(16).wrapping_add(digit);
        }
        // Half of a surrogate pair is no character; texts never hold one.
        Ok(char::from_u32(number).unwrap_or(char::MAX))
    }
}

fn text(text: &str, whole: &mut Vec<Symbol>) {
    whole.extend(text.bytes().map(|byte| Symbol::Bytes(byte, byte)));
}

/// Every character outside of these ranges.
fn others(mut ranges: Vec<(char, char)>) -> Vec<(char, char)> {
    ranges.sort_unstable();
    let mut outside = Vec::new();
    let mut next = Some('\0');
    for (first, last) in ranges {
        let Some(from) = next else { break };
        if first > from
            && let Some(before) = (from..first).next_back()
        {
            outside.push((from, before));
        }
        next = if last >= from { (last..=char::MAX).nth(1) } else { next };
    }
    outside.extend(next.map(|from| (from, char::MAX)));
    outside
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(text: &str) -> Option<Fault> {
        parse(text, |_| None).err()
    }

    #[test]
    fn what_is_no_grammar_is_refused() {
        for text in [
            "root ::= \"a",
            "root ::= [a-z",
            "root ::= (\"a\"",
            "root = \"a\"",
            "root ::= *",
            "root ::= \"a\"{2",
            "root ::= \"a\"{3,1}",
            "root ::= \"\\q\"",
            "root ::= \"\\x1\"",
            "root ::= \"a\" )",
            "::= \"a\"",
        ] {
            assert_eq!(fault(text), Some(Fault::Notation), "{text}");
        }
        assert_eq!(fault("root ::= other"), Some(Fault::Missing));
        assert_eq!(fault("other ::= \"a\""), Some(Fault::Missing));
        assert_eq!(fault(""), Some(Fault::Missing));
        assert_eq!(fault("root ::= <[99]>"), Some(Fault::Missing));
    }

    #[test]
    fn hostile_grammars_are_too_complex_and_end_nothing() {
        let deep = format!("root ::= {}\"a\"{}", "(".repeat(50_000), ")".repeat(50_000));
        assert_eq!(fault(&deep), Some(Fault::TooComplex));
        assert_eq!(fault(&"root ::= \"a\"\n".repeat(100_000)), Some(Fault::TooComplex));
        assert_eq!(fault("root ::= \"a\"{3000}"), Some(Fault::TooComplex));
        let long = "\"abcdefgh\"{2000} ".repeat(50);
        assert_eq!(fault(&format!("root ::= {long}")), Some(Fault::TooComplex));
    }

    #[test]
    fn rules_that_begin_with_themselves_are_refused() {
        assert_eq!(fault("root ::= root \"a\" | \"b\""), Some(Fault::LeftRecursion));
        let far = "root ::= one \"a\"\none ::= two?  three\ntwo ::= \"x\"\nthree ::= root \"y\"";
        assert_eq!(fault(far), Some(Fault::LeftRecursion));
        assert_eq!(fault("root ::= \"a\" root | \"b\""), None);
        assert_eq!(fault("root ::= (\"a\"?)* \"b\""), None);
    }

    #[test]
    fn all_but_some_characters_is_the_rest_without_a_gap() {
        assert_eq!(others(vec![]), [('\0', char::MAX)]);
        assert_eq!(others(vec![('b', 'd'), ('c', 'c')]), [('\0', 'a'), ('e', char::MAX)]);
        assert_eq!(others(vec![('\0', char::MAX)]), []);
    }
}
