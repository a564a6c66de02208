//! What a chat template puts around each message, learnt from a few renderings, so that a long
//! conversation can be counted message by message.
//!
//! Not every template treats a message the same wherever it stands; of such a one nothing is learnt,
//! and counts are estimates. Not here: tokens.

use std::ops::Range;

use hearth_domain::Role;

use crate::Turn;

/// What stands before each message, by who spoke before it, and after the last.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Frames {
    /// From the beginning to instructions, and from there to the first question.
    system: [String; 2],
    /// From the beginning to a question without instructions.
    first: String,
    question: String,
    answer: String,
    /// After the last question, up to where the answer begins.
    pub(crate) end: String,
    /// The template takes white space around a message away.
    trims: bool,
}

/// A word that no template has and none changes.
fn word(place: usize) -> String {
    format!("Qx{place}Zq")
}

/// The words as a conversation.
fn words(roles: &[Role], around: &str) -> Vec<Turn> {
    let turn = |(place, role): (usize, &Role)| {
        Turn::new(*role, format!("{around}{}{around}", word(place)))
    };
    roles.iter().enumerate().map(turn).collect()
}

/// What stands before, between and after the words; nothing where one is missing or comes twice.
fn around(prompt: &str, count: usize) -> Option<Vec<String>> {
    let places: Vec<Range<usize>> = (0..count)
        .map(|place| {
            let word = word(place);
            let start = prompt.find(&word)?;
            (prompt.rfind(&word) == Some(start)).then(|| start..start + word.len())
        })
        .collect::<Option<_>>()?;
    let mut from = 0;
    let mut pieces = Vec::with_capacity(count + 1);
    for place in places {
        pieces.push(prompt.get(from..place.start)?.to_owned());
        from = place.end;
    }
    pieces.push(prompt[from..].to_owned());
    Some(pieces)
}

impl Frames {
    /// Learns from what `render` makes of a conversation.
    pub(crate) fn learn(render: impl Fn(&[Turn]) -> Option<String>) -> Option<Self> {
        use Role::{Assistant, System, User};
        let pieces = |roles: &[Role]| around(&render(&words(roles, ""))?, roles.len());
        let long = pieces(&[System, User, Assistant, User, Assistant, User])?;
        let short = pieces(&[User, Assistant, User])?;
        let [begin, instructed, answer, question, answer2, question2, end] = &long[..] else {
            return None;
        };
        let [first, answer3, question3, end2] = &short[..] else { return None };
        let same = [answer2, answer3].iter().all(|other| *other == answer)
            && [question2, question3].iter().all(|other| *other == question)
            && end == end2;
        let spaced = render(&words(&[User], "  "))?;
        let system = [begin.clone(), instructed.clone()];
        same.then(|| Self {
            system,
            first: first.clone(),
            question: question.clone(),
            answer: answer.clone(),
            end: end.clone(),
            trims: !spaced.contains(&format!("  {}  ", word(0))),
        })
    }

    /// A message with what stands before it.
    pub(crate) fn framed(&self, before: Option<Role>, role: Role, content: &str) -> String {
        let frame = match (before, role) {
            (_, Role::System) => &self.system[0],
            (None, Role::User) => &self.first,
            (Some(Role::System), Role::User) => &self.system[1],
            (Some(_), Role::User) => &self.question,
            (_, Role::Assistant) => &self.answer,
        };
        let content = if self.trims { content.trim() } else { content };
        format!("{frame}{content}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(turns: &[Turn]) -> Option<String> {
        let said = turns.iter().map(|turn| format!("<{}>{};", turn.role.as_str(), turn.content));
        Some(format!("^{}<assistant>", said.collect::<String>()))
    }

    #[test]
    fn framed_messages_one_after_the_other_are_what_the_template_renders() {
        let frames = Frames::learn(plain).unwrap();
        let roles = [Role::System, Role::User, Role::Assistant, Role::User];
        for roles in [&roles[..], &roles[1..], &roles[1..2]] {
            let turns = words(roles, " ");
            let mut built = String::new();
            let mut before = None;
            for turn in &turns {
                built += &frames.framed(before, turn.role, &turn.content);
                before = Some(turn.role);
            }
            assert_eq!(Some(built + &frames.end), plain(&turns));
        }
    }

    #[test]
    fn a_template_that_trims_is_known() {
        let trimmed = |turns: &[Turn]| {
            let trim = |turn: &Turn| Turn { content: turn.content.trim().into(), ..turn.clone() };
            plain(&turns.iter().map(trim).collect::<Vec<_>>())
        };
        let frames = Frames::learn(trimmed).unwrap();
        assert_eq!(frames.framed(None, Role::User, " hi\n"), "^<user>hi");
    }

    #[test]
    fn of_a_template_that_moves_drops_or_doubles_messages_nothing_is_learnt() {
        let reversed = |turns: &[Turn]| plain(&turns.iter().rev().cloned().collect::<Vec<_>>());
        assert_eq!(Frames::learn(reversed), None);
        assert_eq!(Frames::learn(|turns| plain(&turns[1..])), None);
        assert_eq!(Frames::learn(|turns| Some(plain(turns)?.repeat(2))), None);
        let last_is_special = |turns: &[Turn]| {
            let answer = turns.iter().rposition(|turn| turn.role == Role::Assistant);
            let mut turns = turns.to_vec();
            if let Some(answer) = answer {
                turns[answer].content.insert_str(0, "<think></think>");
            }
            plain(&turns)
        };
        assert_eq!(Frames::learn(last_is_special), None);
        assert_eq!(Frames::learn(|_| None), None);
    }
}
