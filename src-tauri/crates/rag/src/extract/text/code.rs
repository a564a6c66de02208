//! Source code of any language: blocks between empty lines, each under the function or type that it
//! belongs to. Told by indentation and by the words that languages begin definitions with, not by a
//! grammar: a grammar for each language costs more than it adds to finding (decision 0027).

use super::{block, lines};
use crate::document::{Block, BlockKind};

/// Words before the name of what is defined.
const WORDS: &[&str] = &[
    "fn",
    "def",
    "class",
    "function",
    "func",
    "fun",
    "struct",
    "enum",
    "trait",
    "impl",
    "interface",
    "module",
    "mod",
    "namespace",
    "type",
    "record",
    "object",
    "protocol",
    "extension",
    "macro_rules!",
    "sub",
    "proc",
    "procedure",
    "package",
    "contract",
    "message",
    "service",
    "CREATE TABLE",
    "create table",
];
/// Words that may stand before those.
const BEFORE: &[&str] = &[
    "pub",
    "pub(crate)",
    "pub(super)",
    "async",
    "unsafe",
    "extern",
    "export",
    "default",
    "public",
    "private",
    "protected",
    "internal",
    "static",
    "final",
    "abstract",
    "override",
    "virtual",
    "inline",
    "const",
    "sealed",
    "partial",
    "open",
    "data",
    "case",
    "local",
    "suspend",
    "readonly",
    "declare",
];

/// A definition that is open, by its indentation.
struct Open {
    indent: usize,
    name: String,
}

pub(super) fn blocks(text: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut open: Vec<Open> = Vec::new();
    let mut piece = Piece::default();
    for (at, line) in lines(text) {
        if line.trim().is_empty() {
            piece.blank = true;
            continue;
        }
        let indent = indentation(line);
        let defined = definition(line.trim());
        let closing = line.trim_start().starts_with(['}', ')', ']']);
        let top = piece.blank && indent == 0 && !closing;
        if top || (piece.blank && defined.is_some()) || piece.is_long(at) {
            blocks.extend(piece.take(text, at));
        }
        if let Some(name) = defined {
            open.retain(|it| it.indent < indent);
            open.push(Open { indent, name });
            piece.symbol = piece.symbol.take().or_else(|| Some(path(&open)));
        } else if piece.symbol.is_none() && indent > 0 {
            let around: Vec<&Open> = open.iter().filter(|it| it.indent < indent).collect();
            piece.around = around.last().map(|_| path(&open)).or(piece.around.take());
        }
        piece.blank = false;
    }
    blocks.extend(piece.take(text, text.len()));
    blocks
}

/// The block that is being read.
#[derive(Default)]
struct Piece {
    start: usize,
    symbol: Option<String>,
    around: Option<String>,
    blank: bool,
}

impl Piece {
    /// Code that nothing divides is divided anyway, at an empty line.
    fn is_long(&self, at: usize) -> bool {
        self.blank && at - self.start > 4_000
    }

    fn take(&mut self, text: &str, end: usize) -> Option<Block> {
        let symbol = self.symbol.take().or_else(|| self.around.take());
        let made = block(text, self.start, end, BlockKind::Code { symbol });
        self.start = end;
        self.around = None;
        made
    }
}

fn path(open: &[Open]) -> String {
    let names: Vec<&str> = open.iter().rev().take(3).map(|it| it.name.as_str()).collect();
    names.into_iter().rev().collect::<Vec<_>>().join(".")
}

fn indentation(line: &str) -> usize {
    let blank = line.chars().take_while(|it| matches!(it, ' ' | '\t'));
    blank.map(|it| if it == '\t' { 4 } else { 1 }).sum()
}

/// The name that a line defines.
fn definition(line: &str) -> Option<String> {
    let mut rest = line;
    while let Some((word, after)) = rest.split_once(' ') {
        if !BEFORE.contains(&word) {
            break;
        }
        rest = after.trim_start();
    }
    let after = WORDS.iter().find_map(|word| {
        let after = rest.strip_prefix(word)?;
        after.starts_with([' ', '<', '(']).then_some(after)
    });
    match after {
        Some(after) => name(after),
        None => called(rest),
    }
}

/// The first name in what follows a word of definition: `<T> Thing<T>`, ` (r *Thing) run(`.
fn name(after: &str) -> Option<String> {
    let mut rest = after.trim_start();
    for (open, close) in [('<', '>'), ('(', ')')] {
        if rest.starts_with(open) {
            rest = rest.split_once(close)?.1.trim_start();
        }
    }
    let letter = |it: &char| it.is_alphanumeric() || matches!(it, '_' | ':' | '$' | '.');
    let name: String = rest.chars().take_while(letter).take(80).collect();
    let name = name.trim_matches([':', '.']);
    (!name.is_empty()).then(|| name.to_owned())
}

/// `int main(int argc) {`, `run(first) {`, `const run = (first) => {`: languages without a word.
fn called(line: &str) -> Option<String> {
    const FLOW: &[&str] =
        &["if", "for", "while", "switch", "catch", "return", "else", "do", "match"];
    if !line.ends_with('{') {
        return None;
    }
    if line.ends_with("=> {") {
        let (left, _) = line.split_once('=')?;
        return name(left.trim_end().rsplit(' ').next()?);
    }
    let (before, _) = line.split_once('(')?;
    let first = before.split([' ', '(']).next()?;
    let plain = |it: char| it.is_alphanumeric() || " _:<>*&~,[]$".contains(it);
    if FLOW.contains(&first) || before.starts_with('}') || !before.chars().all(plain) {
        return None;
    }
    name(before.trim_end().rsplit([' ', '*', '&']).next()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn symbols(text: &str) -> Vec<(String, Option<String>)> {
        let symbol = |it: Block| match it.kind {
            BlockKind::Code { symbol } => (text[it.span.range()].to_owned(), symbol),
            other => panic!("{other:?}"),
        };
        blocks(text).into_iter().map(symbol).collect()
    }

    #[test]
    fn blocks_know_what_they_define_and_what_they_stand_in() {
        let text = "import os\n\nclass Tide:\n    \"\"\"Doc.\"\"\"\n\n    def rise(self):\n        a = 1\n\n        \
            return a\n\n    def fall(self):\n        pass\n\ndef main():\n    pass\n";
        let found: Vec<_> = symbols(text).into_iter().map(|it| it.1).collect();
        let expected = [None, Some("Tide"), Some("Tide.rise"), Some("Tide.fall"), Some("main")];
        assert_eq!(found, expected.map(|it| it.map(str::to_owned)));
    }

    #[test]
    fn definitions_are_told_from_calls_and_branches() {
        for (line, name) in [
            ("pub(crate) async fn read<T>(x: T) -> T {", Some("read")),
            ("impl<T> Reader<T> for File {", Some("Reader")),
            ("func (s *Server) Run(ctx context.Context) error {", Some("Run")),
            ("static int main(int argc, char **argv) {", Some("main")),
            ("export const run = async (first) => {", Some("run")),
            ("public class Harbour extends Place {", Some("Harbour")),
            ("if (a) {", None),
            ("} else if (b) {", None),
            ("return call(x);", None),
            ("let fnord = 1;", None),
        ] {
            assert_eq!(definition(line).as_deref(), name, "{line}");
        }
    }
}
