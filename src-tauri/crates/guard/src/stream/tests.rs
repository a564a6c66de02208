//! Rows of our own. What comes out is the same for every way of cutting what goes in.

use std::sync::{Arc, LazyLock};

use proptest::prelude::*;

use super::*;
use crate::{Channel, Guard, Kind, finding::Finding, pii::Pii, secrets::Secrets};

static GUARD: LazyLock<Arc<Guard>> = LazyLock::new(|| {
    Arc::new(Guard::empty().with(Box::new(Pii::new())).with(Box::new(Secrets::new())))
});

struct Labels;

impl Redact for Labels {
    fn find(&self, text: &str) -> Vec<Finding> {
        GUARD.scan(text, Channel::ModelOutput, &[Kind::Pii, Kind::Secrets]).findings
    }

    fn replace(&mut self, finding: &Finding, _: &str) -> Option<String> {
        (finding.score >= 0.5).then(|| format!("[{}]", finding.label))
    }
}

fn masked<'a>(pieces: impl IntoIterator<Item = &'a str>) -> String {
    whole(StreamFilter::redacting(Box::new(Labels)), pieces)
}

fn letters(text: &str) -> Vec<&str> {
    text.char_indices().map(|(at, letter)| &text[at..at + letter.len_utf8()]).collect()
}

#[test]
fn thoughts_and_marks_are_taken_out() {
    for (written, shown) in [
        ("<think>hidden</think>Yes.", "Yes."),
        ("\n\n<Thinking >hidden\n</thinking >\n\nYes.", "Yes."),
        ("<think>a<think>b</think>c</think>Yes.", "Yes."),
        ("<think>never ends", ""),
        ("hidden\n</think>\nYes.", "Yes."),
        ("Yes.<think>more</think> No.", "Yes. No."),
        (
            "<|channel|>analysis<|message|>hidden<|end|><|start|>assistant<|channel|>final<|message|>Yes.",
            "Yes.",
        ),
        ("Yes.<|im_end|>\n<|im_start|>assistant\nNo.", "Yes.\nNo."),
        ("Yes.</s>", "Yes."),
        ("Yes.<|eot_id|><|start_header_id|>assistant<|end_header_id|>", "Yes."),
        ("a < b and <thick> and 1<2", "a < b and <thick> and 1<2"),
        ("It ends with `</think>` or `<|eos|>`", "It ends with `</think>` or `<|eos|>`"),
        ("```\n<think>\n```\nYes", "```\n<think>\n```\nYes"),
    ] {
        assert_eq!(clean([written]), shown, "{written}");
        assert_eq!(clean(letters(written)), shown, "{written}");
    }
}

#[test]
fn ac_49_a_mark_that_comes_in_two_tokens_is_never_shown() {
    let mut filter = StreamFilter::new();
    let shown: Vec<String> = ["Yes.<thi", "nk>hid", "den</th", "ink> No."]
        .iter()
        .map(|it| filter.push(it).text)
        .collect();
    assert_eq!(shown, ["Yes.", "", "", " No."]);
}

#[test]
fn endless_repetition_ends_after_two_copies() {
    let sentence = "The river runs past the old mill at dawn. ";
    let shown = clean([sentence.repeat(40).as_str()]);
    assert_eq!(shown.matches("river").count(), 2);
    assert!(clean([format!("So {}", "ha ".repeat(200)).as_str()]).len() < 20);
    assert!(clean(["xy".repeat(400).as_str()]).len() < 60);
    assert!(clean(["今天很好。".repeat(60).as_str()]).chars().count() < 30);
    assert_eq!(
        clean([format!("{sentence}Then it stops.").as_str()]),
        format!("{sentence}Then it stops.")
    );
}

#[test]
fn code_tables_and_numbers_may_repeat() {
    let code = format!("```\n{}```", "}\n".repeat(40));
    let table = "| 1 | 1 | 1 | 1 |\n".repeat(40);
    let numbers = "0 ".repeat(80);
    let digits = "10".repeat(60);
    let rule = "-".repeat(90);
    for text in [code.as_str(), &table, &numbers, &digits, &rule, "row row row, row", "ha ha ha ha"]
    {
        assert_eq!(clean([text]), text);
    }
}

#[test]
fn a_filter_tells_that_a_text_goes_round_in_circles() {
    let mut filter = StreamFilter::new();
    assert!(!filter.push("one two three ").repeats);
    assert!(filter.push(&"one two three ".repeat(20)).repeats);
}

#[test]
fn ac_49_what_is_to_be_masked_is_masked_however_it_is_cut() {
    // Drawn here: no key stands in the project.
    let drawn =
        |at: u32| char::from_digit((at * 17 + 11) % 26 + 10, 36).unwrap().to_ascii_uppercase();
    let key = format!("AKIA{}", (0..16).map(drawn).collect::<String>());
    let text = format!(
        "Write to jo@example.org or jo at example dot org, or call +44 20 7946 0018. The key is {key}, do not share it with anybody."
    );
    let expected = "Write to [EMAIL_ADDRESS] or [EMAIL_ADDRESS], or call [PHONE_NUMBER]. The key is [SECRET], do not share it with anybody.";
    assert_eq!(masked([text.as_str()]), expected);
    assert_eq!(masked(letters(&text)), expected);
}

#[test]
fn plain_words_pass_at_most_one_word_late() {
    let mut filter = StreamFilter::redacting(Box::new(Labels));
    let mut shown = String::new();
    let mut given = 0;
    for word in ["The ", "quick ", "brown ", "fox ", "jumps "] {
        given += word.len();
        shown.push_str(&filter.push(word).text);
        assert!(given - shown.len() <= word.len(), "{shown}");
    }
}

#[test]
fn a_plain_word_passes_as_soon_as_the_next_one_begins() {
    let mut filter = StreamFilter::redacting(Box::new(Labels));
    let shown: Vec<String> =
        ["The", " quick", " ant", " at", " home", " runs"].map(|it| filter.push(it).text).into();
    // "ant at" could still become an address.
    assert_eq!(shown, ["", "The ", "quick ", "", "", ""]);
    let mut filter = StreamFilter::redacting(Box::new(Labels));
    let shown: Vec<String> =
        ["The", " quick", " ant", " and", " bee"].map(|it| filter.push(it).text).into();
    assert_eq!(shown, ["", "The ", "quick ", "ant ", "and "]);
}

#[test]
fn json_passes_while_it_is_written_with_spaces_and_without_and_what_it_holds_is_masked() {
    for (colon, comma) in [(": ", ", "), (":", ",")] {
        let town = |name: &str| {
            let written = format!(
                "{{\"name\": \"{name}\", \"river\": \"Avon\", \"lies\": \"by the sea\", \"mail\": \"jo@example.org\"}}"
            );
            written.replace(": ", colon).replace(", ", comma)
        };
        let text = format!("[{}]", ["Bath", "Wells", "York"].map(town).join(comma));
        let mut filter = StreamFilter::redacting(Box::new(Labels));
        let (mut shown, mut given) = (String::new(), 0);
        for letter in letters(&text) {
            given += letter.len();
            shown.push_str(&filter.push(letter).text);
            let late = given.saturating_sub(shown.len());
            assert!(late < if given < 50 { 12 } else { 200 }, "{late} of {given}: {shown}");
        }
        shown.push_str(&filter.finish().text);
        assert_eq!(shown, text.replace("jo@example.org", "[EMAIL_ADDRESS]"));
    }
}

#[test]
fn a_list_of_figures_is_shown_while_it_is_written_and_what_it_holds_is_masked() {
    let mut text = String::new();
    for number in 1..=40 {
        text.push_str(&format!("#{number}. North America: {number}.0\n"));
        if number % 10 == 0 {
            text.push_str(&format!("#{number}. Jo, jo{number}@example.org: 81.2.69.{number}\n"));
        }
    }
    let mut filter = StreamFilter::redacting(Box::new(Labels));
    let (mut shown, mut given) = (String::new(), 0);
    for letter in letters(&text) {
        given += letter.len();
        shown.push_str(&filter.push(letter).text);
        // A masked value is shorter or longer than its name.
        assert!(given < shown.len() + 256, "{given} {}", shown.len());
    }
    shown.push_str(&filter.finish().text);
    assert_eq!(shown, masked([text.as_str()]));
    assert_eq!(shown.matches("[EMAIL_ADDRESS]").count(), 4, "{shown}");
    assert!(!shown.contains("example.org") && !shown.contains("81.2."), "{shown}");
}

#[test]
fn a_key_in_armour_is_masked_even_where_it_is_longer_than_the_memory() {
    let drawn = |at: u32| char::from_digit((at * 23 + 5) % 36, 36).unwrap();
    let line: String = (0..64).map(drawn).chain(['\n']).collect();
    for lines in [8, 600] {
        let text = format!(
            "Here:\n-----BEGIN PRIVATE KEY-----\n{}-----END PRIVATE KEY-----\nDone now.",
            line.repeat(lines)
        );
        let shown = masked([text.as_str()]);
        assert!(!shown.contains(&line[..20]), "{}", shown.len());
        assert!(shown.ends_with("Done now."));
    }
}

#[test]
fn ac_51_long_texts_of_one_sign_pass_in_bounded_memory() {
    for unit in ["a", "1 ", "@", "[", "<", "QUJD", "`", "<think"] {
        let text = unit.repeat(40_000 / unit.len());
        let mut filter = StreamFilter::redacting(Box::new(Labels));
        let mut shown = 0;
        for piece in text.as_bytes().chunks(4096) {
            shown += filter.push(std::str::from_utf8(piece).unwrap()).text.len();
        }
        shown += filter.finish().text.len();
        assert!(shown <= text.len(), "{unit}");
    }
}

fn pieces(text: &str, cuts: &[usize]) -> Vec<String> {
    let letters: Vec<char> = text.chars().collect();
    let mut pieces = Vec::new();
    let mut at = 0;
    for cut in cuts.iter().cycle().take(letters.len() + 1) {
        let end = (at + cut).min(letters.len());
        pieces.push(letters[at..end].iter().collect());
        at = end;
    }
    pieces.push(letters[at..].iter().collect());
    pieces
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn ac_49_every_way_of_cutting_gives_the_same(
        text in r"(<think>|</think>|<\|im_end\|>|<\|channel\|>|<\|message\|>|`|```\n|\n|\| |ab |word |jo@example\.org |\+44 20 7946 0018 |key-[0-9a-f]{32} |at |dot |[\PC]{0,4}|é){0,24}",
        cuts in prop::collection::vec(1..7_usize, 1..6),
    ) {
        let cut = pieces(&text, &cuts);
        let cut: Vec<&str> = cut.iter().map(String::as_str).collect();
        prop_assert_eq!(clean([text.as_str()]), clean(cut.clone()));
        prop_assert_eq!(masked([text.as_str()]), masked(cut));
    }

    #[test]
    fn a_text_without_marks_and_repetition_is_left_as_it_is(text in r"[a-zA-Z ,.\n]{0,4}([A-Z][a-z]{3,9} [a-z]{4,8}[,.] ?){0,6}") {
        let shown = clean([text.as_str()]);
        prop_assert_eq!(shown.trim_start(), text.trim_start());
    }

    #[test]
    fn a_stream_masks_what_a_whole_text_would(
        words in prop::collection::vec(prop::sample::select(vec!["see", "the", "report", "jo@example.org", "+44 20 7946 0018,", "soon", "from", "81.2.69.160", "today."]), 0..20)
    ) {
        let text = words.join(" ");
        // The repetition filter has its own tests.
        let mut sensitive = Sensitive::new(Box::new(Labels));
        let mut streamed = String::new();
        text.chars().for_each(|letter| sensitive.step(letter, &mut streamed));
        sensitive.finish(&mut streamed);
        let mut expected = text.clone();
        for found in Labels.find(&text).iter().rev().filter(|it| it.score >= 0.5) {
            expected.replace_range(found.range(), &format!("[{}]", found.label));
        }
        prop_assert_eq!(streamed, expected);
    }
}

#[test]
fn a_text_that_goes_on_knows_that_it_stands_in_code() {
    let mut filter = StreamFilter::new();
    filter.resume_after("See:\n```\n<thi");
    assert_eq!(filter.push("nk>\n```\n<think>no</think>Yes").text, "nk>\n```\nYes");
    let mut fresh = StreamFilter::redacting(Box::new(Labels));
    fresh.resume_after("Write to jo@example.org or to");
    let mut shown = fresh.push(" al@example.org and wait for it.").text;
    shown.push_str(&fresh.finish().text);
    assert_eq!(shown, " [EMAIL_ADDRESS] and wait for it.");
}

#[test]
fn thoughts_are_masked_and_else_left_alone() {
    let mut filter = StreamFilter::masking(Box::new(Labels));
    let mut shown = filter.push("<think> jo@example.org </think> ha ha ha ha ha ha ha").text;
    shown.push_str(&filter.finish().text);
    assert_eq!(shown, "<think> [EMAIL_ADDRESS] </think> ha ha ha ha ha ha ha");
}
