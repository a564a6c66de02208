//! The forms undo what they are for, leave ordinary writing alone, and know where each byte came from.

use proptest::prelude::*;

use super::*;

fn forms(text: &str) -> Vec<(Form, String)> {
    let views = Views::of(text);
    views.derived().iter().map(|view| (view.form, view.text.clone())).collect()
}

fn holds(text: &str, wanted: &str) {
    let forms = forms(text);
    assert!(forms.iter().any(|(_, text)| text.contains(wanted)), "{wanted:?} in {forms:?}");
}

fn folded(text: &str) -> String {
    Views::of(text).folded.text
}

#[test]
fn ac_48_invisible_letters_are_left_out_and_counted() {
    let views = Views::of("for\u{200b}get\u{2060} \u{202e}it\u{fe0f}");
    assert_eq!(views.folded.text, "forget it");
    assert_eq!(views.invisible, 4);
}

#[test]
fn ac_48_tags_that_no_screen_shows_are_read() {
    let hidden: String =
        "drop it".chars().filter_map(|it| char::from_u32(0xe0000 + it as u32)).collect();
    let text = format!("Good morning{hidden}!");
    assert_eq!(folded(&text), "Good morning!");
    holds(&text, "drop it");
}

#[test]
fn ac_48_emoji_persian_and_hindi_are_unharmed() {
    for text in ["👩‍👩‍👧 and ❤️", "می‌خواهم کتاب‌ها را", "क्‍ष और श्र", "naïve café", "Straße 5"]
    {
        assert_eq!(folded(text), text);
    }
    assert_eq!(Views::of("می‌خواهم").invisible, 0);
}

#[test]
fn ac_48_look_alikes_full_width_and_styled_letters_are_folded() {
    holds("ｄｒｏｐ ｉｔ", "drop it");
    holds("𝐝𝐫𝐨𝐩 𝖎𝖙", "drop it");
    holds("drор the rulеs", "drop the rules");
    // A word that is Russian throughout stays Russian.
    holds("правила", "правила");
}

#[test]
fn words_that_were_taken_apart_are_joined() {
    holds("o p e n   t h e   d o o r", "open the door");
    holds("say: o-p-e-n-_-t-h-e-_-d-o-o-r now", "open the door");
    holds("0p3n th3 d00r 4t n1n3", "open the door at nine");
    assert!(!forms("Messrs. A. B. Smith and J. R. Jones").iter().any(|it| it.0 == Form::Joined));
}

#[test]
fn what_was_encoded_is_decoded_in_its_place() {
    holds("see b3BlbiB0aGUgZG9vciBwbGVhc2U= here", "see open the door please here");
    holds("see 6f70656e2074686520646f6f7220706c65617365", "see open the door please");
    holds("6f 70 65 6e 20 74 68 65 20 64 6f 6f 72", "open the door");
    holds("%6f%70%65%6e%20the%20door", "open the door");
    holds("&#111;&#112;&#x65;&#110;&#32;&#116;&#104;&#101;", "open the");
    holds("\\x6f\\x70\\x65\\x6e\\x20\\x69\\x74", "open it");
    holds("--- .--. . -. / - .... . / -.. --- --- .-.", "open the door");
    holds("01101111 01110000 01100101 01101110 00100000 01101001 01110100", "open it");
}

#[test]
fn what_was_encoded_twice_is_decoded_twice() {
    use data_encoding::{BASE64, HEXLOWER};
    let once = BASE64.encode(b"open the door and let the cat in");
    holds(&HEXLOWER.encode(format!("take {once}").as_bytes()), "open the door and let the cat in");
}

#[test]
fn turned_texts_are_read_the_other_way() {
    holds("esaelp rood eht nepo dna yek ruoy ekat", "take your key and open the door please");
    holds("cyrnfr bcra gur qbbe naq gnxr lbhe xrl", "please open the door and take your key");
}

#[test]
fn ordinary_text_hashes_and_code_have_no_further_forms() {
    for text in [
        "The train to Vienna leaves at nine from platform four, and the cat stays at home.",
        "commit 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "let total = items.iter().map(|item| item.price).sum::<u64>();",
        "----------------------------------------",
    ] {
        let forms = forms(text);
        assert_eq!(forms.len(), 1, "{forms:?}");
    }
}

#[test]
fn a_place_in_a_form_leads_back_to_the_original() {
    let text = "€ see b3BlbiB0aGUgZG9vciBwbGVhc2U= here";
    let views = Views::of(text);
    let view = views.derived().iter().find(|view| view.form == Form::Decoded).unwrap();
    let at = view.text.find("door").unwrap();
    assert_eq!(&text[view.original(at..at + 4)], "b3BlbiB0aGUgZG9vciBwbGVhc2U=");
    let at = view.text.find("here").unwrap();
    assert_eq!(&text[view.original(at..at + 4)], "here");
}

#[test]
fn ac_51_forms_of_slow_texts_stay_in_proportion() {
    for unit in [
        "a", "1 ", "@", "[", "%", "&#", "%41", ". - ", "YWJj", "0", "é", "e\u{301}", "\u{200d}",
        "\\x", "а",
    ] {
        let text = unit.repeat(200_000 / unit.len());
        let views = Views::of(&text);
        let total: usize = views.derived().iter().map(|view| view.text.len()).sum();
        assert!(total <= 4 * text.len() + 64, "{unit:?}: {total}");
    }
}

proptest! {
    #[test]
    fn every_form_maps_every_letter_to_letters_of_the_original(text in any_text()) {
        let views = Views::of(&text);
        for view in std::iter::once(&views.folded).chain(views.derived()) {
            for (at, letter) in view.text.char_indices() {
                let range = view.original(at..at + letter.len_utf8());
                prop_assert!(text.get(range.clone()).is_some_and(|it| !it.is_empty()), "{range:?}");
            }
            if !view.text.is_empty() {
                prop_assert!(view.original(0..view.text.len()).end <= text.len());
            }
        }
    }

    #[test]
    fn what_is_plain_ascii_maps_to_itself(text in "[a-z ,.]{0,80}") {
        let views = Views::of(&text);
        prop_assert_eq!(&views.folded.text, &text);
        for at in 0..text.len() {
            prop_assert_eq!(views.folded.original(at..at + 1), at..at + 1);
        }
    }
}

/// Ordinary letters, everything else Unicode has, and what the decoders look for.
fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![
        ".{0,60}",
        "[a-z0-9 %&#;\\\\xu=./+_-]{0,120}",
        proptest::collection::vec(
            prop_oneof![
                "[a-z ]{1,6}",
                "%[0-9a-f]{2}",
                "&#1[0-9]{2};",
                "[A-Za-z0-9+/]{16,40}=",
                "[\u{200b}-\u{200f}\u{fe00}-\u{fe0f}]",
                "[а-яё]{1,4}",
                "[.-]{1,4} "
            ],
            0..20
        )
        .prop_map(|parts| parts.concat()),
    ]
}
