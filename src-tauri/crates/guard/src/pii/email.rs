//! Addresses of mail, also with the at sign and the dots written out. Not addresses: names of
//! packages and images, places on servers (`git@host:path`), credentials in a link.

use regex::Regex;

use super::{Hit, taken::Taken};
use crate::pattern::{after, before, compile, letter_at, letter_before};

const LOCAL: &str = r"[A-Za-z0-9\u{c0}-\u{24f}][A-Za-z0-9\u{c0}-\u{24f}._%+'\-]{0,63}";
const LABEL: &str =
    r"[A-Za-z0-9\u{c0}-\u{24f}](?:[A-Za-z0-9\u{c0}-\u{24f}\-]{0,61}[A-Za-z0-9\u{c0}-\u{24f}])?";

/// Endings that make a name of a file, not of a host.
const FILES: &[&str] = &[
    "png", "jpg", "jpeg", "gif", "svg", "webp", "ico", "css", "js", "mjs", "ts", "tsx", "jsx",
    "json", "html", "htm", "xml", "yml", "yaml", "toml", "lock", "txt", "log", "py", "rs", "go",
    "java", "php", "cpp", "exe", "dll", "pdf", "tgz", "whl", "gguf", "bin", "bak", "tmp", "conf",
];

/// Words before a written-out "at" that make it a place rather than a name.
const VERBS: &[&str] = &[
    "look",
    "is",
    "are",
    "was",
    "be",
    "stay",
    "visit",
    "shop",
    "meet",
    "work",
    "works",
    "arrive",
    "available",
    "hosted",
    "found",
    "see",
    "live",
    "me",
    "us",
    "it",
    "buy",
    "read",
];

/// A name has so many bytes at most, a disguised sign with a host after it so many.
const NAME: usize = 4 * 64;
const HOST: usize = 2048;

/// Names have no sign in them: each sign has one name at most, the letters right before it. So signs
/// are looked for, and names and hosts only around them.
#[derive(Debug)]
pub(super) struct Email {
    name: Regex,
    host: Regex,
    sign: Regex,
    disguised_name: Regex,
    disguised_host: Regex,
    hint: Regex,
}

impl Email {
    pub(super) fn new() -> Self {
        let open = r"\s{0,2}[\[({<]\s?";
        let close = r"\s?[\])}>]\s{0,2}";
        let at = format!(
            r"(?:{open}(?:at|@|ät|arroba|arobase|chez){close}|\s(?:at|AT|arroba)\s|\s@\s?|@\s)"
        );
        let dot = format!(
            r"(?:{open}(?:dot|punkt|punto|point|ponto|\.){close}|\s(?:dot|punkt|punto)\s|\.)"
        );
        let host = format!(r"(?:{LABEL}){dot}(?:{LABEL}{dot}){{0,4}}[a-z]{{2,24}}");
        Self {
            name: compile(&format!("{LOCAL}$")),
            host: compile(&format!(r"^@(?:{LABEL}\.){{1,8}}[A-Za-z]{{2,24}}")),
            sign: compile(&format!("(?i){at}")),
            disguised_name: compile(&format!("(?i){LOCAL}$")),
            disguised_host: compile(&format!("(?i)^{at}({host})")),
            hint: compile(
                r"(?i)[\[({<]\s?(?:at|ät|arroba|arobase|chez)\s?[\])}>]|\s(?:at|arroba)\s\S+[^.]{0,3}(?:dot|punkt|punto)\W",
            ),
        }
    }

    pub(super) fn find(&self, text: &str, hits: &mut Vec<Hit>) {
        let plain = text.contains('@');
        if plain {
            self.plain(text, hits);
        }
        if self.sign.is_match(text) && (plain || self.hint.is_match(text)) {
            self.disguised(text, hits);
        }
    }

    fn plain(&self, text: &str, hits: &mut Vec<Hit>) {
        let mut from = 0;
        for (sign, _) in text.match_indices('@') {
            let Some(start) = name_before(&self.name, text, from, sign) else { continue };
            let Some(host) = self.host.find(after(text, sign, HOST)) else { continue };
            from = sign + host.end();
            hits.extend(plain(text, start, from));
        }
    }

    fn disguised(&self, text: &str, hits: &mut Vec<Hit>) {
        let mut taken = Taken::of(hits);
        let (mut from, mut at) = (0, 0);
        while let Some(sign) = self.sign.find_at(text, at).map(|it| it.start()) {
            at = sign + text[sign..].chars().next().map_or(1, char::len_utf8);
            let Some(start) = name_before(&self.disguised_name, text, from, sign) else { continue };
            let host = self.disguised_host.captures(after(text, sign, HOST));
            let Some(host) = host.and_then(|it| it.get(1)) else { continue };
            let (local, between) = (&text[start..sign], &text[sign..sign + host.start()]);
            from = sign + host.end();
            at = at.max(from);
            let (rule, label) = ("pii.email_disguised", "EMAIL_ADDRESS");
            let hit = Hit { start, end: from, rule, label, score: 0.8 };
            if is_disguised(local, between, host.as_str()) && taken.take(&hit) {
                hits.push(hit);
            }
        }
    }
}

/// Where the name that ends at a sign begins, not before `from`.
fn name_before(name: &Regex, text: &str, from: usize, sign: usize) -> Option<usize> {
    let window = before(text, sign, NAME.min(sign - from));
    name.find(window).map(|found| sign - window.len() + found.start())
}

fn plain(text: &str, start: usize, end: usize) -> Option<Hit> {
    let found = text.get(start..end)?;
    let (local, host) = found.split_once('@')?;
    let ending = host.rsplit('.').next()?.to_ascii_lowercase();
    let next = letter_at(text, end);
    let after = next.map_or(String::new(), |_| text[end..].chars().take(2).collect());
    // `git@host:path`, a prompt, and a call are places and code. The colon of a sentence is not.
    let place = after.starts_with(':') && !after[1..].starts_with([' ', '\n']) && after.len() > 1;
    let code =
        after.starts_with('(') || next.is_some_and(|it| it.is_ascii_alphanumeric() || it == '_');
    let linked = before(text, start, 120)
        .rsplit(|letter: char| letter.is_whitespace() || matches!(letter, '"' | '\'' | '<' | '('))
        .next()
        .is_some_and(|run| run.contains("://"));
    let glued = matches!(letter_before(text, start), Some('@' | '/'));
    if FILES.contains(&ending.as_str()) || place || code || linked || glued || local.contains("..")
    {
        return None;
    }
    // An apostrophe or a dot at the beginning or before the sign belongs to the sentence.
    let kept = start + (local.len() - local.trim_start_matches(['\'', '.', '-', '%', '+']).len());
    let (rule, label) = ("pii.email", "EMAIL_ADDRESS");
    (!local.ends_with('.')).then_some(Hit { start: kept, end, rule, label, score: 0.95 })
}

/// With brackets around the sign all is clear. With the bare word, the host must write out its dots.
fn is_disguised(local: &str, between: &str, host: &str) -> bool {
    let bracketed = between.contains(['[', '(', '{', '<', '@']);
    let spelled = host.contains([' ', '[', '(', '{']);
    let ending = host.rsplit(['.', ' ', ']', ')', '}']).next().unwrap_or_default();
    let verb = VERBS.contains(&local.to_lowercase().as_str());
    let file = FILES.contains(&ending.to_lowercase().as_str());
    !file && (bracketed || (spelled && !verb))
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use proptest::prelude::*;

    use super::*;

    static EMAIL: LazyLock<Email> = LazyLock::new(Email::new);
    /// The whole address as one pattern: what is to be found, only slower.
    static WHOLE: LazyLock<Regex> =
        LazyLock::new(|| compile(&format!(r"{LOCAL}@(?:{LABEL}\.){{1,8}}[A-Za-z]{{2,24}}")));
    static WHOLE_DISGUISED: LazyLock<Regex> = LazyLock::new(|| {
        let (sign, host) = (EMAIL.sign.as_str(), EMAIL.disguised_host.as_str());
        let host = host.strip_prefix(&format!("(?i)^{}", &sign[4..])).unwrap();
        compile(&format!("(?i)({LOCAL}){}{host}", &sign[4..]))
    });

    proptest! {
        #[test]
        fn addresses_are_found_around_their_sign_as_by_one_pattern(text in "[ab.@é '-]{0,90}") {
            let (mut found, mut whole) = (Vec::new(), Vec::new());
            EMAIL.plain(&text, &mut found);
            whole.extend(WHOLE.find_iter(&text).filter_map(|it| plain(&text, it.start(), it.end())));
            prop_assert_eq!(found, whole);
        }

        #[test]
        fn disguised_addresses_too(text in r"(?:[ab.@é '-]|[\[( ]at[\]) ]| dot |\(dot\)|com){0,30}") {
            let (mut found, mut whole) = (Vec::new(), Vec::new());
            EMAIL.disguised(&text, &mut found);
            for it in WHOLE_DISGUISED.captures_iter(&text) {
                let (all, local, host) = (it.get(0).unwrap(), it.get(1).unwrap(), it.get(2).unwrap());
                if is_disguised(local.as_str(), &text[local.end()..host.start()], host.as_str()) {
                    whole.push(all.range());
                }
            }
            let found: Vec<_> = found.iter().map(|hit| hit.start..hit.end).collect();
            prop_assert_eq!(found, whole);
        }
    }
}
