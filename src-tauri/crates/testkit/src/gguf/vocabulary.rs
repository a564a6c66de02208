//! A byte-level vocabulary: a token for each byte, marks for a chat, and pieces that a test wants.

use std::collections::HashMap;

/// Ends an answer; also the end token of the model.
pub(super) const END: &str = "<|end|>";
/// Begins an answer.
pub(super) const ASSISTANT: &str = "<|assistant|>";
const START: &str = "<|start|>";
const USER: &str = "<|user|>";
const SYSTEM: &str = "<|system|>";

/// Renders as `<|user|>Hello<|end|><|assistant|>`.
pub(super) const TEMPLATE: &str = "{%- for message in messages -%}\
    {{- '<|' + message.role + '|>' + message.content + '<|end|>' -}}{%- endfor -%}\
    {%- if add_generation_prompt -%}{{- '<|assistant|>' -}}{%- endif -%}";

const CONTROL: i32 = 3;
const NORMAL: i32 = 1;

/// Tokens by id.
#[derive(Clone, Debug)]
pub(super) struct Vocabulary {
    pub(super) texts: Vec<String>,
    pub(super) kinds: Vec<i32>,
    ids: HashMap<String, usize>,
}

impl Vocabulary {
    pub(super) fn new() -> Self {
        let mut all = Self { texts: Vec::new(), kinds: Vec::new(), ids: HashMap::new() };
        for mark in [START, END, SYSTEM, USER, ASSISTANT] {
            all.add(mark.to_owned(), CONTROL);
        }
        for byte in 0..=255u8 {
            all.add(letter(byte).to_string(), NORMAL);
        }
        all
    }

    fn add(&mut self, text: String, kind: i32) -> usize {
        if let Some(id) = self.ids.get(&text) {
            return *id;
        }
        let id = self.texts.len();
        self.ids.insert(text.clone(), id);
        self.texts.push(text);
        self.kinds.push(kind);
        id
    }

    /// The token with exactly these bytes, new where there was none.
    pub(super) fn piece(&mut self, bytes: &[u8]) -> usize {
        self.add(bytes.iter().map(|byte| letter(*byte)).collect(), NORMAL)
    }

    pub(super) fn mark(&self, text: &str) -> usize {
        self.ids.get(text).copied().unwrap_or_default()
    }
}

/// The letter that byte-level vocabularies write for a byte: itself where it is printable.
fn letter(byte: u8) -> char {
    let printable = |b: u8| matches!(b, b'!'..=b'~' | 0xa1..=0xac | 0xae..=0xff);
    if printable(byte) {
        return char::from(byte);
    }
    let before = (0..byte).filter(|other| !printable(*other)).count();
    u32::try_from(256 + before).ok().and_then(char::from_u32).unwrap_or('?')
}
