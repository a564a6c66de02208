//! `hearth keys use`: what was done with keys, by the day of UTC.

use hearth_domain::{KeyUse, KeyUseDay, PortKey, Timestamp};
use serde_json::{Value, json};

use super::{all, known};
use crate::{args::day, failure::Failure, out::Out, program::Program};

const DAY_MS: i64 = 24 * 60 * 60 * 1000;
/// The head of the table.
const COLUMNS: [&str; 6] = ["day", "key", "name", "requests", "prompt_tokens", "completion_tokens"];
/// With these a spreadsheet takes a cell for a formula.
const FORMULA: [char; 4] = ['=', '+', '-', '@'];

/// Shows it for one key, or for all of them.
pub(super) async fn show(
    program: &Program,
    named: Option<&str>,
    csv: bool,
    out: Out,
) -> Result<(), Failure> {
    let keys = match named {
        Some(named) => vec![known(program, named).await?],
        None => all(program).await?,
    };
    let mut days = Vec::new();
    for key in &keys {
        let used: Vec<KeyUseDay> = program.call("port_key_days", json!({ "id": key.id })).await?;
        days.extend(used.into_iter().map(|day| (key, day)));
    }
    days.sort_by_key(|(_, day)| day.day);
    if out.is_json() {
        let days: Vec<_> = days.iter().map(|(key, day)| object(key, day)).collect();
        return out.object(&json!({ "days": days }));
    }
    if csv {
        return out.text(&table(&days)?);
    }
    if days.is_empty() {
        return out.line("Nothing was done with a key yet.");
    }
    days.iter().try_for_each(|(key, day)| out.line(&line(key, day)))
}

fn date(day_number: u32) -> String {
    day(Timestamp(i64::from(day_number) * DAY_MS))
}

fn object(key: &PortKey, KeyUseDay { day, used }: &KeyUseDay) -> Value {
    let KeyUse { requests, prompt_tokens, completion_tokens } = used;
    json!({
        "day": date(*day), "key": key.id, "name": key.name, "requests": requests,
        "prompt_tokens": prompt_tokens, "completion_tokens": completion_tokens,
    })
}

/// A table as in RFC 4180, with a head.
fn table(days: &[(&PortKey, KeyUseDay)]) -> Result<String, Failure> {
    let mut table = csv::Writer::from_writer(Vec::new());
    table.write_record(COLUMNS).map_err(Failure::NoTable)?;
    for (key, KeyUseDay { day, used }) in days {
        let numbers = [used.requests, used.prompt_tokens, used.completion_tokens];
        let numbers = numbers.map(|number| number.to_string());
        let words = [date(*day), key.id.to_string(), cell(&key.name)];
        table.write_record(words.iter().chain(&numbers)).map_err(Failure::NoTable)?;
    }
    let bytes = table.into_inner().map_err(|error| Failure::NoTable(error.into_error().into()))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// A name that no spreadsheet runs.
fn cell(name: &str) -> String {
    if name.starts_with(FORMULA) { format!("'{name}") } else { name.to_owned() }
}

fn line(key: &PortKey, KeyUseDay { day, used }: &KeyUseDay) -> String {
    let KeyUse { requests, prompt_tokens, completion_tokens } = used;
    let (day, name) = (date(*day), &key.name);
    format!(
        "{day}  {name}: {requests} requests, {prompt_tokens} tokens read, {completion_tokens} written"
    )
}

#[cfg(test)]
mod tests {
    use hearth_domain::PortRights;

    use super::*;

    #[test]
    fn a_table_has_a_head_and_quotes_what_would_break_it() {
        let key = PortKey {
            id: "0199aaaa-bbbb-7ccc-8ddd-eeeeffff0000".parse().unwrap(),
            name: "=editor, \"mine\"".to_owned(),
            rights: PortRights::default(),
            hint: "abcd".to_owned(),
            created: Timestamp(0),
            last_used: None,
            used: KeyUse::default(),
        };
        let used = KeyUse { requests: 2, prompt_tokens: 30, completion_tokens: 4 };
        let table = table(&[(&key, KeyUseDay { day: 20_779, used })]).unwrap();
        assert_eq!(
            table,
            "day,key,name,requests,prompt_tokens,completion_tokens\n2026-11-22,\
             0199aaaa-bbbb-7ccc-8ddd-eeeeffff0000,\"'=editor, \"\"mine\"\"\",2,30,4\n"
        );
        let row = line(&key, &KeyUseDay { day: 0, used });
        assert!(row.starts_with("1970-01-01") && row.ends_with("4 written"), "{row}");
    }

    #[test]
    fn a_name_that_begins_like_a_formula_is_text_in_a_spreadsheet() {
        assert_eq!(cell("=cmd"), "'=cmd");
        assert_eq!(cell("My editor"), "My editor");
    }

    #[test]
    fn a_day_is_written_as_in_the_calendar() {
        assert_eq!(date(0), "1970-01-01");
        assert_eq!(date(20_779), "2026-11-22");
    }
}
