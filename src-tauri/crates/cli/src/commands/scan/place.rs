//! A text with placeholders where something is to be masked. One-way: who wants the values back reads
//! the original. (Placeholders that a conversation restores are made by the guardrails of the chat.)

use std::collections::BTreeMap;

use hearth_guard::{Action, Finding};

/// The text, with `[LABEL_N]` for every value that is to be masked; the same value gets the same number.
pub(super) fn masked(text: &str, found: &[&Finding]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut numbers: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let mut at = 0;
    for finding in found.iter().filter(|it| super::act(it) == Action::Mask) {
        if finding.end <= at {
            continue;
        }
        // What overlaps the one before is masked with it; only the rest still stands here.
        let start = finding.start.max(at);
        let (Some(before), Some(value)) = (text.get(at..start), text.get(start..finding.end))
        else {
            continue;
        };
        out.push_str(before);
        let count = counts.entry(finding.label).or_default();
        let number = numbers.entry((finding.label, value)).or_insert_with(|| {
            *count += 1;
            *count
        });
        out.push_str(&format!("[{}_{number}]", finding.label));
        at = finding.end;
    }
    out.push_str(text.get(at..).unwrap_or_default());
    out
}

#[cfg(test)]
mod tests {
    use hearth_guard::Kind;

    use super::*;

    fn finding(label: &'static str, start: usize, end: usize) -> Finding {
        Finding { kind: Kind::Pii, rule: "test", label, start, end, score: 1.0 }
    }

    #[test]
    fn the_same_value_gets_the_same_placeholder() {
        let text = "a@x.org b@x.org a@x.org";
        let found = [finding("EMAIL", 0, 7), finding("EMAIL", 8, 15), finding("EMAIL", 16, 23)];
        let found: Vec<&Finding> = found.iter().collect();
        assert_eq!(masked(text, &found), "[EMAIL_1] [EMAIL_2] [EMAIL_1]");
    }

    #[test]
    fn nothing_of_an_overlapping_value_is_left() {
        let text = "key=abcdef!";
        let found = [finding("A", 4, 8), finding("B", 6, 10)];
        let found: Vec<&Finding> = found.iter().collect();
        assert_eq!(masked(text, &found), "key=[A_1][B_1]!");
    }
}
