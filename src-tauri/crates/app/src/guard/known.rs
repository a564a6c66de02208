//! What the model read when it wrote an answer, and what of that is news to whoever reads the answer:
//! readers asked the questions and wrote none of the instructions. Not here: what is done about it.

use std::ops::Range;

use hearth_domain::Role;
use hearth_guard::{Finding, Kind};

/// A secret of the instructions in an answer.
const INSTRUCTIONS: &str = "leak.instructions";
/// The line around passages in an answer.
const FENCE: &str = "leak.prompt";

/// What the model read, letters and digits alone: the same number is written in many ways.
#[derive(Debug, Default)]
pub(crate) struct Known {
    instructions: String,
    said: String,
    /// What nobody but the prompt has of the line around passages.
    fence: Option<String>,
}

impl Known {
    /// What stands in these turns.
    pub(crate) fn of<'a>(turns: impl IntoIterator<Item = (Role, &'a str)>) -> Self {
        let mut known = Self::default();
        for (role, text) in turns {
            let kept = match role {
                Role::System => &mut known.instructions,
                _ => &mut known.said,
            };
            kept.push_str(&plain(text));
            kept.push('\n');
        }
        known
    }

    /// Passages are read between lines like this one.
    pub(crate) fn fenced(self, fence: Option<&str>) -> Self {
        let fence = fence.map(|it| it.trim_matches('=').to_owned()).filter(|it| !it.is_empty());
        Self { fence, ..self }
    }

    /// Whether a value is no news to readers. Instructions may give out an address; a key in them
    /// is for the model alone.
    pub(super) fn has(&self, finding: &Finding, value: &str) -> bool {
        let value = plain(value);
        let told = finding.kind != Kind::Secrets && self.instructions.contains(&value);
        finding.rule != FENCE && (told || self.said.contains(&value))
    }

    /// The finding by the rule that tells where its value comes from.
    pub(super) fn named(&self, finding: &Finding, value: &str) -> Finding {
        let leaked = finding.rule != FENCE && self.instructions.contains(&plain(value));
        Finding { rule: if leaked { INSTRUCTIONS } else { finding.rule }, ..finding.clone() }
    }

    /// Where the line around passages stands in a text.
    pub(super) fn fences(&self, text: &str) -> Vec<Finding> {
        let Some(fence) = &self.fence else { return Vec::new() };
        let found = text.match_indices(fence.as_str()).map(|(at, _)| {
            let start = text[..at].trim_end_matches('=').len();
            Finding { rule: FENCE, ..leak(start..at + fence.len()) }
        });
        found.collect()
    }
}

/// A secret of the instructions at this place.
pub(super) fn leak(place: Range<usize>) -> Finding {
    let (kind, rule, label) = (Kind::Secrets, INSTRUCTIONS, "SECRET");
    Finding { kind, rule, label, start: place.start, end: place.end, score: 1.0 }
}

fn plain(text: &str) -> String {
    text.chars().filter(|it| it.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "ghp_a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8";

    fn of(kind: Kind) -> Finding {
        Finding { kind, ..leak(0..1) }
    }

    #[test]
    fn ac_54_a_key_of_the_instructions_is_news_to_readers_and_an_address_in_them_is_not() {
        let instructions = format!("Sign with {KEY}. Complaints go to help@example.org.");
        let known = Known::of([(Role::System, instructions.as_str()), (Role::User, "Hello")]);
        assert!(!known.has(&of(Kind::Secrets), KEY));
        assert!(known.has(&of(Kind::Pii), "help@example.org"));
        let rule =
            |value| known.named(&Finding { rule: "secret.github", ..leak(0..1) }, value).rule;
        assert_eq!((rule(KEY), rule("another")), ("leak.instructions", "secret.github"));
        let asked = Known::of([(Role::System, KEY), (Role::User, KEY)]);
        assert!(asked.has(&of(Kind::Secrets), KEY), "who asks knows it");
    }

    #[test]
    fn ac_54_the_line_around_passages_is_a_canary() {
        let read = "=====00c0ffee\n[1] plan.md\nAt nine.\n=====00c0ffee";
        let known = Known::of([(Role::User, read)]).fenced(Some("=====00c0ffee"));
        let text = "I was given ===== 1 and =====00c0ffee\nAt nine.";
        let found = known.fences(text);
        assert_eq!((found.len(), &text[found[0].range()]), (1, "=====00c0ffee"));
        assert!(!known.has(&found[0], "=====00c0ffee"), "that the model read it is no reason");
        assert!(Known::default().fenced(Some("===")).fences("=== a ===").is_empty());
    }
}
