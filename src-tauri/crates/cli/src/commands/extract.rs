//! `hearth extract`: the text of files as ingestion sees it. Needs no data folder and opens none; the
//! files are read by the same worker under the same limits.

use std::{
    collections::HashSet,
    env, fs,
    path::{Path, PathBuf},
    process::ExitCode,
    time::Instant,
};

use hearth_rag::{
    document::Document,
    extract::Refusal,
    worker::{Source, Worker},
};
use serde::Serialize;

use crate::{args::Extract, failure::Failure, out::Out};

/// Folders within folders; a loop of links ends here.
const DEEPEST: usize = 64;

/// What became of a file, as programs read it.
#[derive(Serialize)]
struct Line<'a> {
    path: &'a str,
    status: &'static str,
    pages: usize,
    characters: usize,
    seconds: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<String>,
}

pub(super) fn run(extract: &Extract, out: Out) -> Result<ExitCode, Failure> {
    let program = env::current_exe().map_err(Failure::Runtime)?;
    fs::create_dir_all(&extract.out).map_err(Failure::FileNotWritten)?;
    let mut worker = Worker::new(&program);
    let mut taken = HashSet::new();
    for path in &extract.paths {
        for (file, name) in files(path) {
            let begun = Instant::now();
            let read = Source::open(&file).and_then(|source| worker.read(source));
            let seconds = begun.elapsed().as_secs_f64();
            if let Ok(document) = &read {
                let place = place(&extract.out, &name, &mut taken);
                if let Some(folder) = place.parent() {
                    fs::create_dir_all(folder).map_err(Failure::FileNotWritten)?;
                }
                fs::write(place, &document.text).map_err(Failure::FileNotWritten)?;
            }
            say(&file, &read, seconds, out)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn say(
    file: &Path,
    read: &Result<Document, Refusal>,
    seconds: f64,
    out: Out,
) -> Result<(), Failure> {
    let path = file.to_string_lossy();
    let (pages, characters) = match read {
        Ok(document) => (document.pages.len(), document.text.chars().count()),
        Err(_) => (0, 0),
    };
    let refusal = read.as_ref().err();
    let status = refusal.map_or("text", |refusal| refusal.status());
    if out.is_json() {
        let code = refusal.map(|refusal| refusal.code().as_str());
        let message = refusal.map(ToString::to_string);
        let seconds = (seconds * 1000.0).round() / 1000.0;
        return out.object(&Line {
            path: &path,
            status,
            pages,
            characters,
            seconds,
            code,
            message,
        });
    }
    // A name may hold line ends and signs that terminals obey.
    let path = path.escape_debug();
    out.line(&match refusal {
        Some(refusal) => format!("{status}\t{path}\t{refusal}"),
        None => format!("{status}\t{path}\t{pages} pages, {characters} characters"),
    })
}

/// The files at a path, with the name that each has below it. Links are not followed within a folder.
fn files(path: &Path) -> Vec<(PathBuf, PathBuf)> {
    if !path.is_dir() {
        let name = path.file_name().map_or_else(|| path.into(), PathBuf::from);
        return vec![(path.to_owned(), name)];
    }
    let mut found = Vec::new();
    let mut open = vec![(path.to_owned(), 0)];
    while let Some((folder, depth)) = open.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let (path, kind) = (entry.path(), entry.file_type());
            match kind {
                Ok(kind) if kind.is_dir() && depth < DEEPEST => open.push((path, depth + 1)),
                Ok(kind) if kind.is_file() => found.push(path),
                _ => {}
            }
        }
    }
    found.sort();
    let below =
        |file: &PathBuf| file.strip_prefix(path).map_or_else(|_| file.clone(), PathBuf::from);
    found.into_iter().map(|file| (file.clone(), below(&file))).collect()
}

/// Where the text goes: `NAME.EXT.txt`, with a number where two files have one name.
fn place(folder: &Path, name: &Path, taken: &mut HashSet<PathBuf>) -> PathBuf {
    let with = |end: &str| {
        let mut whole = name.as_os_str().to_owned();
        whole.push(end);
        folder.join(whole)
    };
    let mut place = with(".txt");
    let mut number = 2;
    while !taken.insert(place.clone()) {
        place = with(&format!(".{number}.txt"));
        number += 1;
    }
    place
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_files_of_one_name_get_two_texts() {
        let mut taken = HashSet::new();
        let mut next = || place(Path::new("out"), Path::new("a.pdf"), &mut taken);
        assert_eq!(next(), Path::new("out/a.pdf.txt"));
        assert_eq!(next(), Path::new("out/a.pdf.2.txt"));
    }
}
