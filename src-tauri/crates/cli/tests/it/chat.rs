//! `hearth chat` with the bundled model.

use serde_json::Value;

use crate::support::{Beside, Home, error};

const PARIS: [&str; 6] =
    ["chat", "What is the capital of France?", "--temperature", "0", "--max-tokens", "48"];

fn paris(more: &[&'static str]) -> Vec<&'static str> {
    PARIS.iter().chain(more).copied().collect()
}

#[test]
fn the_capital_of_france_is_printed_as_text_and_nothing_else() {
    let home = Home::new();
    let output = home.run(&PARIS);
    assert!(output.status.success(), "{output:?}");
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("Paris") && text.ends_with('\n'), "{text}");
    assert!(!text.contains("<|im_end|>"), "{text}");
}

#[test]
fn the_object_for_programs_has_the_promised_fields() {
    let home = Home::new();
    let answer = home.json(&paris(&["--json", "--seed", "1", "--system", "Be brief."]));
    let mut names: Vec<_> = answer.as_object().unwrap().keys().map(String::as_str).collect();
    names.sort_unstable();
    assert_eq!(
        names,
        [
            "citations",
            "conversation",
            "findings",
            "finish_reason",
            "message",
            "reasoning",
            "text",
            "timing",
            "usage"
        ]
    );
    assert!(answer["text"].as_str().unwrap().contains("Paris"), "{answer}");
    for name in ["prompt_tokens", "cached_tokens", "completion_tokens"] {
        assert!(answer["usage"][name].is_u64(), "{answer}");
    }
    for name in ["queue_ms", "ttft_ms", "tokens_per_second"] {
        assert!(answer["timing"][name].is_number(), "{answer}");
    }
    assert_eq!(answer["citations"], Value::Array(Vec::new()));
}

#[test]
fn a_conversation_goes_on_by_its_name() {
    let home = Home::new();
    let first = home.json(&paris(&["--json"]));
    let id = first["conversation"].as_str().unwrap();
    let arguments =
        ["chat", "--json", "--conversation", id, "--max-tokens", "16", "And of Germany?"];
    let second = home.json(&arguments);
    assert_eq!(second["conversation"], first["conversation"]);
    assert_ne!(second["message"], first["message"]);
    let tokens = |answer: &Value| answer["usage"]["prompt_tokens"].as_u64().unwrap();
    assert!(tokens(&second) > tokens(&first), "the first turn was read again");
}

#[test]
fn what_is_piped_in_belongs_to_the_question() {
    let home = Home::new();
    let arguments = ["chat", "--json", "--temperature", "0", "--max-tokens", "48"];
    let output = home.run_with_input(&arguments, b"What is the capital of France?\n");
    assert!(output.status.success(), "{output:?}");
    let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(answer["text"].as_str().unwrap().contains("Paris"), "{answer}");
}

#[test]
fn empty_huge_and_binary_questions_are_refused_by_their_codes() {
    let home = Home::new();
    let megabyte = "All work and no play. ".repeat(50_000);
    let cases: [(&[u8], &[&str]); 3] = [
        (b"", &["empty_prompt"]),
        (megabyte.as_bytes(), &["prompt_too_long", "text_too_large"]),
        (b"\xff\xfe\x00\x80\xc3\x28", &["invalid_request"]),
    ];
    for (input, codes) in cases {
        let output = home.run_with_input(&["chat", "--json", "--max-tokens", "8"], input);
        assert_eq!(output.status.code(), Some(1), "{codes:?}: {output:?}");
        let code = error(&output)["code"].as_str().unwrap().to_owned();
        assert!(codes.contains(&code.as_str()), "{code}, not {codes:?}");
    }
    let answer = home.json(&paris(&["--json"]));
    assert!(answer["text"].as_str().unwrap().contains("Paris"), "it still answers");
}

#[test]
fn an_interrupted_answer_ends_with_130_and_keeps_what_was_written() {
    let home = Home::new();
    let question = "Write a long story about a dragon and a village.";
    let arguments = ["chat", question, "--temperature", "0", "--max-tokens", "1500"];
    let mut chat = Beside::start(&mut home.hearth(&arguments));
    chat.first_byte();
    chat.signal("INT");
    assert_eq!(chat.end().code(), Some(130));
    let report = home.json(&["verify", "--json"]);
    assert_eq!(report["ok"], true);
    assert_eq!(report["messages"], 2, "question and partial answer: {report}");
}

#[test]
fn an_error_for_people_is_a_sentence_with_a_way_out() {
    let home = Home::new();
    let output = home.run(&["chat", "--model", "no-such-model", "hi"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(output.stdout.is_empty());
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("hearth: ") && said.contains("`hearth models`"), "{said}");
}
