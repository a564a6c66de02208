//! `hearth search`: passages of documents, for one question or for many.

mod batch;

use std::process::ExitCode;

use hearth_domain::{Collection, CollectionId, PassagePage};
use serde_json::json;

use crate::{
    args::{Global, Search},
    failure::Failure,
    out::Out,
    program::Program,
};

/// Nothing that was found answers.
pub(super) const NO_ANSWER: u8 = 4;
/// Characters of a passage that people are shown.
const SHOWN: usize = 320;

pub(super) async fn run(global: &Global, search: &Search, out: Out) -> Result<ExitCode, Failure> {
    let program = Program::open(global, out).await?;
    let done = look(&program, search, out).await;
    program.close().await;
    done
}

async fn look(program: &Program, search: &Search, out: Out) -> Result<ExitCode, Failure> {
    let collections = named(program, &search.collection).await?;
    if let Some(queries) = &search.queries {
        return batch::run(program, search, &collections, queries, out).await;
    }
    let text = search.query.as_deref().unwrap_or_default();
    let page = ask(program, &collections, text, search.k).await?;
    show(&page, out)?;
    let refused = search.answer && !page.answerable;
    Ok(if refused { ExitCode::from(NO_ANSWER) } else { ExitCode::SUCCESS })
}

/// The collections of these names.
pub(super) async fn named(
    program: &Program,
    names: &[String],
) -> Result<Vec<CollectionId>, Failure> {
    let mut found = Vec::with_capacity(names.len());
    for name in names {
        let request = json!({ "name": name });
        found.push(program.call::<Collection>("collection_find", request).await?.id);
    }
    Ok(found)
}

async fn ask(
    program: &Program,
    collections: &[CollectionId],
    text: &str,
    k: u32,
) -> Result<PassagePage, Failure> {
    let request = json!({ "collections": collections, "text": text, "k": k });
    program.call("passage_search", request).await
}

fn show(page: &PassagePage, out: Out) -> Result<(), Failure> {
    if out.is_json() {
        return out.object(page);
    }
    for passage in &page.results {
        let where_ = passage.page.map_or_else(String::new, |page| format!(", page {page}"));
        out.line(&format!(
            "{}. {}{where_}  ({:.2})",
            passage.rank, passage.document, passage.score
        ))?;
        let text = passage.text.split_whitespace().collect::<Vec<_>>().join(" ");
        let shown: String = text.chars().take(SHOWN).collect();
        out.line(&format!("   {shown}{}", if shown.len() < text.len() { "…" } else { "" }))?;
    }
    if !page.answerable {
        out.note("None of these documents seems to answer that.");
    }
    Ok(())
}
