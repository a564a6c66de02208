//! Many questions at once, with files in the forms of the scorers of retrieval.

use std::{
    collections::HashSet,
    fs::File,
    io::{self, BufRead, BufReader, BufWriter, Write},
    path::Path,
    process::ExitCode,
};

use hearth_domain::{CollectionId, PassagePage};
use serde::Deserialize;
use serde_json::{Value, json};

use super::ask;
use crate::{args::Search, failure::Failure, out::Out, program::Program};

/// Passages asked for where documents are ranked: several passages of one document are one.
const PASSAGES_A_DOCUMENT: u32 = 3;
const MOST: u32 = 200;

/// A question of the file; other fields are passed over.
#[derive(Debug, Deserialize)]
struct Query {
    id: Value,
    #[serde(alias = "question", alias = "query")]
    text: String,
}

impl Query {
    fn name(&self) -> String {
        self.id.as_str().map_or_else(|| self.id.to_string(), str::to_owned)
    }
}

/// The files that are written.
struct Outputs {
    run: Option<BufWriter<File>>,
    chunks: Option<BufWriter<File>>,
    pages: Option<BufWriter<File>>,
    answerable: Option<BufWriter<File>>,
}

pub(super) async fn run(
    program: &Program,
    search: &Search,
    collections: &[CollectionId],
    queries: &Path,
    out: Out,
) -> Result<ExitCode, Failure> {
    let queries = read(queries)?;
    let mut outputs = Outputs {
        run: create(search.run.as_deref())?,
        chunks: create(search.chunks.as_deref())?,
        pages: create(search.pages.as_deref())?,
        answerable: create(search.answerable.as_deref())?,
    };
    let k = if search.run.is_some() || search.pages.is_some() {
        search.k.saturating_mul(PASSAGES_A_DOCUMENT).min(MOST)
    } else {
        search.k
    };
    let mut answerable = 0_u64;
    for query in &queries {
        let page = ask(program, collections, &query.text, k).await?;
        answerable += u64::from(page.answerable);
        outputs.write(&query.name(), &page, search.k as usize).map_err(Failure::FileNotWritten)?;
        if out.is_json() && outputs.is_none() {
            let PassagePage { mut results, confidence, answerable } = page;
            results.truncate(search.k as usize);
            let name = query.name();
            out.object(&json!({
                "id": name, "results": results, "confidence": confidence, "answerable": answerable,
            }))?;
        }
    }
    outputs.finish().map_err(Failure::FileNotWritten)?;
    let count = queries.len();
    if !outputs.is_none() && out.is_json() {
        out.object(&json!({ "queries": count, "answerable": answerable }))?;
    } else if !out.is_json() {
        out.line(&format!("{count} questions, {answerable} of them with an answer."))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn read(path: &Path) -> Result<Vec<Query>, Failure> {
    let lines = BufReader::new(File::open(path).map_err(Failure::FileNotRead)?).lines();
    let mut queries = Vec::new();
    for (at, line) in lines.enumerate() {
        let line = line.map_err(Failure::FileNotRead)?;
        if !line.trim().is_empty() {
            queries.push(serde_json::from_str(&line).map_err(|_| Failure::RowInvalid(at + 1))?);
        }
    }
    Ok(queries)
}

fn create(path: Option<&Path>) -> Result<Option<BufWriter<File>>, Failure> {
    let file = path.map(File::create).transpose().map_err(Failure::FileNotWritten)?;
    Ok(file.map(BufWriter::new))
}

impl Outputs {
    fn is_none(&self) -> bool {
        self.run.is_none()
            && self.chunks.is_none()
            && self.pages.is_none()
            && self.answerable.is_none()
    }

    fn write(&mut self, id: &str, page: &PassagePage, k: usize) -> io::Result<()> {
        if let Some(out) = &mut self.run {
            let mut seen = HashSet::new();
            let documents = page.results.iter().filter(|it| seen.insert(it.document.as_str()));
            for (at, passage) in documents.take(k).enumerate() {
                writeln!(out, "{id}\t{}\t{}\t{:.6}", passage.document, at + 1, passage.score)?;
            }
        }
        if let Some(out) = &mut self.chunks {
            let found = page.results.iter().take(k);
            let chunks =
                found.map(|it| json!({ "doc": it.document, "start": it.start, "end": it.end }));
            let chunks: Vec<_> = chunks.collect();
            writeln!(out, "{}", json!({ "id": id, "chunks": chunks }))?;
        }
        if let Some(out) = &mut self.pages {
            let mut seen = HashSet::new();
            let places = page.results.iter().map(|it| (it.document.as_str(), it.page.unwrap_or(1)));
            let pages: Vec<_> = places.filter(|place| seen.insert(*place)).take(k).collect();
            writeln!(out, "{}", json!({ "id": id, "pages": pages }))?;
        }
        if let Some(out) = &mut self.answerable {
            let PassagePage { confidence, answerable, .. } = page;
            let row = json!({ "id": id, "confidence": confidence, "answerable": answerable });
            writeln!(out, "{row}")?;
        }
        Ok(())
    }

    fn finish(&mut self) -> io::Result<()> {
        let all = [&mut self.run, &mut self.chunks, &mut self.pages, &mut self.answerable];
        all.into_iter().flatten().try_for_each(Write::flush)
    }
}
