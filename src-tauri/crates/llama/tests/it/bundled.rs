//! The bundled model: what a new user meets first.

use hearth_llama::chat::{self, ChatMessage, ChatTemplate, RenderOptions};
use hearth_llama::{Model, ModelParams, gguf};
use hearth_testkit::bundled_model;

use crate::support::answer;

const SYSTEM: &str = "<|im_start|>system\nYou are a helpful AI assistant named SmolLM, trained by Hugging Face<|im_end|>\n";

fn load() -> Model {
    Model::load(&bundled_model(), &ModelParams::default(), &mut |_| true).unwrap()
}

fn message<'a>(role: &'a str, content: &'a str) -> ChatMessage<'a> {
    ChatMessage { role, content, ..ChatMessage::default() }
}

#[test]
fn its_header_says_what_it_is() {
    let header = gguf::read(&bundled_model()).unwrap();
    assert_eq!(header.architecture, "llama");
    assert_eq!(header.quantisation, "Q4_1");
    assert_eq!(header.licence.as_deref(), Some("apache-2.0"));
    assert_eq!((header.block_count, header.context_length), (30, 8192));
    assert_eq!((header.head_count, header.head_count_kv, header.vocab_size), (9, 3, 49152));
    assert_eq!(header.kv_bytes_per_token, 30 * 2 * 3 * 64 * 2);
    assert_eq!(header.parameters, 134_515_008);
    assert_eq!(header.file_size, 98_362_432);
}

#[test]
fn its_template_is_known_and_renders_to_the_letter() {
    let model = load();
    let template = ChatTemplate::from_model(&model).unwrap();
    assert!(chat::is_known(template.source_hash()));
    let rendered = template.render(&[message("user", "Hi")], &RenderOptions::default()).unwrap();
    let wanted = format!("{SYSTEM}<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n");
    assert_eq!(rendered.prompt, wanted);
    assert!(!rendered.supports_thinking);
    let turns = [
        message("system", "Be brief."),
        message("user", "Hi"),
        message("assistant", "Hello."),
        message("user", "Bye"),
    ];
    let options = RenderOptions { add_generation_prompt: false, enable_thinking: true };
    let prompt = template.render(&turns, &options).unwrap().prompt;
    assert_eq!(
        prompt,
        "<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\nHi<|im_end|>\n\
         <|im_start|>assistant\nHello.<|im_end|>\n<|im_start|>user\nBye<|im_end|>\n"
    );
    let parsed = template.parse(&rendered, "Paris is the", true).unwrap();
    assert_eq!((parsed.content.as_str(), parsed.reasoning.as_str()), ("Paris is the", ""));
}

#[test]
fn asked_for_the_capital_of_france_it_says_paris() {
    let model = load();
    let template = ChatTemplate::from_model(&model).unwrap();
    // With the system prompt that its template brings along it answers in songs, in llama.cpp's own
    // server as well; with this one it knows.
    let system = message("system", "You are a helpful assistant.");
    let question = [system, message("user", "What is the capital of France?")];
    let prompt = template.render(&question, &RenderOptions::default()).unwrap().prompt;
    let said = String::from_utf8(answer(&model, &prompt, 40).concat()).unwrap();
    assert!(said.contains("Paris"), "{said}");
}

#[test]
fn a_prompt_of_a_megabyte_and_one_of_odd_bytes_are_cut_into_tokens() {
    let model = load();
    let letters = "a".repeat(1 << 20);
    let words = "lorem ipsum ".repeat(1 << 16);
    for text in [letters, words, " ".repeat(1 << 20), "\n".repeat(1 << 16)] {
        let tokens = model.tokenize(&text, false, false).unwrap();
        let bytes: Vec<u8> = tokens.iter().flat_map(|token| model.piece(*token, false)).collect();
        assert!(bytes == text.as_bytes());
    }
    // Its vocabulary lacks some bytes, so not all of these come back; none may end the process.
    let odd: String = (0u32..0x11_0000).step_by(7).filter_map(char::from_u32).collect();
    assert!(!model.tokenize(&odd, true, true).unwrap().is_empty());
    assert!(model.tokenize("", false, false).unwrap().is_empty());
}
