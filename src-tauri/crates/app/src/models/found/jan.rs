//! Jan's data folder: a folder a model with a `model.yml` that says where the file is, relative to
//! the data folder or, for files that Jan took in place, absolute. Of the YAML two plain lines are
//! read.

use std::path::{Component, Path, PathBuf};

use hearth_domain::ModelOrigin;

use super::{Find, walk};

/// The models of a data folder.
pub(super) fn finds(root: &Path) -> Vec<Find> {
    let mut found: Vec<_> = ["llamacpp/models", "cortex.cpp/models", "models"]
        .into_iter()
        .flat_map(|folder| walk::files(&root.join(folder), |name| name == "model.yml"))
        .filter_map(|file| described(root, &file.path))
        .collect();
    // Older versions, and files that nothing describes.
    for folder in ["llamacpp/models", "models"] {
        let folder = root.join(folder);
        for file in walk::files(&folder, |name| walk::ends_with(name, ".gguf")) {
            let name = match (file.stem().as_str(), file.path.parent()) {
                ("model", Some(parent)) if parent != folder => name_of(&folder, parent),
                (stem, _) => stem.to_owned(),
            };
            found.push(Find { origin: ModelOrigin::Jan, name, path: file.target });
        }
    }
    found
}

fn described(root: &Path, yml: &Path) -> Option<Find> {
    let text = walk::small_text(yml)?;
    let path = PathBuf::from(value(&text, "model_path")?);
    if !path.file_name().is_some_and(|name| walk::ends_with(name, ".gguf")) {
        return None;
    }
    let path = if path.is_absolute() { path } else { root.join(inside(&path)?) };
    let name = value(&text, "name").map_or_else(
        || {
            yml.parent()
                .and_then(Path::file_name)
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned()
        },
        str::to_owned,
    );
    Some(Find { origin: ModelOrigin::Jan, name, path: walk::regular(&path)? })
}

/// A relative path that does not climb.
fn inside(path: &Path) -> Option<&Path> {
    path.components()
        .all(|part| matches!(part, Component::Normal(_) | Component::CurDir))
        .then_some(path)
}

/// The value of a plain line `key: value` of the outermost level.
fn value<'a>(text: &'a str, key: &str) -> Option<&'a str> {
    let value = text.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(':'))?.trim();
    let unquoted = ['"', '\'']
        .iter()
        .find_map(|quote| value.strip_prefix(*quote).and_then(|rest| rest.strip_suffix(*quote)));
    Some(unquoted.unwrap_or(value)).filter(|value| !value.is_empty())
}

/// A model's folders as its name: `qwen/qwen3-4b`.
fn name_of(root: &Path, folder: &Path) -> String {
    let parts = folder.strip_prefix(root).unwrap_or(folder);
    parts.iter().map(|part| part.to_string_lossy()).collect::<Vec<_>>().join("/")
}
