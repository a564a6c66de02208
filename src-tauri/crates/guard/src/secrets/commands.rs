//! Commands and files that take a password: `mysql -p…`, `curl --user …`, `ENV API_TOKEN …`. A word says
//! which form to look for; what the form finds is judged as elsewhere.

use regex::Regex;

use super::{
    Hit,
    assigned::{is_nobodys, trimmed},
    judge::{is_password, is_token},
};
use crate::pattern::compile;

/// How a command or a file takes a password.
struct Command {
    /// One of these occurs.
    words: &'static [&'static str],
    /// The form; its group is the password.
    form: &'static str,
    /// A quick look whether the form may be there, where the words occur in many texts.
    look: fn(&str) -> bool,
}

const fn row(words: &'static [&'static str], form: &'static str) -> Command {
    looked(words, form, |_| true)
}

const fn looked(
    words: &'static [&'static str],
    form: &'static str,
    look: fn(&str) -> bool,
) -> Command {
    Command { words, form, look }
}

#[rustfmt::skip]
const COMMANDS: &[Command] = &[
    row(&["sshpass"], r"(?i)\bsshpass\s+-p\s?(\S+)"),
    row(&["mysql"], r"(?i)\bmysql(?:dump|admin|import)?\b[^\n|;]{0,120}?\s-p([^\s-]\S*)"),
    row(&["/user:"], r"(?i)\bnet\s+use\s[^\n]{0,120}?/user:\S+\s+(\S+)"),
    row(&["curl", "wget", "http"], r#"(?i)\b(?:curl|wget|http|httpie)\b[^\n]{0,300}?(?:\s-u|--user|--proxy-user|-a)[ =]?["']?[^\s:"'<>{}$]{1,64}:([^\s"'@<>{}$]{4,})"#),
    row(&["redis-cli"], r"(?i)\bredis-cli\b[^\n]{0,120}?\s-a\s+(\S+)"),
    row(&["htpasswd"], r"(?i)\bhtpasswd\s+-\w*b\w*\s+\S+\s+\S+\s+(\S+)"),
    row(&["login"], r"(?i)\b(?:docker|podman|helm|az|oc|skopeo)\b[^\n]{0,60}?login\b[^\n]{0,120}?\s-p\s+(\S+)"),
    row(&["smbclient"], r"(?i)\bsmbclient\b[^\n]{0,120}?-U\s*[^\s%]+%(\S+)"),
    row(&["ldap"], r"(?i)\bldap(?:search|add|modify|whoami)\b[^\n]{0,200}?\s-w\s+(\S+)"),
    row(&["identified"], r#"(?i)\bidentified\s+by\s+["']([^"']{4,})["']"#),
    row(&["with password", "encrypted password"], r#"(?i)\bwith\s+(?:encrypted\s+)?password\s+["']([^"']{4,})["']"#),
    row(&["zip", "7z", "unrar"], r"(?i)\b(?:zip|7z|unrar|unzip)\b[^\n]{0,80}?\s-[pP]\s?([^\s-]\S{4,})"),
    row(&["-pass", "-pw", "-secret", "-token", "-api", "-auth", "-access"], r#"(?i)\s--?(?:password|passwd|passphrase|pass|pw|pwd|secret|token|api-?key|auth-?token|access-?token)[ =]["']?([^\s"'=-][^\s"']{3,})"#),
    row(&["pass:"], r"(?i)-pass(?:in|out)?\s+pass:(\S+)"),
    row(&["password"], r"(?i)\blogin\s+\S+\s+password\s+(\S+)"),
    row(&[" / "], r"(?i)\b(?:login|user|username|account|credentials?|creds|zugang|anmeldung)\b:?\s+[\w.@-]{2,40}\s*/\s*(?:pw:?\s*|pass(?:word)?:?\s*)?(\S+)"),
    looked(&["value"], r#"(?i)(?:name|key)\s?[:=]\s?["']?[\w.\-]{0,60}(?:pass(?:word)?|pwd|secret|token|api_?key|access_?key)\w{0,12}["']?[,\s]{1,4}\s{0,12}["']?value["']?\s?[:=]\s?["']?([^\s"'<>]{4,})"#, is_pair),
    looked(&["env ", "arg ", "set", "export "], r"(?im)^\s*(?:\d+\s+)?(?:ENV|ARG|setx?|export|setenv)\s+\w*(?:pass(?:word)?|pwd|secret|token|key|auth)\w*\s+(\S+)", is_set),
    row(&["password>", "passwd>", "secret>", "token>", "apikey>"], r"(?i)<(?:\w+:)?\w*(?:password|passwd|secret|token|apikey)>([^<\s]{4,})</"),
];

/// The words of the commands, each with the command that it belongs to.
pub(super) fn words() -> impl Iterator<Item = (usize, &'static str)> {
    let words = |(at, command): (usize, &'static Command)| {
        command.words.iter().map(move |word| (at, *word))
    };
    COMMANDS.iter().enumerate().flat_map(words)
}

#[derive(Debug)]
pub(super) struct Commands {
    forms: Vec<Regex>,
}

impl Commands {
    pub(super) fn new() -> Self {
        Self { forms: COMMANDS.iter().map(|command| compile(command.form)).collect() }
    }

    /// Looks for the commands whose words occur, by their place in the table.
    pub(super) fn find(&self, text: &str, named: &[usize], hits: &mut Vec<Hit>) {
        for (at, (command, form)) in COMMANDS.iter().zip(&self.forms).enumerate() {
            if named.contains(&at) && (command.look)(text) {
                commanded(form, text, hits);
            }
        }
    }
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

/// Whether a value is given to a name or a key, and one to `value`.
fn is_pair(text: &str) -> bool {
    let (mut name, mut value) = (false, false);
    for (at, _) in text.match_indices([':', '=']) {
        let before = &text[..at];
        let before = before.strip_suffix(char::is_whitespace).unwrap_or(before);
        name |= ends(before, "name") || ends(before, "key");
        value |= ends(before.strip_suffix(['"', '\'']).unwrap_or(before), "value");
    }
    name && value
}

/// Whether a line, as far as its number, begins with a word that sets a name to a value, and the name
/// speaks of a secret.
fn is_set(text: &str) -> bool {
    const SETS: &[&str] = &["env", "arg", "set", "setx", "setenv", "export"];
    const NAMES: &[&str] = &["pass", "pwd", "secret", "token", "key", "auth"];
    let number =
        |letter: char| letter.is_whitespace() || letter.is_ascii_digit() || !letter.is_ascii();
    let mut rest = text;
    loop {
        let begin = rest.trim_start_matches(number);
        if begin.starts_with(['e', 'E', 'a', 'A', 's', 'S']) {
            let mut words = begin.split_whitespace();
            let sets =
                words.next().is_some_and(|it| SETS.iter().any(|set| it.eq_ignore_ascii_case(set)));
            let name = words.next().filter(|_| sets).map(str::to_ascii_lowercase);
            if name.is_some_and(|name| NAMES.iter().any(|it| name.contains(it))) {
                return true;
            }
        }
        let Some((_, lines)) = begin.split_once('\n') else { return false };
        rest = lines;
    }
}

fn ends(text: &str, word: &str) -> bool {
    let at = text.len().checked_sub(word.len());
    at.and_then(|at| text.get(at..)).is_some_and(|end| end.eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use proptest::prelude::*;

    use super::*;

    static COMPILED: LazyLock<Commands> = LazyLock::new(Commands::new);

    proptest! {
        #[test]
        fn the_quick_looks_let_every_form_pass(
            text in r#"(?:\n|[ \t\x0b]|1|é|x){0,3}(?:ENV|arg|set|setx|export|setenv|Name|"key|curl|http://)(?:[ \t\n]|: ?| =){1,2}(?:x|my_token|API_KEY|=|-u ?a:|x --user=b:)?(?:[ \t]|", "value" ?[:=] ?"?){1,2}[a-z0-9]{0,6}"#
        ) {
            for (command, form) in COMMANDS.iter().zip(&COMPILED.forms) {
                prop_assert!(!form.is_match(&text) || (command.look)(&text), "{text}");
            }
        }
    }
}
