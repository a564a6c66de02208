//! Secrets in sentences: "the password is …", "Mein Schlüssel ist …", in the languages of the
//! program and some more.

use regex::Regex;

use super::{
    Hit,
    assigned::trimmed,
    judge::{is_password, is_token},
};
use crate::pattern::{after, compile};

const PASSWORD: &str = "pass(?:word|phrase|code|wort)|kennwort|pin code|pw|pwd|mot de passe|mdp|contrase[nñ]a|clave de acceso|senha|\
    palavra-passe|parola|wachtwoord|l[öo]senord|adgangskode|passord|has[łl]o|heslo|jelsz[óo]|[şs]ifre|salasana|парол[ья]|密码|密碼|\
    パスワード|비밀번호|كلمة المرور|סיסמה|पासवर्ड";
const KEY: &str = "(?:keys?|tokens?|secrets?)|cl[ée]|schl(?:ü|ue|u)ssel|\
    clave|chave|chiave|ключ|токен|密钥|令牌|キー|トークン|키|토큰|sleutel|klucz|anahtar|credentials?|jeton";
const IS: &str = r"(?:is|was|lautet|ist|war|wäre|est|es|é|è|to|jest|är|er|on|это|是|为|は|는|은|into|now|:|=|=>|->|–|-)";

/// What a word says that a value may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Speaks {
    Password,
    Key,
    Either,
}

/// One of these begins every word of the two lists.
const OF_PASSWORD: &[&str] = &[
    "password",
    "passphrase",
    "passcode",
    "passwort",
    "kennwort",
    "pw",
    "mot de passe",
    "mdp",
    "contrase",
    "senha",
    "palavra-passe",
    "parola",
    "wachtwoord",
    "lösenord",
    "losenord",
    "adgangskode",
    "passord",
    "hasło",
    "haslo",
    "heslo",
    "jelszó",
    "jelszo",
    "şifre",
    "sifre",
    "salasana",
    "пароль",
    "пароля",
    "密码",
    "密碼",
    "パスワード",
    "비밀번호",
    "كلمة المرور",
    "סיסמה",
    "पासवर्ड",
    "pwd",
    "pin code",
];
const OF_KEY: &[&str] = &[
    "key",
    "token",
    "secret",
    "clé",
    "schlüssel",
    "schluessel",
    "chave",
    "chiave",
    "ключ",
    "токен",
    "密钥",
    "令牌",
    "キー",
    "トークン",
    "키",
    "토큰",
    "sleutel",
    "klucz",
    "anahtar",
    "credential",
    "jeton",
];
const OF_EITHER: &[&str] = &["clave"];

/// Where looking begins, and for what.
pub(super) fn starts() -> impl Iterator<Item = (Speaks, &'static str)> {
    let lists =
        [(Speaks::Password, OF_PASSWORD), (Speaks::Key, OF_KEY), (Speaks::Either, OF_EITHER)];
    lists.into_iter().flat_map(|(speaks, words)| words.iter().map(move |word| (speaks, *word)))
}

#[derive(Debug)]
pub(super) struct Spoken {
    password: Regex,
    key: Regex,
    follows: Regex,
}

impl Spoken {
    pub(super) fn new() -> Self {
        let between = r"(?:[ ,][^\s.:=]{1,20}){0,5}?[ ]{0,2}";
        let open = r#"[ ]{0,2}["'`„“«]?"#;
        Self {
            password: compile(&format!(
                r#"^(?i:{PASSWORD}){between}{IS}{open}([^\s"'`“”»]{{4,128}})"#
            )),
            key: compile(&format!(r#"^(?i:{KEY}){between}{IS}{open}([^\s"'`“”»]{{16,400}})"#)),
            follows: compile(&format!(r#"^(?i:{KEY})[ ]{{1,2}}["'`„“«]?([^\s"'`“”»]{{16,400}})"#)),
        }
    }

    pub(super) fn find(&self, text: &str, starts: &[(usize, Speaks)], hits: &mut Vec<Hit>) {
        for (start, speaks) in starts {
            let window = after(text, *start, 512);
            if !may_hold_value(window) {
                continue;
            }
            let mut add = |form: &Regex, rule: &'static str, test: fn(&str) -> bool, score: f32| {
                let Some(found) = form.captures(window).and_then(|it| it.get(1)) else { return };
                let value = trimmed(found.as_str());
                if test(value) {
                    let from = start + found.start();
                    hits.push(Hit { start: from, end: from + value.len(), rule, score });
                }
            };
            if *speaks != Speaks::Key {
                add(&self.password, "secret.spoken_password", is_password, 0.8);
            }
            if *speaks != Speaks::Password {
                add(&self.key, "secret.spoken_key", is_spoken_key, 0.8);
                add(&self.follows, "secret.named_key", is_spoken_key, 0.7);
            }
        }
    }
}

/// A quick look whether a value may begin near enough: a run with a digit or a sign in it, or a long
/// one. Most words of the two lists stand in a sentence that goes on in words.
fn may_hold_value(window: &str) -> bool {
    /// Letters from the beginning of the word to that of the value at most.
    const NEAR: usize = 180;
    let near = window.char_indices().nth(NEAR).map_or(window.len(), |(at, _)| at);
    let near = window[near..].find(char::is_whitespace).map_or(window.len(), |end| near + end);
    let mut runs = window[..near].split(char::is_whitespace);
    let sign = |byte: u8| !byte.is_ascii_alphabetic() && !b".,;:'-".contains(&byte);
    runs.any(|run| run.len() >= 24 || run.bytes().any(sign))
}

fn is_spoken_key(value: &str) -> bool {
    is_token(value) && !value.contains("://") && !super::judge::is_uuid(value)
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use proptest::prelude::*;

    use super::*;

    static SPOKEN: LazyLock<Spoken> = LazyLock::new(Spoken::new);

    #[test]
    fn no_word_for_a_key_begins_like_one_for_a_password() {
        for key in OF_KEY {
            let same = |it: &&&str| it.starts_with(key) || key.starts_with(**it);
            assert_eq!(OF_PASSWORD.iter().find(same), None);
        }
    }

    proptest! {
        #[test]
        fn the_quick_look_lets_every_value_pass(
            window in r"(?:password|clave de acceso|token)(?:[ ,][a-zé]{1,20}){0,6} {0,2}(?:is|:|=|é)? ?(?:[a-zA-Z]{1,30}|[a-z0-9!-]{4,20})"
        ) {
            let holds = |form: &Regex, test: fn(&str) -> bool| {
                let value = form.captures(&window).and_then(|it| it.get(1));
                value.is_some_and(|it| test(trimmed(it.as_str())))
            };
            let value = holds(&SPOKEN.password, is_password)
                || holds(&SPOKEN.key, is_spoken_key)
                || holds(&SPOKEN.follows, is_spoken_key);
            prop_assert!(!value || may_hold_value(&window), "{window}");
        }
    }
}
