//! The title of a conversation until a person gives it one: what the first question begins with,
//! without its Markdown and without a greeting.

/// Characters of a title.
const CHARACTERS: usize = 60;
/// A first sentence with fewer characters says too little.
const SENTENCE: usize = 12;

/// Words that people begin with and that say nothing, in the languages of Hearth.
const GREETINGS: &[&str] = &[
    "hi there",
    "hello there",
    "hey there",
    "hi",
    "hello",
    "hey",
    "good morning",
    "good evening",
    "good afternoon",
    "hallo",
    "guten morgen",
    "guten tag",
    "guten abend",
    "moin",
    "servus",
    "bonjour",
    "bonsoir",
    "salut",
    "hola",
    "buenos días",
    "buenas tardes",
    "buenas noches",
    "مرحبا",
    "السلام عليكم",
    "أهلا",
    "你好",
    "您好",
    "早上好",
];

/// Makes one from a question; empty where the question has nothing to show.
pub(super) fn title(text: &str) -> String {
    let lines: Vec<_> = text.lines().filter_map(line).collect();
    let told = lines.iter().map(|line| without_greeting(line)).find(|line| !line.is_empty());
    let line = told.or_else(|| lines.first().map(String::as_str)).unwrap_or_default();
    cut(sentence(line))
}

/// A line as it reads without Markdown; nothing where only marks are left.
fn line(line: &str) -> Option<String> {
    let line = line.trim();
    if line.starts_with("```") || line.starts_with("~~~") {
        return None;
    }
    let line = line.trim_start_matches(['#', '>', '-', '*', '+', ' ', '\t']);
    let numbered = line.trim_start_matches(|c: char| c.is_ascii_digit());
    let line = numbered.strip_prefix(". ").filter(|_| numbered != line).unwrap_or(line);
    let mut shown = String::new();
    let mut rest = line;
    while let Some((before, link)) = rest.split_once('[') {
        // A link shows its text, not its address.
        let Some((label, after)) = link
            .split_once("](")
            .and_then(|(label, after)| Some((label, after.split_once(')')?.1)))
        else {
            break;
        };
        shown.push_str(before.strip_suffix('!').unwrap_or(before));
        shown.push_str(label);
        rest = after;
    }
    shown.push_str(rest);
    let kept: String = shown
        .replace("**", "")
        .replace("__", "")
        .chars()
        .filter(|c| *c != '`')
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    let kept = kept.split_whitespace().collect::<Vec<_>>().join(" ");
    kept.chars().any(char::is_alphanumeric).then_some(kept)
}

/// What follows a greeting; the line itself where it begins with none, nothing where it is one.
fn without_greeting(line: &str) -> &str {
    let marks = |c: char| c.is_whitespace() || ",.!;:、，。！".contains(c);
    for greeting in GREETINGS {
        let end = greeting.chars().count();
        let Some(at) = line
            .char_indices()
            .nth(end)
            .map(|(at, _)| at)
            .or_else(|| (line.chars().count() == end).then_some(line.len()))
        else {
            continue;
        };
        let (begin, rest) = line.split_at(at);
        let whole = rest.chars().next().is_none_or(marks) || !greeting.is_ascii();
        if whole && begin.to_lowercase() == *greeting {
            return rest.trim_start_matches(marks);
        }
    }
    line
}

/// The first sentence, where it says enough.
fn sentence(line: &str) -> &str {
    let mut seen = 0;
    let mut chars = line.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        seen += 1;
        let next = chars.peek().map(|(_, next)| *next);
        let wide = "。！？".contains(c);
        let ends = wide || ".!?".contains(c) && next.is_none_or(char::is_whitespace);
        if ends && (seen >= SENTENCE || wide) {
            let stop = if ".。".contains(c) { at } else { at + c.len_utf8() };
            return &line[..stop];
        }
    }
    line
}

/// Cut at a word.
fn cut(line: &str) -> String {
    let mut title: String = line.chars().take(CHARACTERS).collect();
    if line.chars().count() > CHARACTERS {
        if let Some(space) = title.rfind(' ').filter(|at| *at > title.len() / 2) {
            title.truncate(space);
        }
        title.push('…');
    }
    title
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_is_the_first_line_cut_at_a_word() {
        assert_eq!(title("\n  What is love \nmore"), "What is love");
        let long = title(&"word ".repeat(40));
        assert!(long.ends_with("word…") && long.chars().count() <= 61, "{long}");
        assert_eq!(title(&"x".repeat(100)).chars().count(), 61);
        assert_eq!(title(" \n\n"), "");
    }

    #[test]
    fn markdown_does_not_show() {
        assert_eq!(title("## **Plan** for `main.rs`"), "Plan for main.rs");
        assert_eq!(title("- see [the page](https://example.org/a_b) first"), "see the page first");
        assert_eq!(title("```rust\nfn main() {}\n```\nWhy does it fail?"), "fn main() {}");
        assert_eq!(title("1. Buy milk"), "Buy milk");
        assert_eq!(title("3.14 is what number?"), "3.14 is what number?");
        assert_eq!(title("---\n***\nText"), "Text");
    }

    #[test]
    fn a_greeting_is_not_what_it_is_about() {
        assert_eq!(title("Hi, can you explain lifetimes?"), "can you explain lifetimes?");
        assert_eq!(title("Guten Tag!\n\nMein Drucker druckt nicht."), "Mein Drucker druckt nicht");
        assert_eq!(title("你好，天气怎么样？"), "天气怎么样？");
        assert_eq!(title("Hello"), "Hello");
        assert_eq!(title("History of Rome"), "History of Rome");
        assert_eq!(title("Hippos are large"), "Hippos are large");
    }

    #[test]
    fn it_ends_with_the_first_sentence_where_that_says_enough() {
        assert_eq!(title("Write a short poem. It should rhyme and be sad."), "Write a short poem");
        assert_eq!(title("Why is the sky blue? And the sea?"), "Why is the sky blue?");
        assert_eq!(title("Dr. Smith wrote to me"), "Dr. Smith wrote to me");
    }
}
