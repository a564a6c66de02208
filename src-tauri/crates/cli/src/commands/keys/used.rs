//! `hearth keys use`: what was done with keys, by the day of UTC.

use hearth_domain::{ExportFile, KeyUse, KeyUseDay, PortKey, Timestamp};
use serde_json::{Value, json};

use super::{all, known};
use crate::{args::day, failure::Failure, out::Out, program::Program};

const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// Shows it for one key, or for all of them.
pub(super) async fn show(
    program: &Program,
    named: Option<&str>,
    csv: bool,
    out: Out,
) -> Result<(), Failure> {
    let only = match named {
        Some(named) => Some(known(program, named).await?),
        None => None,
    };
    if csv || out.is_json() {
        let id = only.map(|key| key.id);
        let asked = json!({ "id": id, "json": out.is_json() });
        let file: ExportFile = program.call("port_key_use_export", asked).await?;
        if out.is_json() {
            let days: Value = serde_json::from_str(&file.text).map_err(Failure::NoJson)?;
            return out.object(&days);
        }
        return out.file(&file.text);
    }
    let keys = match only {
        Some(key) => vec![key],
        None => all(program).await?,
    };
    let mut days = Vec::new();
    for key in &keys {
        let used: Vec<KeyUseDay> = program.call("port_key_days", json!({ "id": key.id })).await?;
        days.extend(used.into_iter().map(|day| (key, day)));
    }
    days.sort_by_key(|(_, day)| day.day);
    if days.is_empty() {
        return out.line("Nothing was done with a key yet.");
    }
    days.iter().try_for_each(|(key, day)| out.line(&line(key, day)))
}

fn line(key: &PortKey, KeyUseDay { day: number, used }: &KeyUseDay) -> String {
    let KeyUse { requests, prompt_tokens, completion_tokens } = used;
    let (day, name) = (day(Timestamp(i64::from(*number) * DAY_MS)), &key.name);
    format!(
        "{day}  {name}: {requests} requests, {prompt_tokens} tokens read, {completion_tokens} written"
    )
}
