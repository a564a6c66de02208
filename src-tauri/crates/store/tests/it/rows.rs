//! Personas, settings, models, jobs and secrets of the database.

use std::path::PathBuf;

use hearth_domain::{
    Consent, ErrorCode, JobId, ModelId, ModelSource, Persona, PersonaDraft, PersonaId,
    SamplingParams, Settings, Theme, Timestamp,
};
use hearth_store::{Error, JobStatus, NewJob, StoredModel};
use serde_json::json;
use uuid::Uuid;

use crate::support::{Home, conversation};

fn persona(name: &str) -> Persona {
    Persona {
        id: PersonaId(Uuid::now_v7()),
        draft: PersonaDraft {
            name: name.into(),
            icon: "list".into(),
            instructions: "Be short.".into(),
            model: Some(ModelId("tiny".into())),
            sampling: SamplingParams { temperature: Some(0.5), ..SamplingParams::default() },
        },
        preset: None,
        created: Timestamp(1),
        updated: Timestamp(1),
    }
}

#[test]
fn a_persona_is_kept_changed_and_deleted_and_its_conversations_stay() {
    let (_home, db) = Home::new();
    let one = persona("one");
    let mut of = conversation("with a persona", 1);
    of.config.persona = Some(one.id);
    let with_one = of.config.clone();
    db.write(|w| {
        w.persona_insert(&one)?;
        w.conversation_insert(&of)
    })
    .unwrap();
    assert_eq!(db.read(|r| r.persona_list()).unwrap(), std::slice::from_ref(&one));
    let draft = PersonaDraft { name: "two".into(), ..one.draft.clone() };
    let changed = db.write(|w| w.persona_update(one.id, &draft, Timestamp(7))).unwrap();
    assert_eq!((changed.draft, changed.updated), (draft, Timestamp(7)));
    db.write(|w| w.persona_delete(one.id)).unwrap();
    assert_eq!(db.read(|r| r.conversation(of.id)).unwrap().config.persona, None);
    assert!(matches!(db.write(|w| w.persona_delete(one.id)), Err(Error::PersonaNotFound)));
    let refused = db.write(|w| w.conversation_configure(of.id, &with_one));
    assert!(matches!(refused, Err(Error::PersonaNotFound)));
}

#[test]
fn settings_are_defaults_until_they_are_saved() {
    let (home, db) = Home::new();
    assert_eq!(db.read(|r| r.settings()).unwrap(), Settings::default());
    let mut settings = Settings::default();
    settings.appearance.theme = Theme::Dark;
    for _ in 0..2 {
        db.write(|w| w.settings_save(&settings, Timestamp(1))).unwrap();
    }
    drop(db);
    assert_eq!(home.open().unwrap().read(|r| r.settings()).unwrap(), settings);
}

#[test]
fn a_model_keeps_its_consent_and_a_path_that_is_not_utf8() {
    let (_home, db) = Home::new();
    let mut model = StoredModel {
        id: ModelId("ab".repeat(32)),
        name: "A file".into(),
        source: ModelSource::File,
        consent: Consent::Needed,
        path: PathBuf::from("/models/a.gguf"),
        size: 5_000_000_000,
        sha256: "ab".repeat(32),
        facts: json!({"architecture": "llama"}),
        added: Timestamp(1),
    };
    #[cfg(unix)]
    {
        let name: std::ffi::OsString =
            std::os::unix::ffi::OsStringExt::from_vec(b"/models/\xff.gguf".to_vec());
        model.path = PathBuf::from(name);
    }
    assert_eq!(db.write(|w| w.model_save(&model)).unwrap(), model);
    assert_eq!(db.write(|w| w.model_consent(&model.id)).unwrap().consent, Consent::Given);
    model.name = "Renamed".into();
    let saved = db.write(|w| w.model_save(&model)).unwrap();
    assert_eq!((saved.name.as_str(), saved.consent), ("Renamed", Consent::Given));
    let twin = StoredModel { id: ModelId("twin".into()), ..model.clone() };
    assert!(matches!(db.write(|w| w.model_save(&twin)), Err(Error::Conflict)));
    assert_eq!(db.read(|r| r.model_list()).unwrap().len(), 1);
    db.write(|w| w.model_remove(&model.id)).unwrap();
    assert!(matches!(db.read(|r| r.model(&model.id)), Err(Error::ModelNotFound)));
}

#[test]
fn after_a_restart_running_jobs_are_interrupted_and_resumable_kinds_wait_again() {
    let (_home, db) = Home::new();
    let job = |kind: &str| NewJob {
        id: JobId(Uuid::now_v7()),
        kind: kind.into(),
        payload: json!({"n": 1}),
        parent: None,
        created: Timestamp(1),
    };
    let (download, export, waiting) = (job("model_download"), job("export"), job("export"));
    db.write(|w| {
        for new in [&download, &export, &waiting] {
            w.job_insert(new)?;
        }
        w.job_start(download.id, Timestamp(2))?;
        w.job_progress(download.id, "bytes", (5, 10), Some(&json!({"at": 5})))?;
        w.job_progress(download.id, "bytes", (6, 10), None)?;
        w.job_start(export.id, Timestamp(2)).map(drop)
    })
    .unwrap();
    assert!(matches!(db.write(|w| w.job_start(export.id, Timestamp(3))), Err(Error::JobNotFound)));
    let count = db.write(|w| w.jobs_interrupt(&["model_download"], Timestamp(9))).unwrap();
    assert_eq!(count, 2);
    let again = db.read(|r| r.job(download.id)).unwrap();
    assert_eq!((again.status, again.done, again.attempt), (JobStatus::Queued, 6, 1));
    assert_eq!(again.checkpoint, Some(json!({"at": 5})));
    assert_eq!(db.read(|r| r.job(export.id)).unwrap().status, JobStatus::Interrupted);
    let queued = db.read(|r| r.jobs(JobStatus::Queued)).unwrap();
    let queued: Vec<_> = queued.into_iter().map(|job| job.new).collect();
    assert_eq!(queued, [download, waiting.clone()]);
    let failed = db
        .write(|w| {
            w.job_start(waiting.id, Timestamp(10))?;
            w.job_finish(waiting.id, JobStatus::Failed, Some(ErrorCode::DiskFull), Timestamp(11))
        })
        .unwrap();
    assert_eq!((failed.error, failed.finished), (Some(ErrorCode::DiskFull), Some(Timestamp(11))));
}
