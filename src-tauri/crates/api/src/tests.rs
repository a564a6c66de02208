//! Tests over the table itself, and the export of its TypeScript types.

use std::{collections::BTreeSet, fs, path::PathBuf, sync::Arc};

use hearth_app::Grant;
use hearth_domain::{AppEvent, ChatEvent, Envelope, LibraryEvent, PortScope};
use ts_rs::{Config, TS};

use crate::{ApiError, Audience, COMMANDS, Caller, CommandKind, commands::Rpc};

#[test]
fn every_command_has_a_name_of_its_own_that_is_noun_and_verb() {
    let names: BTreeSet<_> = COMMANDS.iter().map(|spec| spec.name).collect();
    assert_eq!(names.len(), COMMANDS.len());
}

#[test]
fn every_tag_that_goes_stale_is_one_that_a_query_provides() {
    let tags = |kind| {
        let rows = COMMANDS.iter().filter(move |spec| spec.kind == kind);
        rows.flat_map(|spec| spec.tags.iter().copied()).collect::<BTreeSet<_>>()
    };
    assert!(tags(CommandKind::Action).is_subset(&tags(CommandKind::Query)));
}

#[test]
fn what_shows_a_persona_or_a_draft_goes_stale_with_it() {
    let tags = |name: &str| COMMANDS.iter().find(|spec| spec.name == name).unwrap().tags;
    // The conversations of a deleted persona stay and lose it.
    for tag in ["personas", "conversations", "messages"] {
        assert!(tags("persona_delete").contains(&tag), "{tag}");
    }
    assert!(tags("draft_save").contains(&"drafts"), "another window shows the same draft");
}

#[test]
fn a_program_reaches_only_what_its_key_opens() {
    // The key of a run opens neither what is for an administrator nor what people said.
    let key = Caller::Key(Arc::new(Grant::given()));
    for spec in COMMANDS {
        let open = matches!(spec.scopes, [PortScope::Documents | PortScope::Models]);
        assert_eq!(spec.permit(&key, true).is_ok(), open, "{}", spec.name);
    }
}

#[test]
fn no_key_reaches_keys_drafts_the_lock_or_what_only_a_desktop_does() {
    let never = ["port_key", "draft", "attachment", "guard", "lock", "recovery", "data"];
    for spec in COMMANDS.iter().filter(|spec| !spec.scopes.is_empty()) {
        assert!(!never.iter().any(|noun| spec.name.starts_with(noun)), "{}", spec.name);
        assert_ne!(spec.audience, Audience::Desktop, "{}", spec.name);
    }
}

#[test]
fn what_people_said_is_reached_by_its_own_scope_alone_and_asking_needs_chat_as_well() {
    let of = |name: &str| COMMANDS.iter().find(|spec| spec.name == name).unwrap().scopes;
    let said = ["conversation_", "message_", "chat_", "search", "generation_", "folder_"];
    for spec in COMMANDS.iter().filter(|spec| said.iter().any(|it| spec.name.starts_with(it))) {
        let own = spec.scopes.is_empty() || spec.scopes.contains(&PortScope::Conversations);
        assert!(own, "{}", spec.name);
    }
    for name in ["chat_send", "chat_regenerate", "chat_continue"] {
        assert_eq!(of(name), [PortScope::Conversations, PortScope::Chat], "{name}");
    }
    assert!(of("conversation_export").is_empty() && of("folder_delete").is_empty());
}

#[test]
fn a_second_window_cannot_change_settings() {
    let quick = Caller::Window { label: "quick".into() };
    let spec = COMMANDS.iter().find(|spec| spec.name == "settings_update").unwrap();
    assert!(spec.permit(&quick, true).is_err());
    assert!(spec.permit(&Caller::Window { label: "main".into() }, true).is_ok());
}

/// Writes the types to a folder and compares them with the committed ones;
/// `HEARTH_WRITE_TYPES=1` replaces the committed ones instead.
#[test]
fn the_committed_typescript_types_are_those_of_the_code() {
    let committed =
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../ui/src/lib/api/generated");
    let fresh = tempfile::tempdir().unwrap();
    export(fresh.path());
    if std::env::var_os("HEARTH_WRITE_TYPES").is_some() {
        let _ = fs::remove_dir_all(&committed);
        fs::create_dir_all(&committed).unwrap();
        for (name, text) in read(fresh.path()) {
            fs::write(committed.join(name), text).unwrap();
        }
    }
    let (fresh, committed) = (read(fresh.path()), read(&committed));
    let differing: Vec<_> = fresh.symmetric_difference(&committed).map(|(name, _)| name).collect();
    assert!(differing.is_empty(), "run `./build.sh types`: {differing:?}");
}

fn export(folder: &std::path::Path) {
    let config = Config::new().with_large_int("number").with_out_dir(folder);
    Rpc::export_all(&config).unwrap();
    Envelope::<ChatEvent>::export_all(&config).unwrap();
    ChatEvent::export_all(&config).unwrap();
    AppEvent::export_all(&config).unwrap();
    LibraryEvent::export_all(&config).unwrap();
    ApiError::export_all(&config).unwrap();
    let table = serde_json::to_string_pretty(COMMANDS).unwrap();
    let text = format!(
        "// Made from the command table by `./build.sh types`.\nexport const COMMANDS = {table} as const;\n"
    );
    fs::write(folder.join("commands.ts"), text).unwrap();
}

fn read(folder: &std::path::Path) -> BTreeSet<(String, String)> {
    let Ok(entries) = fs::read_dir(folder) else { return BTreeSet::new() };
    entries
        .map(|entry| {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            (name, fs::read_to_string(path).unwrap())
        })
        .collect()
}
