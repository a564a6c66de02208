//! A conversation at a prompt. The history of what was typed stays in memory: nothing of it
//! reaches the disk in plain text, and the conversation itself is in the encrypted database.

use std::process::ExitCode;

use rustyline::{Config, Editor, error::ReadlineError, history::MemHistory};

use super::{Setting, Thread, answer, attach};
use crate::{args::Chat, failure::Failure, out::Out, program::Program, signals::Signals, terminal};

type Lines = Editor<(), MemHistory>;

pub(super) async fn talk(
    program: &Program,
    chat: &Chat,
    out: Out,
    signals: &mut Signals,
) -> Result<ExitCode, Failure> {
    let setting = super::setting(program, chat).await?;
    let mut thread: Thread = chat.conversation;
    // They go with the first question; the model knows of them from then on.
    let mut attachments = attach::all(program, &chat.attach, out).await?;
    let config = Config::builder().auto_add_history(true).build();
    let editor = Lines::with_history(config, MemHistory::new()).map_err(Failure::Prompt)?;
    let mut editor = Box::new(editor);
    out.note("Ask away. Ctrl-C stops an answer, Ctrl-D ends.");
    loop {
        let (again, line) = read_line(editor).await?;
        editor = again;
        let text = match line {
            Ok(line) if line.trim().is_empty() => continue,
            Ok(line) => line,
            Err(ReadlineError::Interrupted) => continue,
            Err(ReadlineError::Eof) => return Ok(ExitCode::SUCCESS),
            Err(error) => return Err(Failure::Prompt(error)),
        };
        let asked = answer::Asked { text: &text, attachments: &attachments, conversation: thread };
        if let Some(goes_on) = turn(program, &setting, asked, out, signals).await? {
            attachments.clear();
            thread = Some(goes_on);
        }
    }
}

/// One question, and the conversation that goes on with its answer. One that fails is said and does not
/// end the conversation.
async fn turn(
    program: &Program,
    setting: &Setting,
    asked: answer::Asked<'_>,
    out: Out,
    signals: &mut Signals,
) -> Result<Thread, Failure> {
    match answer::ask(program, setting, asked, out, signals).await {
        Ok(answered) => {
            if out.is_json() {
                out.object(&answered.to_json())?;
            }
            Ok(Some(answered.conversation))
        }
        Err(closed @ Failure::OutputClosed(_)) => Err(closed),
        Err(failure) => {
            out.failure(&failure);
            Ok(None)
        }
    }
}

/// Reads a line on a thread that may wait, and brings the editor back with it.
async fn read_line(
    mut editor: Box<Lines>,
) -> Result<(Box<Lines>, Result<String, ReadlineError>), Failure> {
    terminal::typed(move || {
        let line = editor.readline("> ");
        (editor, line)
    })
    .await
}
