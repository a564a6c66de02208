//! What a detector reports, and where texts come from. Not what is done about it: see `policy`.

use std::ops::Range;

use serde::{Deserialize, Serialize};

/// What a finding is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Text that tries to override, extract or re-purpose the instructions of an assistant.
    Injection,
    /// Data about a person.
    Pii,
    /// A key, a token, a password.
    Secrets,
    /// Abuse, threats, harassment. A soft signal.
    Toxicity,
    /// What a model wrote and nobody should see as it is.
    Output,
}

impl Kind {
    /// All of them, in the order in which they run.
    pub const ALL: [Self; 5] =
        [Self::Injection, Self::Pii, Self::Secrets, Self::Toxicity, Self::Output];

    /// The name on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Injection => "injection",
            Self::Pii => "pii",
            Self::Secrets => "secrets",
            Self::Toxicity => "toxicity",
            Self::Output => "output",
        }
    }
}

/// Where a text came from, which decides how far it is trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// The person at the keyboard.
    User,
    /// A file, or a passage found in one.
    Document,
    /// What a tool answered.
    ToolResult,
    /// How a tool describes itself.
    ToolDefinition,
    /// Another program, through the port.
    Api,
    /// What the model wrote.
    ModelOutput,
}

/// Something found in a text.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Finding {
    /// What it is about.
    pub kind: Kind,
    /// The rule that found it, a stable name such as `override.ignore_previous`.
    pub rule: &'static str,
    /// What stands there, in the scorer's words (`EMAIL_ADDRESS`, `SECRET`, `INJECTION`, `TOXIC`);
    /// also the name of its placeholder.
    pub label: &'static str,
    /// First byte in the original text; always on a letter's border.
    pub start: usize,
    /// The byte after the last one.
    pub end: usize,
    /// 0 to 1; 0.5 is the one threshold of every kind.
    pub score: f32,
}

impl Finding {
    /// The bytes of the original text.
    #[must_use]
    pub fn range(&self) -> Range<usize> {
        self.start..self.end
    }
}

/// The same place counted in code points, as the scorer and `hearth search` count. Bytes inside a
/// letter count as its beginning.
#[must_use]
pub fn code_points(text: &str, bytes: Range<usize>) -> Range<usize> {
    let count = |end: usize| text.char_indices().take_while(|(at, _)| *at < end).count();
    count(bytes.start)..count(bytes.end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_counted_in_code_points_for_the_scorer() {
        let text = "ä€😀x";
        assert_eq!(code_points(text, 2..5), 1..2);
        assert_eq!(code_points(text, 0..text.len()), 0..4);
        assert_eq!(code_points(text, 9..10), 3..4);
    }
}
