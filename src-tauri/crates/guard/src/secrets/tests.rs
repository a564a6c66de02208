//! Rows of our own; every value is drawn here, at test time, and was never issued by anybody.

use proptest::prelude::*;

use super::*;
use std::sync::LazyLock;

static SECRETS: LazyLock<Secrets> = LazyLock::new(Secrets::new);

/// A value drawn from an alphabet; the same for the same seed.
fn drawn(alphabet: &str, length: usize, seed: u64) -> String {
    let letters: Vec<char> = alphabet.chars().collect();
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state % 1_000_003).unwrap()
    };
    (0..length).map(|_| letters[next() % letters.len()]).collect()
}

const ALNUM: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const HEX: &str = "0123456789abcdef";

fn found(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    SECRETS.find(&Views::of(text), Channel::User, &mut found);
    found.iter().filter(|it| it.score >= 0.5).map(|it| text[it.range()].to_owned()).collect()
}

fn finds(text: &str, secret: &str) {
    assert_eq!(found(text), [secret.to_owned()], "{text}");
}

#[test]
fn keys_of_providers_are_found_in_prose_in_links_and_in_code() {
    let github = drawn(ALNUM, 30, 1);
    let tokens = [
        format!("ghp_{github}{}", checksum::of(&github)),
        format!("AKIA{}", drawn("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 16, 2)),
        format!("sk-ant-api03-{}AA", drawn(ALNUM, 93, 3)),
        format!("glpat-{}", drawn(ALNUM, 20, 4)),
        format!("xoxb-{}-{}", drawn("123456789", 12, 5), drawn(ALNUM, 24, 6)),
        format!("AIza{}", drawn(ALNUM, 35, 7)),
        format!("dop_v1_{}", drawn(HEX, 64, 8)),
        format!("{}:AA{}", drawn("123456789", 10, 9), drawn(ALNUM, 33, 10)),
        format!("SG.{}.{}", drawn(ALNUM, 22, 11), drawn(ALNUM, 43, 12)),
        format!("{}-us7", drawn(HEX, 32, 13)),
    ];
    for token in &tokens {
        finds(&format!("my new one is {token} since Monday"), token);
        finds(&format!("https://data.example.org/list?auth={token}&page=3"), token);
        finds(&format!("let token = \"{token}\";"), token);
        finds(&format!("| mine | `{token}` |"), token);
    }
}

#[test]
fn passwords_in_sentences_commands_and_links_are_found() {
    let password = format!("{}!{}", drawn(ALNUM, 7, 20), drawn("23456789", 2, 21));
    finds(&format!("the new password is {password}"), &password);
    finds(&format!("Mein Passwort ist {password}."), &password);
    finds(&format!("La contraseña nueva es {password}, gracias"), &password);
    finds(&format!("MAIL_PASSWORD={password}"), &password);
    finds(&format!("sshpass -p {password} scp a b"), &password);
    finds(&format!("mysqldump -u me -p{password} stock"), &password);
    let plain = drawn(ALNUM, 12, 22) + "7";
    finds(&format!("postgres://app:{plain}@db.example.org:5432/main"), &plain);
    let basic = data_encoding::BASE64.encode(format!("ci:{password}").as_bytes());
    finds(&format!("Authorization: Basic {basic}"), &basic);
}

#[test]
fn private_keys_are_found_whole_and_cut_off() {
    let body: Vec<String> = (0..6).map(|line| drawn(ALNUM, 64, 30 + line)).collect();
    let body = body.join("\n");
    for kind in ["RSA ", "EC ", "OPENSSH ", ""] {
        let key =
            format!("-----BEGIN {kind}PRIVATE KEY-----\n{body}\n-----END {kind}PRIVATE KEY-----");
        finds(&format!("what is this?\n{key}\nthanks"), &key);
    }
    let cut = format!("-----BEGIN PRIVATE KEY-----\n{body}");
    finds(&cut, &cut);
    let public = format!("-----BEGIN PUBLIC KEY-----\n{body}\n-----END PUBLIC KEY-----");
    assert!(found(&public).is_empty());
}

#[test]
fn what_only_looks_like_a_secret_stays() {
    let digest = drawn(HEX, 64, 40);
    let uuid = format!(
        "{}-{}-{}-{}-{}",
        drawn(HEX, 8, 1),
        drawn(HEX, 4, 2),
        drawn(HEX, 4, 3),
        drawn(HEX, 4, 4),
        drawn(HEX, 12, 5)
    );
    for text in [
        format!("sha256:{digest}"),
        format!("checksum = \"{digest}\""),
        format!("commit {}", &digest[..40]),
        format!("id: {uuid}"),
        "MAIL_TOKEN=\"${MAIL_TOKEN}\"".to_owned(),
        "secret: Vec<u8>,".to_owned(),
        "apiKey: \"replace-me-with-your-key\"".to_owned(),
        "token = next_token()".to_owned(),
        "glpat-XXXXXXXXXXXXXXXXXXXX".to_owned(),
        "return token == null ? login() : token".to_owned(),
        "token_count = 2048".to_owned(),
        "Choose a password of twelve letters or more.".to_owned(),
        format!("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI{} me@host", drawn(ALNUM, 43, 41)),
        format!("pk_live_{}", drawn(ALNUM, 24, 42)),
        "mongodb://user:password@127.0.0.1/shop".to_owned(),
    ] {
        assert_eq!(found(&text), Vec::<String>::new(), "{text}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn no_text_makes_it_stumble_and_every_place_is_on_borders_of_letters(
        text in r#"([\PC\n]{0,6}|[a-zA-Z0-9_+/=-]{0,40}|password|token: |://|@|-----BEGIN PRIVATE KEY-----|=|"|é){0,12}"#
    ) {
        let mut found = Vec::new();
        SECRETS.find(&Views::of(&text), Channel::User, &mut found);
        let mut last = 0;
        for hit in found {
            prop_assert!(hit.start < hit.end && text.get(hit.range()).is_some());
            prop_assert!(hit.start >= last);
            last = hit.end;
        }
    }
}
