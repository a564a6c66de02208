//! `hearth chat`: one question, or a conversation at a prompt.

mod answer;
mod attach;
mod progress;
mod prompt;
mod question;

use std::{
    io::{self, IsTerminal},
    process::ExitCode,
};

use hearth_domain::{CollectionId, ConversationId, ModelId, SamplingParams};

use super::search;
use crate::{
    args::{Chat, Global},
    failure::Failure,
    out::Out,
    program::Program,
    signals::Signals,
};

/// What stays the same for every question of one run.
struct Setting {
    model: Option<ModelId>,
    instructions: Option<String>,
    sampling: SamplingParams,
    collections: Vec<CollectionId>,
    /// Whether documents are read to the end instead of searched.
    everything: bool,
}

pub(super) async fn run(global: &Global, chat: Chat, out: Out) -> Result<ExitCode, Failure> {
    let mut signals = Signals::listen().map_err(Failure::Runtime)?;
    if chat.question.is_none() && io::stdin().is_terminal() {
        let program = Program::open_for_others(global, out).await?;
        let talked = prompt::talk(&program, &chat, out, &mut signals).await;
        program.close().await;
        return talked;
    }
    let text = question::read(chat.question.as_deref())?;
    let program = Program::open(global, out).await?;
    let asked = ask_once(&program, &chat, &text, out, &mut signals).await;
    program.close().await;
    asked
}

async fn ask_once(
    program: &Program,
    chat: &Chat,
    text: &str,
    out: Out,
    signals: &mut Signals,
) -> Result<ExitCode, Failure> {
    let setting = setting(program, chat).await?;
    let attachments = attach::all(program, &chat.attach, out).await?;
    let asked = answer::Asked { text, attachments: &attachments, conversation: chat.conversation };
    let answered = answer::ask(program, &setting, asked, out, signals).await?;
    if out.is_json() {
        out.object(&answered.to_json())?;
    }
    match answered.was_cancelled() {
        true => Err(Failure::Interrupted),
        false if answered.found_nothing() => Ok(ExitCode::from(search::NO_ANSWER)),
        false => Ok(ExitCode::SUCCESS),
    }
}

async fn setting(program: &Program, chat: &Chat) -> Result<Setting, Failure> {
    let model = match &chat.model {
        Some(named) => Some(program.model(named).await?.id),
        None => None,
    };
    let sampling = SamplingParams {
        temperature: chat.temperature,
        seed: chat.seed,
        max_tokens: chat.max_tokens,
        ..SamplingParams::default()
    };
    let collections = search::named(program, &chat.collection).await?;
    let (instructions, everything) = (chat.system.clone(), chat.read_all);
    Ok(Setting { model, instructions, sampling, collections, everything })
}

/// The conversation that a prompt goes on with.
type Thread = Option<ConversationId>;
