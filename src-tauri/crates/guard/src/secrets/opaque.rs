//! Values that nothing names but that look drawn: the whole text is one, or a line gives one to a
//! name that says nothing about hashes, numbers or versions. The last resort, and a narrow one.

use std::ops::{Range, RangeInclusive};

use data_encoding::BASE64;
use regex::Regex;

use super::{
    Hit,
    judge::{entropy, is_hex, is_token, is_uuid},
};
use crate::{
    bits,
    pattern::{Words, compile},
};

/// Letters of a value, and letters of a name after the first.
const VALUE: RangeInclusive<usize> = 24..=200;
const NAME: usize = 30;
/// Bytes of a line; longer ones are data.
const LINE: usize = 260;

#[derive(Debug)]
pub(super) struct Opaque {
    /// What goes on with a name.
    inner: Regex,
    names: Words,
}

/// What a line gives, and its name where it has one.
type Given<'a> = (Option<&'a str>, Range<usize>);

impl Opaque {
    pub(super) fn new() -> Self {
        Self {
            inner: compile(r"^[\w .-]*"),
            names: Words::new(
                "id|uuid|guid|hash|sha\\d*|md5|checksum|digest|etag|integrity|commit|rev(?:ision)?|version|trace|span|request_id|\
                 file|path|url|uri|link|href|src|image|name|title|public|fingerprint|nonce|block|address|signature|resolved|h1|\
                 import|package|class|module|schema|data|body|content|client_id|ref",
                "_id",
            ),
        }
    }

    pub(super) fn find(&self, text: &str, hits: &mut Vec<Hit>) {
        let mut read = 0;
        for run in bits::runs(text.as_bytes(), *VALUE.start(), |byte| byte.is_ascii_graphic()) {
            // A line may have several runs.
            if run.start < read {
                continue;
            }
            let start = text[..run.start].rfind('\n').map_or(0, |at| at + 1);
            read = text[run.end..].find('\n').map_or(text.len(), |at| run.end + at);
            let line = text[start..read].trim_end();
            if line.len() > LINE || !may_be_value(line) {
                continue;
            }
            let last =
                line.rsplit([' ', '\t', '=', ':']).find(|it| !it.is_empty()).unwrap_or_default();
            if last.len() < 8 {
                continue;
            }
            let Some((name, value)) = self.given(line) else { continue };
            let written = &line[value.clone()];
            // A line of armour, of a lock file, of base64: others stand around it.
            let lone = name.is_some() || text.trim().len() == written.len();
            let harmless = name.is_some_and(|name| self.names.stand_in(name));
            if lone && !harmless && is_drawn(written) {
                let (start, end) = (start + value.start, start + value.end);
                hits.push(Hit { start, end, rule: "secret.opaque", score: 0.6 });
            }
        }
    }

    /// The value that a line consists of, in quotation marks or not, perhaps given to a name.
    fn given<'a>(&self, line: &'a str) -> Option<Given<'a>> {
        let start = line.len() - line.trim_start_matches(BLANK).len();
        self.named(line, start).or_else(|| Some((None, value(line, start)?)))
    }

    fn named<'a>(&self, line: &'a str, start: usize) -> Option<Given<'a>> {
        let sign = start + line[start..].find([':', '='])?;
        let before = &line[start..sign];
        let inner = before.strip_prefix(|letter: char| letter.is_ascii_alphabetic())?;
        let inner = &inner[self.inner.find(inner)?.range()];
        let length = inner.char_indices().nth(NAME).map_or(inner.len(), |(at, _)| at);
        let (name, blank) = before.split_at(1 + length);
        let after = line[sign + 1..].trim_start_matches(BLANK);
        let value = value(line, line.len() - after.len())?;
        blank.trim_matches(BLANK).is_empty().then_some((Some(name), value))
    }
}

/// What may stand around a sign.
const BLANK: [char; 2] = [' ', '\t'];

/// The value from here to the end of a line.
fn value(line: &str, from: usize) -> Option<Range<usize>> {
    const QUOTES: [char; 2] = ['"', '\''];
    let quoted = &line[from..];
    let rest = quoted.strip_prefix(QUOTES).unwrap_or(quoted);
    let start = line.len() - rest.len();
    let length = rest.bytes().take_while(|byte| is_of_value(*byte)).count();
    let after = &rest[length..];
    let after = after.strip_prefix(QUOTES).unwrap_or(after).trim_start_matches(BLANK);
    let ended = matches!(after, "" | "," | ";");
    (ended && VALUE.contains(&length)).then_some(start..start + length)
}

fn is_of_value(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || matches!(byte, b'_' | b'+' | b'/' | b'=' | b'.' | b'~' | b'|' | b'%' | b'-')
}

/// A quick look whether a line ends in letters enough for a value, with nothing but a name before it.
fn may_be_value(line: &str) -> bool {
    let line = line.strip_suffix([',', ';']).unwrap_or(line).trim_end_matches([' ', '\t']);
    let line = line.strip_suffix(['"', '\'']).unwrap_or(line);
    let length = line.bytes().rev().take_while(|byte| is_of_value(*byte)).count();
    let (before, value) = line.split_at(line.len() - length);
    let before = before.strip_suffix(['"', '\'']).unwrap_or(before);
    let before = before.trim_end_matches([' ', '\t']);
    length >= *VALUE.start()
        && (value.contains('=') || before.is_empty() || before.ends_with([':', '=']))
}

/// Base64 of a sentence: encoded, not drawn.
fn is_sentence(value: &str) -> bool {
    let body = value.trim_end_matches('=');
    let whole = body.get(..body.len() / 4 * 4).unwrap_or_default();
    BASE64.decode(whole.as_bytes()).is_ok_and(|bytes| {
        let letter = |byte: &&u8| byte.is_ascii_alphabetic() || b" ,.\n'".contains(byte);
        bytes.len() > 12 && bytes.iter().filter(letter).count() * 10 > bytes.len() * 9
    })
}

fn is_drawn(value: &str) -> bool {
    let digits = value.bytes().filter(u8::is_ascii_digit).count();
    // Keys that are made to be shown.
    let public = [
        "pk_", "pk.", "pub", "age1", "npub", "sq0idp", "phc_", "AAAA", "0x", "acct_", "xpub",
        "ssh-",
    ];
    if public.iter().any(|it| value.starts_with(it)) {
        return false;
    }
    !is_sentence(value)
        && is_token(value)
        && !is_hex(value)
        && !is_uuid(value)
        && digits >= 3
        && entropy(value) > 3.6
        && !value.contains("//")
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use proptest::prelude::*;

    use super::*;

    static OPAQUE: LazyLock<Opaque> = LazyLock::new(Opaque::new);
    /// The whole line as one pattern: what is to be found, only slower.
    static LINE: LazyLock<Regex> = LazyLock::new(|| {
        compile(
            r#"^[ \t]*(?:([A-Za-z][\w .-]{0,30})[ \t]*[:=][ \t]*)?["']?([A-Za-z0-9_+/=.~|%-]{24,200})["']?[ \t]*[,;]?$"#,
        )
    });

    proptest! {
        #[test]
        fn the_quick_look_lets_every_line_of_the_form_pass(
            line in r#"[ \t]{0,2}([A-Za-z][a-zé .-]{0,8}[ \t]{0,2}[:=]?[ \t]{0,2})?["']?[A-Za-z0-9_+/=.~|%-]{20,40}["']?[ \t]?[,;]?"#
        ) {
            let line = line.trim_end();
            prop_assert!(OPAQUE.given(line).is_none() || may_be_value(line), "{line}");
        }

        #[test]
        fn a_line_gives_what_a_pattern_says(
            line in r#"[ \t]{0,2}(?:[A-Za-z][a-zé² .-]{0,8}|[a-z é]{28,33}|)[ \t]{0,2}[:=]{0,2}[ \t]{0,2}["']?(?:[A-Za-z0-9_+/=.~|%-]{20,30}|[a-z=]{198,202})["']?[ \t]?[,;]?"#
        ) {
            let matched = LINE.captures(&line).map(|it| {
                (it.get(1).map(|name| name.as_str()), it.get(2).unwrap().range())
            });
            prop_assert_eq!(OPAQUE.given(&line), matched);
        }
    }
}
