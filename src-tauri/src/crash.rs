//! The crash note: a small file that says which model is at work and in which phase. It is there
//! only while a model is loaded, and taken away when the program ends in order. A note that is
//! found at the start tells that the last run ended without a word; where the model was being
//! loaded or was answering, it is not loaded by itself again. No content, no path, no time.

use std::{
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use hearth_app::{App, CrashPhase};
use hearth_domain::{EngineState, ModelId};
use serde::{Deserialize, Serialize};
use tauri::async_runtime;

/// The name of the file in the data folder.
const FILE: &str = "running.json";

/// Whether this run has looked for the note of the run before it.
#[derive(Default)]
pub(crate) struct Crash {
    looked: AtomicBool,
}

/// What the file says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Note {
    /// The id of the catalogue, or the checksum of the person's own file.
    model: ModelId,
    phase: Phase,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Phase {
    Loading,
    Decoding,
    Idle,
}

/// Looks for the note of a run that crashed, then keeps one of this run. Must come before anything
/// that loads a model by itself.
pub(crate) fn begin(crash: &Crash, app: &Arc<App>) {
    let file = app.data_folder().path().join(FILE);
    // Data that was locked and opened again is no new run.
    if !crash.looked.swap(true, Ordering::AcqRel)
        && let Some(phase) = found(&file)
    {
        tracing::warn!(?phase, "the last run crashed while a model was at work");
        app.hold_model(phase);
    }
    async_runtime::spawn(follow(Arc::clone(app), file));
}

/// The program ends in order: nothing crashed.
pub(crate) fn end(app: &App) {
    keep(&app.data_folder().path().join(FILE), None);
}

/// What the model did when the last run crashed. An idle model had no part in it.
fn found(file: &Path) -> Option<CrashPhase> {
    let note: Note = serde_json::from_slice(&fs::read(file).ok()?).ok()?;
    match note.phase {
        Phase::Loading => Some(CrashPhase::Loading),
        Phase::Decoding => Some(CrashPhase::Decoding),
        Phase::Idle => None,
    }
}

/// Writes what the engine does, until it is gone.
async fn follow(app: Arc<App>, file: PathBuf) {
    let (mut state, mut beside) = (app.engine_state(), app.engines_beside());
    // The engine goes with the last one who holds the use cases; this is not to be the last one.
    drop(app);
    let mut kept = None;
    loop {
        let mut states = vec![state.borrow_and_update().clone()];
        states.extend(beside.borrow_and_update().iter().cloned());
        let now = note(&states);
        if now != kept {
            let (file, now) = (file.clone(), now.clone());
            // A disk that is full must not keep the model from being loaded.
            let _ = async_runtime::spawn_blocking(move || keep(&file, now.as_ref())).await;
        }
        kept = now;
        let changed = tokio::select! {
            changed = state.changed() => changed,
            changed = beside.changed() => changed,
        };
        if changed.is_err() {
            return;
        }
    }
}

/// Of several models the one that is likeliest to end the program.
fn note(states: &[EngineState]) -> Option<Note> {
    let noted = |state: &EngineState| match state {
        EngineState::Loading { model, .. } => Some((Phase::Loading, model.clone())),
        EngineState::Busy { model, .. } => Some((Phase::Decoding, model.clone())),
        EngineState::Ready { model, .. } => Some((Phase::Idle, model.clone())),
        EngineState::Empty | EngineState::Failed { .. } => None,
    };
    let likeliest = states.iter().filter_map(noted).min_by_key(|(phase, _)| *phase as u8);
    likeliest.map(|(phase, model)| Note { model, phase })
}

fn keep(file: &Path, note: Option<&Note>) {
    let kept = match note {
        Some(note) => write(file, note),
        None => fs::remove_file(file).or_else(|error| match error.kind() {
            io::ErrorKind::NotFound => Ok(()),
            _ => Err(error),
        }),
    };
    if let Err(error) = kept {
        tracing::warn!(kind = %error.kind(), "the crash note cannot be kept");
    }
}

/// Replaced whole: half a note says nothing.
fn write(file: &Path, note: &Note) -> io::Result<()> {
    let new = file.with_extension("new");
    let mut out = File::create(&new)?;
    out.write_all(&serde_json::to_vec(note)?)?;
    fs::rename(&new, file)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn note(phase: Phase) -> Note {
        Note { model: ModelId("m".into()), phase }
    }

    #[test]
    fn only_a_model_that_was_at_work_is_held_back() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join(FILE);
        assert_eq!(found(&file), None);
        for (phase, held) in [
            (Phase::Loading, Some(CrashPhase::Loading)),
            (Phase::Decoding, Some(CrashPhase::Decoding)),
            (Phase::Idle, None),
        ] {
            keep(&file, Some(&note(phase)));
            assert_eq!(found(&file), held);
        }
        keep(&file, None);
        keep(&file, None);
        assert!(!file.exists());
    }

    #[test]
    fn of_several_models_the_note_names_the_one_that_is_likeliest_to_blame() {
        let (model, name) = (|id: &str| ModelId(id.into()), String::new());
        let ready = EngineState::Ready {
            model: model("ready"),
            name: name.clone(),
            idle_since: hearth_domain::Timestamp(0),
            memory: hearth_domain::MemoryUse::default(),
        };
        let loading =
            EngineState::Loading { model: model("loading"), name: name.clone(), progress: 0.5 };
        let noted = |states: &[EngineState]| super::note(states).map(|note| note.model.0);
        assert_eq!(noted(&[ready.clone(), loading]).as_deref(), Some("loading"));
        assert_eq!(noted(&[EngineState::Empty, ready]).as_deref(), Some("ready"));
        assert_eq!(noted(&[EngineState::Empty]), None);
    }

    #[test]
    fn a_note_that_makes_no_sense_is_no_note() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join(FILE);
        for bytes in [&b""[..], b"{", b"\xff", b"{\"model\":\"m\",\"phase\":\"dreaming\"}"] {
            fs::write(&file, bytes).unwrap();
            assert_eq!(found(&file), None);
        }
    }
}
