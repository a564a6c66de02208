//! Addresses of mail, also with the at sign and the dots written out. Not addresses: names of
//! packages and images, places on servers (`git@host:path`), credentials in a link.

use regex::Regex;

use super::Hit;
use crate::pattern::{before, compile, letter_at, letter_before};

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

#[derive(Debug)]
pub(super) struct Email {
    plain: Regex,
    disguised: Regex,
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
        let disguised =
            format!(r"(?i)({LOCAL}){at}((?:{LABEL}){dot}(?:{LABEL}{dot}){{0,4}}[a-z]{{2,24}})");
        Self {
            plain: compile(&format!(r"{LOCAL}@(?:{LABEL}\.){{1,8}}[A-Za-z]{{2,24}}")),
            disguised: compile(&disguised),
            hint: compile(
                r"(?i)[\[({<]\s?(?:at|ät|arroba|arobase|chez)\s?[\])}>]|\s(?:at|arroba)\s\S+[^.]{0,3}(?:dot|punkt|punto)\W",
            ),
        }
    }

    /// A cheap look whether the sign may be written out somewhere.
    pub(super) fn may_be_disguised(&self, text: &str) -> bool {
        self.hint.is_match(text)
    }

    pub(super) fn find(&self, text: &str, hits: &mut Vec<Hit>) {
        for found in self.plain.find_iter(text) {
            if let Some(hit) = plain(text, found.start(), found.end()) {
                hits.push(hit);
            }
        }
        for found in self.disguised.captures_iter(text) {
            let (Some(whole), Some(local), Some(host)) = (found.get(0), found.get(1), found.get(2))
            else {
                continue;
            };
            let taken = hits.iter().any(|hit| hit.start < whole.end() && whole.start() < hit.end);
            let between = text.get(local.end()..host.start()).unwrap_or_default();
            if !taken && is_disguised(local.as_str(), between, host.as_str()) {
                let (rule, label) = ("pii.email_disguised", "EMAIL_ADDRESS");
                hits.push(Hit { start: whole.start(), end: whole.end(), rule, label, score: 0.8 });
            }
        }
    }
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
