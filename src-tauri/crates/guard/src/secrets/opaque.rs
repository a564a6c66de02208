//! Values that nothing names but that look drawn: the whole text is one, or a line gives one to a
//! name that says nothing about hashes, numbers or versions. The last resort, and a narrow one.

use data_encoding::BASE64;
use regex::Regex;

use super::{
    Hit,
    judge::{entropy, is_hex, is_token, is_uuid},
};
use crate::pattern::{Words, compile};

#[derive(Debug)]
pub(super) struct Opaque {
    line: Regex,
    names: Words,
}

impl Opaque {
    pub(super) fn new() -> Self {
        Self {
            line: compile(
                r#"^[ \t]*(?:([A-Za-z][\w .-]{0,30})[ \t]*[:=][ \t]*)?["']?([A-Za-z0-9_+/=.~|%-]{24,200})["']?[ \t]*[,;]?$"#,
            ),
            names: Words::new(
                "id|uuid|guid|hash|sha\\d*|md5|checksum|digest|etag|integrity|commit|rev(?:ision)?|version|trace|span|request_id|\
                 file|path|url|uri|link|href|src|image|name|title|public|fingerprint|nonce|block|address|signature|resolved|h1|\
                 import|package|class|module|schema|data|body|content|client_id|ref",
                "_id",
            ),
        }
    }

    pub(super) fn find(&self, text: &str, hits: &mut Vec<Hit>) {
        let mut from = 0;
        for line in text.split_inclusive('\n') {
            let start = from;
            from += line.len();
            let line = line.trim_end();
            if line.len() > 260 || !may_be_value(line) {
                continue;
            }
            let last =
                line.rsplit([' ', '\t', '=', ':']).find(|it| !it.is_empty()).unwrap_or_default();
            if last.len() < 8 {
                continue;
            }
            let Some(found) = self.line.captures(line) else { continue };
            let (name, Some(value)) = (found.get(1), found.get(2)) else { continue };
            // A line of armour, of a lock file, of base64: others stand around it.
            let lone = name.is_some() || text.trim().len() == value.as_str().len();
            let harmless = name.is_some_and(|name| self.names.stand_in(name.as_str()));
            if lone && !harmless && is_drawn(value.as_str()) {
                let (start, end) = (start + value.start(), start + value.end());
                hits.push(Hit { start, end, rule: "secret.opaque", score: 0.6 });
            }
        }
    }
}

/// A quick look whether a line ends in letters enough for a value, with nothing but a name before it.
fn may_be_value(line: &str) -> bool {
    let line = line.strip_suffix([',', ';']).unwrap_or(line).trim_end_matches([' ', '\t']);
    let line = line.strip_suffix(['"', '\'']).unwrap_or(line);
    let belongs = |byte: &u8| byte.is_ascii_alphanumeric() || b"_+/=.~|%-".contains(byte);
    let length = line.bytes().rev().take_while(belongs).count();
    let (before, value) = line.split_at(line.len() - length);
    let before = before.strip_suffix(['"', '\'']).unwrap_or(before);
    let before = before.trim_end_matches([' ', '\t']);
    length >= 24 && (value.contains('=') || before.is_empty() || before.ends_with([':', '=']))
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

    proptest! {
        #[test]
        fn the_quick_look_lets_every_line_of_the_form_pass(
            line in r#"[ \t]{0,2}([A-Za-z][a-zé .-]{0,8}[ \t]{0,2}[:=]?[ \t]{0,2})?["']?[A-Za-z0-9_+/=.~|%-]{20,40}["']?[ \t]?[,;]?"#
        ) {
            let line = line.trim_end();
            prop_assert!(!OPAQUE.line.is_match(line) || may_be_value(line), "{line}");
        }
    }
}
