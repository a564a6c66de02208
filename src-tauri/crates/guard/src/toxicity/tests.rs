//! Abuse is told from talk about abuse, on rows of our own. The head is a soft signal: what is tested
//! is the kind of thing it must know, not a figure.

use std::sync::LazyLock;

use super::*;
use crate::policy::THRESHOLD;

static ALL: LazyLock<Toxicity> = LazyLock::new(Toxicity::new);

fn score(text: &str) -> f32 {
    let mut found = Vec::new();
    ALL.find(&Views::of(text), Channel::User, &mut found);
    found[0].score
}

#[test]
fn abuse_and_threats_are_found() {
    for text in [
        "You are a worthless idiot and nobody wants you.",
        "All immigrants are parasites.",
        "I hate Muslims and they should all be shot.",
        "Shut up, you disgusting pig.",
        "Frauen sind dumm und wertlos.",
    ] {
        assert!(score(text) >= THRESHOLD, "{text}: {}", score(text));
    }
}

#[test]
fn terms_of_identity_are_neutral() {
    for text in [
        "Two gay men and a Muslim woman live next door.",
        "I am Jewish and my husband is Black.",
        "The charity helps disabled people and refugees.",
    ] {
        assert!(score(text) < THRESHOLD, "{text}: {}", score(text));
    }
}

#[test]
fn quoted_reported_and_negated_abuse_is_not_abuse() {
    for text in [
        "He was fined for shouting \"all immigrants are parasites\" in court.",
        "Nobody should hate women.",
        "I don't hate gay people.",
    ] {
        assert!(score(text) < THRESHOLD, "{text}: {}", score(text));
    }
}

#[test]
fn strong_language_about_things_is_left_alone() {
    for text in [
        "This stupid printer is broken again.",
        "How do I kill a process in Linux?",
        "What a lovely morning for a walk.",
    ] {
        assert!(score(text) < THRESHOLD, "{text}: {}", score(text));
    }
}

proptest::proptest! {
    #[test]
    fn no_text_makes_it_panic(text in "\\PC{0,200}") {
        proptest::prop_assert!((0.0..=1.0).contains(&score(&text)));
    }
}
