//! Where other applications keep their models, by their own documentation and variables.

use std::{
    env,
    ffi::OsString,
    path::{Path, PathBuf},
};

use directories::BaseDirs;

use super::walk;

/// The folders of one computer; those that are not there are simply empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Roots {
    pub(super) lm_studio: Vec<PathBuf>,
    pub(super) ollama: Vec<PathBuf>,
    pub(super) gpt4all: Vec<PathBuf>,
    pub(super) jan: Vec<PathBuf>,
    pub(super) llama_cpp: Vec<PathBuf>,
}

/// The folders of a person.
pub(super) struct Person<'a> {
    pub(super) home: &'a Path,
    pub(super) config: &'a Path,
    pub(super) data: &'a Path,
    pub(super) cache: &'a Path,
    pub(super) variable: &'a dyn Fn(&str) -> Option<OsString>,
}

impl Roots {
    /// Those of whoever runs the program.
    pub(super) fn of_system() -> Self {
        let Some(dirs) = BaseDirs::new() else { return Self::default() };
        Self::of(&Person {
            home: dirs.home_dir(),
            config: dirs.config_dir(),
            data: dirs.data_local_dir(),
            cache: dirs.cache_dir(),
            variable: &|name| env::var_os(name),
        })
    }

    pub(super) fn of(person: &Person<'_>) -> Self {
        let Person { home, config, data, cache, variable } = person;
        let named =
            |name: &str| variable(name).map(PathBuf::from).filter(|path| path.is_absolute());
        // LM Studio notes there where its own folder is.
        let studio = walk::small_text(&home.join(".lmstudio-home-pointer"))
            .map(|text| PathBuf::from(text.trim()))
            .filter(|path| path.is_absolute())
            .unwrap_or_else(|| home.join(".lmstudio"));
        let mut ollama: Vec<_> = named("OLLAMA_MODELS").into_iter().collect();
        ollama.push(home.join(".ollama/models"));
        // As a service of the system it has a home of its own.
        ollama.push("/usr/share/ollama/.ollama/models".into());
        let hub = named("HF_HUB_CACHE")
            .or_else(|| Some(named("HF_HOME")?.join("hub")))
            .unwrap_or_else(|| home.join(".cache/huggingface/hub"));
        let mut llama_cpp: Vec<_> = named("LLAMA_CACHE").into_iter().collect();
        llama_cpp.extend([cache.join("llama.cpp"), hub]);
        Self {
            lm_studio: vec![studio.join("models"), home.join(".cache/lm-studio/models")],
            ollama,
            gpt4all: vec![data.join("nomic.ai/GPT4All")],
            jan: jan(home, config, data),
            llama_cpp,
        }
    }
}

/// Jan's settings name its data folder; without them it is in one of these places.
fn jan(home: &Path, config: &Path, data: &Path) -> Vec<PathBuf> {
    let named = |base: &Path| {
        let text = walk::small_text(&base.join("Jan/settings.json"))?;
        let settings: serde_json::Value = serde_json::from_str(&text).ok()?;
        let folder = PathBuf::from(settings.get("data_folder")?.as_str()?);
        folder.is_absolute().then_some(folder)
    };
    let mut folders: Vec<_> = [config, data].into_iter().filter_map(named).collect();
    folders.extend([config.join("Jan/data"), data.join("Jan/data"), home.join("jan")]);
    folders.dedup();
    folders
}
