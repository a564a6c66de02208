//! The `Exec` line of desktop entries: words that are quoted, in a value that is escaped, with marks
//! that stand for files. Both ways, as the specification of desktop entries has it.

/// Characters that a word may have without quotes.
fn is_plain(c: char) -> bool {
    !(c.is_whitespace() || "\"'\\><~|&;$*?#()`".contains(c))
}

/// Writes words as one line.
pub(super) fn line(words: &[String]) -> String {
    let quoted: Vec<_> = words.iter().map(|word| quoted(word)).collect();
    // The value as a whole is escaped once more, like every text of such a file.
    quoted.join(" ").replace('\\', r"\\")
}

fn quoted(word: &str) -> String {
    let word = word.replace('%', "%%");
    if !word.is_empty() && word.chars().all(is_plain) {
        return word;
    }
    let mut text = String::from("\"");
    for c in word.chars() {
        if "\"`$\\".contains(c) {
            text.push('\\');
        }
        text.push(c);
    }
    text + "\""
}

/// Reads the words of a line; marks that stand for files are left out, since there are none.
pub(super) fn words(value: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut inside = false;
    let value = unescaped(value);
    let mut rest = value.chars();
    while let Some(c) = rest.next() {
        match c {
            '"' => {
                inside = !inside;
                word.get_or_insert_default();
            }
            '\\' if inside => word.get_or_insert_default().extend(rest.next()),
            '%' => match rest.next() {
                Some('%') => word.get_or_insert_default().push('%'),
                _ => continue,
            },
            c if c.is_whitespace() && !inside => words.extend(word.take()),
            c => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    words
}

/// A value as it was before it was escaped.
fn unescaped(value: &str) -> String {
    let mut text = String::with_capacity(value.len());
    let mut rest = value.chars();
    while let Some(c) = rest.next() {
        if c != '\\' {
            text.push(c);
            continue;
        }
        match rest.next() {
            Some('s') => text.push(' '),
            Some('n') => text.push('\n'),
            Some('t') => text.push('\t'),
            Some('r') => text.push('\r'),
            Some('\\') | None => text.push('\\'),
            Some(other) => text.extend(['\\', other]),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_words_stay_plain_and_others_are_quoted_as_the_specification_says() {
        let line =
            |words: &[&str]| line(&words.iter().map(ToString::to_string).collect::<Vec<_>>());
        assert_eq!(line(&["/usr/bin/hearth", "--hidden"]), "/usr/bin/hearth --hidden");
        assert_eq!(line(&["/my apps/hearth"]), r#""/my apps/hearth""#);
        assert_eq!(line(&["/a$b"]), r#""/a\\$b""#);
        assert_eq!(line(&[r"/a\b"]), r#""/a\\\\b""#);
        assert_eq!(line(&["/50%"]), "/50%%");
        assert_eq!(line(&[""]), r#""""#);
    }

    #[test]
    fn whatever_is_written_is_read_as_it_was() {
        let all =
            ["/a b", "it's", "say \"x\"", r"back\slash \s \n", "50% %u", "$HOME`id`", "", "ü 中"];
        let words_in: Vec<_> = all.iter().map(ToString::to_string).collect();
        assert_eq!(words(&line(&words_in)), words_in);
    }

    #[test]
    fn entries_of_others_are_read_too() {
        assert_eq!(words("hearth %U --hidden"), ["hearth", "--hidden"]);
        assert_eq!(words("  hearth   a\\sb "), ["hearth", "a", "b"]);
        assert_eq!(words(r#""/open quote"#), ["/open quote"]);
        assert!(words("").is_empty());
    }
}
