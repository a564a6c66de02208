//! `hearth keys`: make, list and revoke the keys of the port, and show what was done with them.

mod used;

use std::{
    process::ExitCode,
    time::{SystemTime, UNIX_EPOCH},
};

use hearth_api::ApiError;
use hearth_app::NewPortKey;
use hearth_domain::{
    Collection, CollectionId, ErrorCode, Folder, FolderId, ModelId, PortKey, PortKeyDraft,
    PortRights, PortScope, Timestamp,
};
use serde_json::{Value, json};

use crate::{
    args::{Global, Keys, KeysAction, MakeKey, day},
    failure::Failure,
    out::Out,
    program::Program,
};

pub(super) async fn run(global: &Global, keys: Keys, out: Out) -> Result<ExitCode, Failure> {
    let program = Program::open(global, out).await?;
    let done = act(&program, keys.action.unwrap_or(KeysAction::List), out).await;
    program.close().await;
    done.map(|()| ExitCode::SUCCESS)
}

async fn act(program: &Program, action: KeysAction, out: Out) -> Result<(), Failure> {
    match action {
        KeysAction::List => list(&all(program).await?, out),
        KeysAction::Use { key, csv } => used::show(program, key.as_deref(), csv, out).await,
        KeysAction::Make(make) => made(&new(program, make).await?, out),
        KeysAction::Revoke { key } => {
            let key = known(program, &key).await?;
            let _: Value = program.call("port_key_revoke", json!({ "id": key.id })).await?;
            if out.is_json() {
                return out.object(&json!({ "id": key.id }));
            }
            out.line(&format!("Revoked {}. What ran for it has ended.", key.name))
        }
    }
}

async fn all(program: &Program) -> Result<Vec<PortKey>, Failure> {
    program.call("port_key_list", json!({})).await
}

/// A key by its id or its name.
async fn known(program: &Program, named: &str) -> Result<PortKey, Failure> {
    let named = |key: &PortKey| key.id.to_string() == named || key.name == named;
    let found = all(program).await?.into_iter().find(named);
    let text = "there is no key of that id or name; `hearth keys` lists those there are";
    found.ok_or_else(|| ApiError::new(ErrorCode::PortKeyNotFound, text).into())
}

async fn new(program: &Program, make: MakeKey) -> Result<NewPortKey, Failure> {
    let rights = PortRights {
        scopes: if make.scope.is_empty() { PortRights::default().scopes } else { make.scope },
        models: models(program, &make.model).await?,
        collections: collections(program, &make.collection).await?,
        folder: folder(program, make.folder.as_deref()).await?,
        requests_per_minute: make.requests_per_minute,
        tokens_per_minute: make.tokens_per_minute,
        tokens_per_day: make.tokens_per_day,
        expires: make.expires.map(|life| life.end(now())),
        profile: make.guard,
    };
    program.call("port_key_make", json!(PortKeyDraft { name: make.name, rights })).await
}

/// The ids of models; none named is all of them.
async fn models(program: &Program, named: &[String]) -> Result<Option<Vec<ModelId>>, Failure> {
    let mut ids = Vec::with_capacity(named.len());
    for name in named {
        ids.push(program.model(name).await?.id);
    }
    Ok((!ids.is_empty()).then_some(ids))
}

async fn collections(
    program: &Program,
    named: &[String],
) -> Result<Option<Vec<CollectionId>>, Failure> {
    let mut ids = Vec::with_capacity(named.len());
    for name in named {
        let found: Collection = program.call("collection_find", json!({ "name": name })).await?;
        ids.push(found.id);
    }
    Ok((!ids.is_empty()).then_some(ids))
}

/// The folder of this id or name; one of a new name is made, empty as it is.
async fn folder(program: &Program, named: Option<&str>) -> Result<Option<FolderId>, Failure> {
    let Some(named) = named else { return Ok(None) };
    let all: Vec<Folder> = program.call("folder_list", json!({})).await?;
    let found = all.into_iter().find(|it| it.id.to_string() == named || it.name == named);
    let folder: Folder = match found {
        Some(folder) => folder,
        None => program.call("folder_create", json!({ "name": named })).await?,
    };
    Ok(Some(folder.id))
}

fn made(made: &NewPortKey, out: Out) -> Result<(), Failure> {
    if out.is_json() {
        return out.object(&json!({ "id": made.key.id, "key": made.secret }));
    }
    out.note(&format!("The key \"{}\", shown this once:", made.key.name));
    out.line(&made.secret)
}

fn list(keys: &[PortKey], out: Out) -> Result<(), Failure> {
    if out.is_json() {
        return out.object(&json!({ "keys": keys }));
    }
    if keys.is_empty() {
        return out.line("There is no key yet. Make one: hearth keys make --name \"My editor\"");
    }
    keys.iter().try_for_each(|key| out.line(&line(key, now())))
}

fn line(key: &PortKey, now: Timestamp) -> String {
    let PortKey { id, name, rights, used, .. } = key;
    let named = |scope: &PortScope| match scope {
        PortScope::Conversations if rights.folder.is_some() => "conversations of one folder",
        scope => scope.as_str(),
    };
    let scopes: Vec<_> = rights.scopes.iter().map(named).collect();
    let ends = match rights.expires {
        Some(expires) if expires <= now => ", over".to_owned(),
        Some(expires) => format!(", until {}", day(expires)),
        None => String::new(),
    };
    let (scopes, requests, tokens) = (scopes.join(" "), used.requests, used.tokens());
    format!("{id}  {name} (…{}; {scopes}{ends}; {requests} requests, {tokens} tokens)", key.hint)
}

fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}
