//! Values given to names that speak of secrets: `DB_PASSWORD=…`, `"client_secret": "…"`, `--token …`,
//! commands that take a password. The name says that it may be one, the value whether it is.

use aho_corasick::AhoCorasick;
use regex::Regex;

use super::{
    Hit,
    judge::{is_password, is_token},
};
use crate::pattern::{after, compile};

/// One of these occurs in every name that speaks of a secret.
const WORDS: &[&str] =
    &["pass", "pwd", "pw", "secret", "token", "key", "auth", "cred", "webhook_url"];

/// Names are this long at most, on each side of the word.
const NAME: usize = 60;

/// Endings of names whose value is about a secret and none.
const ABOUT: &[&str] = &[
    "url",
    "uri",
    "id",
    "ids",
    "type",
    "name",
    "path",
    "file",
    "hash",
    "length",
    "size",
    "expires",
    "expiry",
    "ttl",
    "count",
    "second",
    "seconds",
    "audience",
    "issuer",
    "endpoint",
    "policy",
    "hint",
    "field",
    "label",
    "regex",
    "pattern",
    "column",
    "header",
    "algorithm",
    "version",
    "prefix",
    "format",
    "limit",
    "max",
    "min",
    "required",
    "enabled",
    "ref",
    "store",
    "provider",
    "manager",
    "service",
    "class",
    "index",
    "usage",
    "host",
    "port",
    "user",
    "username",
    "email",
    "title",
    "description",
    "text",
    "message",
    "error",
    "page",
    "form",
    "input",
    "reset",
    "change",
    "changed",
    "strength",
    "rotation",
    "digest",
    "checksum",
    "fingerprint",
    "public",
];

/// How commands and files take a password: words of which one occurs, and the form; its group is the
/// password.
#[rustfmt::skip]
const COMMANDS: &[(&[&str], &str)] = &[
    (&["sshpass"], r"(?i)\bsshpass\s+-p\s?(\S+)"),
    (&["mysql"], r"(?i)\bmysql(?:dump|admin|import)?\b[^\n|;]{0,120}?\s-p([^\s-]\S*)"),
    (&["/user:"], r"(?i)\bnet\s+use\s[^\n]{0,120}?/user:\S+\s+(\S+)"),
    (&["curl", "wget", "http"], r#"(?i)\b(?:curl|wget|http|httpie)\b[^\n]{0,300}?(?:\s-u|--user|--proxy-user|-a)[ =]?["']?[^\s:"'<>{}$]{1,64}:([^\s"'@<>{}$]{4,})"#),
    (&["redis-cli"], r"(?i)\bredis-cli\b[^\n]{0,120}?\s-a\s+(\S+)"),
    (&["htpasswd"], r"(?i)\bhtpasswd\s+-\w*b\w*\s+\S+\s+\S+\s+(\S+)"),
    (&["login"], r"(?i)\b(?:docker|podman|helm|az|oc|skopeo)\b[^\n]{0,60}?login\b[^\n]{0,120}?\s-p\s+(\S+)"),
    (&["smbclient"], r"(?i)\bsmbclient\b[^\n]{0,120}?-U\s*[^\s%]+%(\S+)"),
    (&["ldap"], r"(?i)\bldap(?:search|add|modify|whoami)\b[^\n]{0,200}?\s-w\s+(\S+)"),
    (&["identified"], r#"(?i)\bidentified\s+by\s+["']([^"']{4,})["']"#),
    (&["with password", "encrypted password"], r#"(?i)\bwith\s+(?:encrypted\s+)?password\s+["']([^"']{4,})["']"#),
    (&["zip", "7z", "unrar"], r"(?i)\b(?:zip|7z|unrar|unzip)\b[^\n]{0,80}?\s-[pP]\s?([^\s-]\S{4,})"),
    (&["-pass", "-pw", "-secret", "-token", "-api", "-auth", "-access"], r#"(?i)\s--?(?:password|passwd|passphrase|pass|pw|pwd|secret|token|api-?key|auth-?token|access-?token)[ =]["']?([^\s"'=-][^\s"']{3,})"#),
    (&["pass:"], r"(?i)-pass(?:in|out)?\s+pass:(\S+)"),
    (&["password"], r"(?i)\blogin\s+\S+\s+password\s+(\S+)"),
    (&[" / "], r"(?i)\b(?:login|user|username|account|credentials?|creds|zugang|anmeldung)\b:?\s+[\w.@-]{2,40}\s*/\s*(?:pw:?\s*|pass(?:word)?:?\s*)?(\S+)"),
    (&["value"], r#"(?i)(?:name|key)\s?[:=]\s?["']?[\w.\-]{0,60}(?:pass(?:word)?|pwd|secret|token|api_?key|access_?key)\w{0,12}["']?[,\s]{1,4}\s{0,12}["']?value["']?\s?[:=]\s?["']?([^\s"'<>]{4,})"#),
    (&["env ", "arg ", "set", "export "], r"(?im)^\s*(?:\d+\s+)?(?:ENV|ARG|setx?|export|setenv)\s+\w*(?:pass(?:word)?|pwd|secret|token|key|auth)\w*\s+(\S+)"),
    (&["password>", "passwd>", "secret>", "token>", "apikey>"], r"(?i)<(?:\w+:)?\w*(?:password|passwd|secret|token|apikey)>([^<\s]{4,})</"),
];

#[derive(Debug)]
pub(super) struct Assigned {
    words: Option<AhoCorasick>,
    kind: Regex,
    sign: Regex,
    hints: Option<AhoCorasick>,
    /// Which command a hint belongs to.
    owners: Vec<usize>,
    commands: Vec<Regex>,
}

impl Assigned {
    pub(super) fn new() -> Self {
        let kind = r"(?i)pass(?:word|wd|wort|phrase|code)?|pwd|pw|secret|token|(?:api|app|access|auth|private|priv|encryption|signing|hmac|master|account|storage|secret|service|shared|admin|deploy|crypt|cipher|session|jwt|license|subscription|consumer|client|webhook|bot|age|aes|data|ssh)[_.-]?key|apikey|cred|auth|webhook_url";
        let sign = r#"^["'`\])]{0,2}[ \t]{0,4}(?::[ \t]?&?(?:'static )?[A-Za-z]{2,12}[ \t]?=|:=|=>|==|[:=]|\|)[ \t]{0,4}((?:[bBrRuUfF]{1,2})?["'`]{1,3})?"#;
        let plain = |words: Vec<&str>| {
            AhoCorasick::builder().ascii_case_insensitive(true).build(words).ok()
        };
        let hints = || {
            COMMANDS
                .iter()
                .enumerate()
                .flat_map(|(at, (words, _))| words.iter().map(move |word| (at, *word)))
        };
        Self {
            words: plain(WORDS.to_vec()),
            kind: compile(kind),
            sign: compile(sign),
            hints: plain(hints().map(|(_, word)| word).collect()),
            owners: hints().map(|(at, _)| at).collect(),
            commands: COMMANDS.iter().map(|(_, form)| compile(form)).collect(),
        }
    }

    pub(super) fn find(&self, text: &str, hits: &mut Vec<Hit>) {
        let mut last = 0;
        for word in self.words.iter().flat_map(|words| words.find_iter(text)) {
            if word.start() < last {
                continue;
            }
            let (start, end) = name(text, word.start(), word.end());
            last = end;
            hits.extend(self.named(text, start, end));
        }
        let mut wanted = vec![false; self.commands.len()];
        for hint in self.hints.iter().flat_map(|hints| hints.find_overlapping_iter(text)) {
            if let Some(owner) = self.owners.get(hint.pattern().as_usize()) {
                wanted[*owner] = true;
            }
        }
        for (form, _) in self.commands.iter().zip(wanted).filter(|(_, wanted)| *wanted) {
            commanded(form, text, hits);
        }
    }

    fn named(&self, text: &str, start: usize, end: usize) -> Option<Hit> {
        let name = text.get(start..end)?;
        let rest = after(text, end, 48);
        let sign = may_give(rest).then(|| self.sign.captures(rest))??;
        if !self.kind.is_match(name) {
            return None;
        }
        let quote = sign.get(1).map_or("", |quote| quote.as_str());
        let quote = quote.trim_start_matches(|letter: char| letter.is_ascii_alphabetic());
        let (start, end) = value(text, end + sign.get(0)?.end(), quote);
        let score = judged(name, text.get(start..end)?, !quote.is_empty())?;
        Some(Hit { start, end, rule: "secret.assigned", score })
    }
}

/// A quick look whether a sign of giving may follow a name: most names are words of a sentence.
fn may_give(rest: &str) -> bool {
    let bytes = rest.as_bytes();
    let count = |from: usize, most: usize, of: &[u8]| {
        bytes[from..].iter().take(most).take_while(|byte| of.contains(byte)).count()
    };
    let quoted = count(0, 2, b"\"'`])");
    let at = quoted + count(quoted, 4, b" \t");
    bytes.get(at).is_some_and(|byte| matches!(byte, b':' | b'=' | b'|'))
}

/// The whole name around a word.
fn name(text: &str, start: usize, end: usize) -> (usize, usize) {
    let part = |byte: &u8| byte.is_ascii_alphanumeric() || b"_.-".contains(byte);
    let bytes = text.as_bytes();
    let before = bytes[..start].iter().rev().take(NAME).take_while(|byte| part(byte)).count();
    let after = bytes[end..].iter().take(NAME).take_while(|byte| part(byte)).count();
    (start - before, end + after)
}

fn commanded(form: &Regex, text: &str, hits: &mut Vec<Hit>) {
    for found in form.captures_iter(text) {
        let whole = found.get(0).map_or("", |it| it.as_str()).to_ascii_lowercase();
        let Some(found) = found.get(1).filter(|_| !is_nobodys(&whole)) else { continue };
        let value = trimmed(found.as_str());
        if is_password(value) || is_token(value) {
            let end = found.start() + value.len();
            hits.push(Hit { start: found.start(), end, rule: "secret.command", score: 0.85 });
        }
    }
}

/// Where the value ends: at its quote, or where a bare one stops.
fn value(text: &str, start: usize, quote: &str) -> (usize, usize) {
    let rest = after(text, start, 1024);
    let length = match quote.chars().next() {
        Some(quote) => rest.find([quote, '\n']).unwrap_or(rest.len()),
        None => rest
            .find(|letter: char| {
                letter.is_whitespace() || matches!(letter, '"' | '\'' | '<' | '>' | '`' | ';' | '|')
            })
            .unwrap_or(rest.len()),
    };
    let value = &rest[..length];
    let kept = if quote.is_empty() { trimmed(value).len() } else { value.len() };
    (start, start + kept)
}

/// Without what belongs to the sentence, the list or the query around it.
pub(super) fn trimmed(value: &str) -> &str {
    let value = match value.split_once('&') {
        Some((first, rest)) if rest.contains('=') => first,
        _ => value,
    };
    value.trim_end_matches(['.', ',', ';', ':', ')', ']', '}', '"', '\'', '`'])
}

/// Names of values that everybody may see, or that guard a form of a page and not a person.
fn is_nobodys(lower: &str) -> bool {
    [
        "csrf",
        "xsrf",
        "authenticity",
        "public",
        "publishable",
        "tokens_per",
        "token_type",
        "keyboard",
    ]
    .iter()
    .any(|it| lower.contains(it))
}

fn judged(name: &str, value: &str, quoted: bool) -> Option<f32> {
    let lower = name.to_lowercase();
    let last = lower.rsplit(['_', '.', '-']).next().unwrap_or_default();
    let camel = ABOUT.iter().any(|it| {
        it.len() > 1
            && name.len() > it.len()
            && name.is_char_boundary(name.len() - it.len())
            && name[name.len() - it.len()..].eq_ignore_ascii_case(it)
            && name[name.len() - it.len()..].starts_with(|letter: char| letter.is_ascii_uppercase())
            && !name.bytes().all(|byte| !byte.is_ascii_lowercase())
    });
    let about = (ABOUT.contains(&last) || camel) && last != "webhook_url";
    if about || is_nobodys(&lower) || value.contains(['\n', '\t']) || value.contains("://") {
        return None;
    }
    let password =
        ["pass", "pwd", "pw"].iter().any(|it| lower.contains(it)) && !lower.contains("passive");
    let secret =
        password || ["secret", "cred", "token", "auth"].iter().any(|it| lower.contains(it));
    let symbols = value.contains(['!', '@', '#', '$', '%', '^', '&', '*', '?']);
    match () {
        () if value.contains(' ') && !(password && quoted) => None,
        () if is_token(value) => Some(0.9),
        () if password && is_password(value) => Some(if quoted { 0.9 } else { 0.8 }),
        () if secret && symbols && value.len() >= 8 && is_password(value) => Some(0.7),
        () => None,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use proptest::prelude::*;

    use super::*;

    static ASSIGNED: LazyLock<Assigned> = LazyLock::new(Assigned::new);

    proptest! {
        #[test]
        fn the_quick_look_lets_every_sign_of_giving_pass(
            rest in r#"["'`\])]{0,3}[ \t]{0,5}(?:: ?[a-z]{2,4} ?=|:=|=>|==|[:=|-])?[ a"]{0,4}"#
        ) {
            prop_assert!(!ASSIGNED.sign.is_match(&rest) || may_give(&rest), "{rest}");
        }
    }
}
