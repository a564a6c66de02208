//! Prompts for a question that is still to come: what stays of them whatever is asked.
//!
//! A template may write the history in another way once it is history (thoughts left out), so it is
//! asked: the same conversation is rendered with two questions, and what both begin with is what can
//! be read ahead. Not here: when that is done.

use hearth_domain::Role;

use crate::{Request, Turn};

/// Two questions that share no beginning.
pub(crate) const ONE: &str = ".";
pub(crate) const OTHER: &str = "7";

/// What stands between two messages of one speaker.
const BREAK: &str = "\n\n";

/// The request with a question at its end.
pub(crate) fn question(request: &Request, text: &str) -> Request {
    let mut messages = request.messages.clone();
    match messages.last_mut().filter(|last| last.role == Role::User) {
        // A question that was not answered becomes one with the next.
        Some(last) => {
            last.content.push_str(BREAK);
            last.content.push_str(text);
        }
        None => messages.push(user(text)),
    }
    Request { messages, ..request.clone() }
}

/// The conversation one turn later; `None` where nothing was asked.
pub(crate) fn next_turn(messages: &[Turn]) -> Option<Vec<Turn>> {
    let asked = messages.last().filter(|last| last.role == Role::User)?;
    let answer = Turn::new(Role::Assistant, ONE);
    // The last question may stand twice: only what comes before the answer is compared.
    let next = Turn::new(Role::User, asked.content.clone());
    Some(messages.iter().cloned().chain([answer, next]).collect())
}

fn user(text: &str) -> Turn {
    Turn::new(Role::User, text)
}
