//! Rows of our own.

use proptest::prelude::*;

use super::*;
use crate::finding::Kind;

fn chat() -> (Placeholders, String) {
    let mut placeholders = Placeholders::new("k7f3");
    let name = placeholders.mint("EMAIL_ADDRESS", "jo@example.org");
    (placeholders, name)
}

#[test]
fn a_value_has_one_name_and_the_name_leads_back() {
    let (mut chat, name) = chat();
    assert_eq!(name, "[EMAIL_1_K7F3]");
    assert_eq!(chat.mint("EMAIL_ADDRESS", "jo@example.org"), name);
    assert_eq!(chat.mint("EMAIL_ADDRESS", "al@example.org"), "[EMAIL_2_K7F3]");
    assert_eq!(chat.len(), 2);
    assert_eq!(restore(&format!("Mail {name}."), &chat), "Mail jo@example.org.");
}

#[test]
fn names_without_a_mark_are_short() {
    let mut none = Placeholders::new("");
    assert_eq!(none.mint("CREDIT_CARD", "4111"), "[CARD_1]");
    assert_eq!(none.mint("CREDIT_CARD", "4222"), "[CARD_2]");
}

#[test]
fn ac_47_names_are_read_back_as_models_write_them() {
    let (chat, _) = chat();
    for written in [
        "[email_1_k7f3]",
        "[ EMAIL_1_K7F3 ]",
        "[EMAIL_ 1_K7F3]",
        "[EMAIL\\_1\\_K7F3]",
        "**[EMAIL_1_K7F3]**",
    ] {
        assert!(restore(written, &chat).contains("jo@example.org"), "{written}");
    }
}

#[test]
fn ac_47_names_that_nobody_minted_here_stay_names() {
    let (chat, name) = chat();
    let other = Placeholders::new("z9y8");
    assert_eq!(restore(&name, &other), name);
    for written in ["[EMAIL_1]", "[EMAIL_1_Z9Y8]", "[EMAIL_2_K7F3]", "[note]", "[]", "email_1_k7f3"]
    {
        assert_eq!(restore(written, &chat), written);
    }
}

#[test]
fn ac_47_names_in_links_code_and_tags_stay_names() {
    let (chat, name) = chat();
    for written in [
        format!("https://example.org/?q={name}"),
        format!("[click](https://example.org/{name})"),
        format!("[click]( /x?{name})"),
        format!("![a](x{name})"),
        format!("[r]: {name}"),
        format!("<a href=\"{name}\">"),
        format!("`send {name}`"),
        format!("```sh\nsend {name}\n```"),
        format!("www.example.org/{name}"),
        format!("mailto:{name}"),
    ] {
        assert!(
            !restore(&written, &chat).contains("jo@") || written.starts_with("[r]"),
            "{written}"
        );
    }
}

#[test]
fn ac_47_a_link_after_a_long_run_without_spaces_keeps_its_names() {
    let (chat, name) = chat();
    for written in [
        format!("{}[a](x{name})", "天".repeat(2000)),
        format!("{}https://example.org/{name}", "天".repeat(2000)),
        format!("https://example.org/{}{name}", "天".repeat(2000)),
        format!("{}<a href=\"{name}\">", "a".repeat(5000)),
    ] {
        assert_eq!(restore(&written, &chat), written);
    }
}

#[test]
fn masking_and_restoring_gives_the_text_back() {
    let text = "Mail jo@example.org or al@example.org now";
    let finding = |start: usize, end: usize| Finding {
        kind: Kind::Pii,
        rule: "pii.email",
        label: "EMAIL_ADDRESS",
        start,
        end,
        score: 0.9,
    };
    let mut chat = Placeholders::new("k7f3");
    let masked = mask(text, &[finding(5, 19), finding(23, 37), finding(25, 30)], &mut chat);
    assert_eq!(masked, "Mail [EMAIL_1_K7F3] or [EMAIL_2_K7F3] now");
    assert_eq!(restore(&masked, &chat), text);
}

#[test]
fn what_was_shown_is_concealed_again_and_only_what_is_hidden() {
    let (mut chat, name) = chat();
    let longer = chat.mint("EMAIL_ADDRESS", "jo@example.org.uk");
    let shown = "jo@example.org and jo@example.org.uk, (jo@example.org)";
    let concealed = chat.conceal(shown, |_| true);
    assert_eq!(concealed, format!("{name} and {longer}, ({name})"));
    assert_eq!(restore(&concealed, &chat), shown);
    assert_eq!(chat.conceal(shown, |_| false), shown);
    let one = chat.conceal(shown, |asked| asked == longer);
    assert_eq!(one, format!("jo@example.org and {longer}, (jo@example.org)"));
    assert_eq!(Placeholders::new("a").conceal("text", |_| true), "text");
}

proptest! {
    #[test]
    fn what_is_concealed_and_shown_is_the_text_again(text in r"([a-c ]|jo@example\.org|,){0,20}") {
        let (chat, _) = chat();
        prop_assert_eq!(restore(&chat.conceal(&text, |_| true), &chat), text);
    }

    #[test]
    fn however_a_text_is_cut_the_same_is_shown(text in r"(\[|\]|\(|\)|`|EMAIL_1_K7F3|\[EMAIL_1_K7F3\]|https://| |\n|<a|[\PC]{0,3}){0,20}", size in 1..5_usize) {
        let (chat, _) = chat();
        let mut restorer = Restorer::default();
        let mut shown = String::new();
        let letters: Vec<char> = text.chars().collect();
        for piece in letters.chunks(size) {
            let piece: String = piece.iter().collect();
            shown.push_str(&restorer.push(&piece, &chat));
        }
        shown.push_str(&restorer.finish());
        prop_assert_eq!(shown, restore(&text, &chat));
    }

    #[test]
    fn no_place_makes_masking_stumble(text in r"[\PC]{0,20}", places in prop::collection::vec((0..40_usize, 0..40_usize), 0..5)) {
        let findings: Vec<Finding> = places.iter().map(|(start, end)| Finding {
            kind: Kind::Pii, rule: "pii.email", label: "EMAIL_ADDRESS", start: *start, end: *end, score: 0.9,
        }).collect();
        let _ = mask(&text, &findings, &mut Placeholders::new("k7f3"));
    }
}
