//! From the tree of messages to the turns that the model reads.

use std::collections::HashMap;

use hearth_domain::{Message, MessageId, MessageStatus, Role};
use hearth_engine::Turn;

/// The turns from the root to `leaf`, instructions first.
///
/// Instructions written into the conversation (a root of role `system`) win over those of the
/// persona. Answers that hold nothing (failed or stopped before the first word) are left out, and
/// so is what the model thought. Turns of one speaker in a row become one.
pub(super) fn turns(messages: &[Message], leaf: MessageId, instructions: &str) -> Vec<Turn> {
    let by_id: HashMap<_, _> = messages.iter().map(|message| (message.id, message)).collect();
    let mut path = Vec::new();
    let mut next = Some(leaf);
    while let Some(message) = next.and_then(|id| by_id.get(&id)) {
        path.push(*message);
        next = message.parent;
    }
    path.reverse();
    let own = path.first().is_some_and(|message| message.role == Role::System);
    let mut turns = Vec::with_capacity(path.len() + 1);
    if !own && !instructions.trim().is_empty() {
        turns.push(Turn { role: Role::System, content: instructions.to_owned() });
    }
    let said = path.into_iter().filter(|message| {
        !message.content.is_empty() && message.status != MessageStatus::Streaming
    });
    for message in said {
        match turns.last_mut() {
            // Many templates refuse two turns of one speaker in a row.
            Some(last) if last.role == message.role => {
                last.content.push_str("\n\n");
                last.content.push_str(&message.content);
            }
            _ => turns.push(Turn { role: message.role, content: message.content.clone() }),
        }
    }
    turns
}

/// The title of a conversation until a person gives it one: the first line of the question.
pub(super) fn title(text: &str) -> String {
    const CHARACTERS: usize = 60;
    let line = text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
    let mut title: String = line.chars().filter(|c| !c.is_control()).take(CHARACTERS).collect();
    if line.chars().count() > CHARACTERS {
        if let Some(space) = title.rfind(' ').filter(|at| *at > title.len() / 2) {
            title.truncate(space);
        }
        title.push('…');
    }
    title
}

#[cfg(test)]
mod tests {
    use hearth_domain::{ConversationId, Timestamp};
    use uuid::Uuid;

    use super::*;

    fn message(role: Role, content: &str, parent: Option<&Message>) -> Message {
        Message {
            id: MessageId(Uuid::now_v7()),
            conversation: ConversationId(Uuid::nil()),
            parent: parent.map(|parent| parent.id),
            role,
            content: content.into(),
            reasoning: "thought".into(),
            status: MessageStatus::Complete,
            finish: None,
            model: None,
            usage: None,
            timing: None,
            created: Timestamp(0),
        }
    }

    fn texts(turns: &[Turn]) -> Vec<&str> {
        turns.iter().map(|turn| turn.content.as_str()).collect()
    }

    #[test]
    fn only_the_branch_of_the_leaf_is_read() {
        let question = message(Role::User, "q", None);
        let first = message(Role::Assistant, "a1", Some(&question));
        let second = message(Role::Assistant, "a2", Some(&question));
        let next = message(Role::User, "q2", Some(&second));
        let leaf = next.id;
        let all = [question, first, second, next];
        assert_eq!(texts(&turns(&all, leaf, "")), ["q", "a2", "q2"]);
    }

    #[test]
    fn instructions_of_the_conversation_win_over_those_of_the_persona() {
        let own = message(Role::System, "own", None);
        let question = message(Role::User, "q", Some(&own));
        let leaf = question.id;
        assert_eq!(texts(&turns(&[own, question], leaf, "persona")), ["own", "q"]);
        let alone = message(Role::User, "q", None);
        let leaf = alone.id;
        assert_eq!(texts(&turns(&[alone], leaf, "persona")), ["persona", "q"]);
    }

    #[test]
    fn an_answer_without_a_word_is_left_out_and_the_questions_around_it_become_one() {
        let question = message(Role::User, "q", None);
        let empty = message(Role::Assistant, "", Some(&question));
        let next = message(Role::User, "q2", Some(&empty));
        let leaf = next.id;
        assert_eq!(texts(&turns(&[question, empty, next], leaf, "")), ["q\n\nq2"]);
    }

    #[test]
    fn a_title_is_the_first_line_cut_at_a_word() {
        assert_eq!(title("\n  Hello there \nmore"), "Hello there");
        let long = title(&"word ".repeat(40));
        assert!(long.ends_with("word…") && long.chars().count() <= 61, "{long}");
        assert_eq!(title(&"x".repeat(100)).chars().count(), 61);
    }
}
