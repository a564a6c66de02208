//! From the branch of a conversation to the turns that the model reads.

use std::borrow::Borrow;

use hearth_domain::{Message, MessageStatus, Role};
use hearth_engine::Turn;
use hearth_store::MessageOutline;

use super::carried::Documents;
use crate::sources::BREAK;

/// A message, with or without its text.
pub(super) trait Spoken {
    fn role(&self) -> Role;
    /// Whether the model reads it: an answer that holds nothing, failed or stopped before the
    /// first word, is left out.
    fn is_said(&self) -> bool;
}

impl Spoken for Message {
    fn role(&self) -> Role {
        self.role
    }

    fn is_said(&self) -> bool {
        let empty = self.content.is_empty() && self.attachments.is_empty();
        !empty && self.status != MessageStatus::Streaming
    }
}

impl<T: Spoken> Spoken for &T {
    fn role(&self) -> Role {
        T::role(self)
    }

    fn is_said(&self) -> bool {
        T::is_said(self)
    }
}

impl Spoken for MessageOutline {
    fn role(&self) -> Role {
        self.role
    }

    fn is_said(&self) -> bool {
        let empty = self.bytes == 0 && self.attachments.is_empty();
        !empty && self.status != MessageStatus::Streaming
    }
}

/// What is said, by turns: many templates refuse two turns of one speaker in a row.
pub(super) fn by_speaker<T: Spoken>(branch: Vec<T>) -> Vec<(Role, Vec<T>)> {
    let mut turns: Vec<(Role, Vec<T>)> = Vec::with_capacity(branch.len() + 1);
    for message in branch.into_iter().filter(Spoken::is_said) {
        match turns.last_mut() {
            Some((role, said)) if *role == message.role() => said.push(message),
            _ => turns.push((message.role(), vec![message])),
        }
    }
    turns
}

/// What one speaker said, as the model reads it.
pub(super) fn content(said: &[impl Borrow<Message>], documents: &Documents) -> String {
    let texts = said.iter().map(|message| documents.before(message.borrow()));
    texts.collect::<Vec<_>>().join(BREAK)
}

/// The turns of a branch, instructions first.
///
/// Instructions written into the conversation (a root of role `system`, from earlier versions) win.
/// What the model thought is left out.
pub(super) fn turns(branch: &[Message], documents: &Documents, instructions: &str) -> Vec<Turn> {
    let said = by_speaker(branch.iter().collect::<Vec<_>>());
    let own = said.first().is_some_and(|(role, _)| *role == Role::System);
    let mut turns = Vec::with_capacity(said.len() + 1);
    if !own && !instructions.trim().is_empty() {
        turns.push(Turn::new(Role::System, instructions));
    }
    turns.extend(said.into_iter().map(|(role, said)| Turn::new(role, content(&said, documents))));
    turns
}

#[cfg(test)]
mod tests {
    use hearth_domain::{
        Attachment, AttachmentId, AttachmentText, ConversationId, MessageId, Timestamp,
    };
    use uuid::Uuid;

    use super::*;

    fn message(role: Role, content: &str) -> Message {
        Message {
            id: MessageId(Uuid::now_v7()),
            conversation: ConversationId(Uuid::nil()),
            parent: None,
            role,
            content: content.into(),
            attachments: Vec::new(),
            reasoning: "thought".into(),
            status: MessageStatus::Complete,
            finish: None,
            model: None,
            usage: None,
            timing: None,
            created: Timestamp(0),
        }
    }

    fn texts(branch: &[Message], instructions: &str) -> Vec<String> {
        let turns = turns(branch, &Documents::default(), instructions);
        turns.into_iter().map(|turn| turn.content).collect()
    }

    #[test]
    fn instructions_in_the_conversation_win_over_those_beside_it() {
        let question = || message(Role::User, "q");
        assert_eq!(texts(&[message(Role::System, "own"), question()], "persona"), ["own", "q"]);
        assert_eq!(texts(&[question()], "persona"), ["persona", "q"]);
        assert_eq!(texts(&[question()], " "), ["q"]);
    }

    #[test]
    fn an_answer_without_a_word_is_left_out_and_the_questions_around_it_become_one() {
        let empty = message(Role::Assistant, "");
        let branch = [message(Role::User, "q"), empty, message(Role::User, "q2")];
        assert_eq!(texts(&branch, ""), ["q\n\nq2"]);
    }

    #[test]
    fn what_a_question_carries_is_read_before_it_even_where_it_has_no_text() {
        let mut question = message(Role::User, "");
        let attachment = Attachment {
            id: AttachmentId(Uuid::nil()),
            name: "a".into(),
            bytes: 1,
            lines: 1,
            pages: 0,
        };
        question.attachments.push(attachment.clone());
        let mut documents = Documents::default();
        documents.add(question.id, AttachmentText { attachment, text: "x".into() });
        let turns = turns(&[question], &documents, "");
        assert_eq!(turns[0].content, "File: a\n```\nx\n```");
    }
}
