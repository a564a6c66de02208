//! `hearth models`: list, show, add, load, unload, default, remove, verify, found.

use std::{path::Path, process::ExitCode};

use hearth_app::AppStatus;
use hearth_domain::{Consent, Fit, FoundModel, Model, ModelId, ModelOrigin, ModelPurpose, Verdict};
use serde::Serialize;
use serde_json::{Value, json};

use crate::{
    args::{Global, Models, ModelsAction},
    failure::Failure,
    out::Out,
    program::Program,
};

pub(super) async fn run(global: &Global, models: Models, out: Out) -> Result<ExitCode, Failure> {
    let program = Program::open(global, out).await?;
    let done = act(&program, models.action.unwrap_or(ModelsAction::List), out).await;
    program.close().await;
    done.map(|()| ExitCode::SUCCESS)
}

async fn act(program: &Program, action: ModelsAction, out: Out) -> Result<(), Failure> {
    match action {
        ModelsAction::List => list(program, out).await,
        ModelsAction::Load { model } => load(program, model, out).await,
        ModelsAction::Unload { model } => unload(program, model, out).await,
        ModelsAction::Default { model } => {
            let model = known(program, &model).await?;
            let _: Value = program.call("model_set_default", json!({ "id": model.id })).await?;
            if out.is_json() {
                return out.object(&json!({ "id": model.id }));
            }
            out.line(&format!("{} is used unless another is named.", model.name))
        }
        ModelsAction::Show { model } => show(&known(program, &model).await?, out),
        ModelsAction::Add { path } => {
            let model = add(program, &path).await?;
            if out.is_json() {
                return out.object(&model);
            }
            out.line(&format!(
                "Added {}. Use it with: hearth chat --model \"{}\"",
                model.name, model.name
            ))
        }
        ModelsAction::Remove { model } => {
            let model = known(program, &model).await?;
            let _: Value = program.call("model_remove", json!({ "id": model.id })).await?;
            if out.is_json() {
                return out.object(&json!({ "id": model.id }));
            }
            out.line(&format!("Removed {}. Its file was left where it is.", model.name))
        }
        ModelsAction::Verify => verify(program, out).await,
        ModelsAction::Found => found(program, out).await,
    }
}

/// A file, or one of another application by its name in their list.
async fn add(program: &Program, path: &Path) -> Result<Model, Failure> {
    const NAME: usize = 32;
    let named = path.to_str().filter(|name| name.len() == NAME);
    let named = named.filter(|name| name.bytes().all(|c| c.is_ascii_hexdigit()));
    match named.filter(|_| !path.exists()) {
        Some(id) => program.call("model_take", json!({ "id": id })).await,
        None => program.add_model(path).await,
    }
}

async fn all(program: &Program) -> Result<Vec<Model>, Failure> {
    program.call("model_list", json!({})).await
}

/// A model by its id, the beginning of it, or its name; a file that was added before counts by
/// what is in it, so adding it again finds it.
async fn known(program: &Program, named: &str) -> Result<Model, Failure> {
    const LEAST: usize = 8;
    let starts = |model: &Model| named.len() >= LEAST && model.id.0.starts_with(named);
    let mut found: Vec<_> = all(program).await?.into_iter().filter(starts).collect();
    match (found.pop(), found.is_empty()) {
        (Some(model), true) => Ok(model),
        _ => program.model(named).await,
    }
}

async fn load(program: &Program, named: Option<String>, out: Out) -> Result<(), Failure> {
    let model = in_program(program, "model_load", named).await?;
    if out.is_json() {
        return out.object(&json!({ "id": model.map(|model| model.id) }));
    }
    let name = model.map_or_else(|| "The default model".to_owned(), |model| model.name);
    out.line(&format!("{name} is in memory."))
}

async fn unload(program: &Program, named: Option<String>, out: Out) -> Result<(), Failure> {
    let model = in_program(program, "model_unload", named).await?;
    if out.is_json() {
        return out.object(&json!({ "id": model.map(|model| model.id) }));
    }
    match model {
        Some(model) => out.line(&format!("{} is no longer in memory.", model.name)),
        None => out.line("No model is in memory any longer."),
    }
}

/// Does something about a model, or none that is named, in the program that goes on.
async fn in_program(
    program: &Program,
    command: &str,
    named: Option<String>,
) -> Result<Option<Model>, Failure> {
    if !program.stays() {
        return Err(Failure::NotRunning);
    }
    let model = match named {
        Some(named) => Some(known(program, &named).await?),
        None => None,
    };
    let id = model.as_ref().map(|model| &model.id);
    let _: Value = program.call(command, json!({ "id": id })).await?;
    Ok(model)
}

/// The models that are in memory of the program that runs.
async fn in_memory(program: &Program) -> Result<Vec<ModelId>, Failure> {
    let AppStatus { engine, beside, .. } = program.call("app_status", json!({})).await?;
    let states = [engine].into_iter().chain(beside);
    Ok(states.filter_map(|state| state.loaded().map(|(id, _)| id.clone())).collect())
}

async fn list(program: &Program, out: Out) -> Result<(), Failure> {
    let (models, loaded) = (all(program).await?, in_memory(program).await?);
    if out.is_json() {
        return out.object(&json!({ "models": models, "loaded": loaded }));
    }
    if models.is_empty() {
        return out.line("There is no model yet. Add one: hearth models add PATH");
    }
    for model in &models {
        let mark = if model.is_default { '*' } else { ' ' };
        let state = match (model.present, model.consent, model.verdict) {
            (false, _, _) => ", the file is missing",
            (true, Consent::Needed, _) => ", not allowed yet",
            (true, _, Verdict::Bad { .. }) => ", refused when it was tried",
            (true, _, Verdict::Untried | Verdict::Good) if loaded.contains(&model.id) => {
                ", in memory"
            }
            (true, _, Verdict::Untried | Verdict::Good) => "",
        };
        let purpose = match model.purpose {
            ModelPurpose::Answers => "",
            ModelPurpose::Vectors => ", makes vectors",
            ModelPurpose::Ranks => ", ranks texts",
        };
        let size = megabytes(model.size);
        let Model { name, quantisation, .. } = model;
        out.line(&format!(
            "{mark} {}  {name} ({quantisation}, {size}{purpose}{state})",
            short(model)
        ))?;
    }
    Ok(())
}

fn show(model: &Model, out: Out) -> Result<(), Failure> {
    if out.is_json() {
        return out.object(model);
    }
    let unknown = || "unknown".to_owned();
    let rows = [
        ("name", model.name.clone()),
        ("id", model.id.0.clone()),
        ("architecture", model.architecture.clone()),
        ("quantisation", model.quantisation.clone()),
        ("parameters", model.parameters.map_or_else(unknown, |n| n.to_string())),
        ("context", format!("{} tokens", model.context_length)),
        ("licence", model.licence.clone().unwrap_or_else(unknown)),
        ("size", megabytes(model.size)),
        ("memory needed", format!("{} ({})", megabytes(model.memory_needed), fit(model.fit))),
        ("at a context of", format!("{} tokens", model.context)),
        ("file", if model.present { "there" } else { "missing" }.to_owned()),
        ("belongs to", origin(model.origin).to_owned()),
        ("trial", verdict(model.verdict)),
        ("speed", speed(model)),
    ];
    rows.iter().try_for_each(|(name, value)| out.line(&format!("{name:14} {value}")))
}

fn fit(fit: Fit) -> &'static str {
    match fit {
        Fit::Fits => "fits",
        Fit::Tight => "tight",
        Fit::TooBig => "too big",
    }
}

fn origin(origin: Option<ModelOrigin>) -> &'static str {
    origin.map_or("you", application)
}

fn application(origin: ModelOrigin) -> &'static str {
    match origin {
        ModelOrigin::LmStudio => "LM Studio",
        ModelOrigin::Ollama => "Ollama",
        ModelOrigin::Gpt4all => "GPT4All",
        ModelOrigin::Jan => "Jan",
        ModelOrigin::LlamaCpp => "llama.cpp",
    }
}

fn verdict(verdict: Verdict) -> String {
    match verdict {
        Verdict::Untried => "when it is first loaded".to_owned(),
        Verdict::Good => "passed".to_owned(),
        Verdict::Bad { code } => format!("refused ({})", code.as_str()),
    }
}

fn speed(model: &Model) -> String {
    let Some(speed) = &model.speed else { return "not measured; run `hearth bench`".to_owned() };
    let (decode, prefill) = (speed.decode_per_second, speed.prefill_per_second);
    format!("{decode:.1} tokens/s, reads {prefill:.0} tokens/s")
}

async fn found(program: &Program, out: Out) -> Result<(), Failure> {
    let found: Vec<FoundModel> = program.call("model_found", json!({})).await?;
    if out.is_json() {
        return out.object(&json!({ "models": found }));
    }
    if found.is_empty() {
        return out.line("No models of LM Studio, Ollama, GPT4All, Jan or llama.cpp were found.");
    }
    for model in found {
        let known = if model.known.is_some() { ", added" } else { "" };
        let FoundModel { id, name, quantisation, .. } = &model;
        let (whose, size) = (application(model.origin), megabytes(model.size));
        out.line(&format!("{id}  {name} ({whose}, {quantisation}, {size}{known})"))?;
    }
    out.line("Use one where it lies: hearth models add ID")
}

/// What was found about one file.
#[derive(Serialize)]
struct Verified {
    id: String,
    name: String,
    ok: bool,
    code: Option<String>,
}

async fn verify(program: &Program, out: Out) -> Result<(), Failure> {
    let mut found = Vec::new();
    for model in all(program).await? {
        let checked: Result<Model, _> =
            program.call("model_verify", json!({ "id": model.id })).await;
        let code = checked.err().map(|failure| failure.code().as_str().to_owned());
        let verified = Verified { id: model.id.0, name: model.name, ok: code.is_none(), code };
        if !out.is_json() {
            let mark = if verified.ok { "ok" } else { "NOT WHAT IT SHOULD BE" };
            out.line(&format!("{}: {mark}", verified.name))?;
        }
        found.push(verified);
    }
    let damaged = found.iter().filter(|verified| !verified.ok).count();
    if out.is_json() {
        out.object(&json!({ "ok": damaged == 0, "models": found }))?;
    }
    if damaged == 0 { Ok(()) } else { Err(Failure::ModelsDamaged(damaged)) }
}

/// Names of the catalogue as they are, checksums by their beginning.
fn short(model: &Model) -> &str {
    let id = model.id.0.as_str();
    let is_checksum = id.len() == 64 && id.bytes().all(|c| c.is_ascii_hexdigit());
    if is_checksum { &id[..12] } else { id }
}

fn megabytes(bytes: u64) -> String {
    format!("{} MB", bytes.div_ceil(1_000_000))
}
