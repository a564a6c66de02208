//! `hearth bench`: how fast a model is on this computer, measured and kept.

use std::process::ExitCode;

use hearth_domain::{Model, ModelId, ModelSpeed};
use serde_json::json;

use crate::{
    args::{Bench, Global},
    failure::Failure,
    out::Out,
    program::Program,
};

pub(super) async fn run(global: &Global, bench: &Bench, out: Out) -> Result<ExitCode, Failure> {
    let program = Program::open(global, out).await?;
    let done = measure(&program, bench, out).await;
    program.close().await;
    done.map(|()| ExitCode::SUCCESS)
}

async fn measure(program: &Program, bench: &Bench, out: Out) -> Result<(), Failure> {
    let model = match &bench.model {
        Some(named) => program.model(named).await?,
        None => default(program).await?,
    };
    if out.has_terminal() {
        out.note("Measuring; this takes up to a minute. Other programs make it slower.");
    }
    let id = Some(ModelId(model.id.0.clone()));
    let speed: ModelSpeed = program.call("model_bench", json!({ "id": id })).await?;
    if out.is_json() {
        return out.object(&json!({ "model": model.id, "name": model.name, "speed": speed }));
    }
    out.line(&model.name)?;
    let share = speed.share_of_bandwidth.map_or_else(String::new, |share| {
        format!(", {:.0} % of what the memory allows", share * 100.0)
    });
    let steps = [1, 2, 4, 8].iter().zip(&speed.step_ms);
    let steps: Vec<_> = steps.map(|(width, ms)| format!("{width}: {ms:.1} ms")).collect();
    let rows = [
        ("writes", format!("{:.1} tokens/s{share}", speed.decode_per_second)),
        ("reads", format!("{:.0} tokens/s", speed.prefill_per_second)),
        ("steps", steps.join(", ")),
        ("memory", format!("{:.1} GB/s", gigabytes(speed.bandwidth))),
        ("threads", speed.threads.to_string()),
        ("loads in", format!("{} ms", speed.load_ms)),
    ];
    rows.iter().try_for_each(|(name, value)| out.line(&format!("{name:10} {value}")))
}

async fn default(program: &Program) -> Result<Model, Failure> {
    let all: Vec<Model> = program.call("model_list", json!({})).await?;
    match all.into_iter().find(|model| model.is_default) {
        Some(model) => Ok(model),
        None => program.model("default").await,
    }
}

#[expect(clippy::cast_precision_loss, reason = "for people")]
fn gigabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e9
}
