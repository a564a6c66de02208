//! The command line of the desktop application.

use std::path::PathBuf;

use clap::Parser;

/// Hearth, a private assistant that runs on this computer.
#[derive(Clone, Debug, Parser)]
#[command(
    name = "hearth-desktop",
    version,
    after_help = "Example: hearth-desktop ~/Downloads/model.gguf"
)]
pub(crate) struct Args {
    /// Start without a window; the next start shows it.
    #[arg(long)]
    pub(crate) hidden: bool,

    /// Ask a quick question (shows the main window until there is a quick one).
    #[arg(long)]
    pub(crate) quick: bool,

    /// Where the data lies, instead of the usual place.
    #[arg(long, value_name = "DIR")]
    pub(crate) data_dir: Option<PathBuf>,

    /// Model files (GGUF) to add.
    #[arg(value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
}

impl Args {
    /// Whether a window is wanted now.
    pub(crate) fn wants_window(&self) -> bool {
        !self.hidden || self.quick || !self.files.is_empty()
    }

    /// The files as absolute paths, so that another process with another folder finds them.
    pub(crate) fn absolute_files(&self) -> Vec<String> {
        let absolute = |file: &PathBuf| std::path::absolute(file).unwrap_or_else(|_| file.clone());
        self.files.iter().map(|file| absolute(file).to_string_lossy().into_owned()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(words: &[&str]) -> Args {
        Args::try_parse_from([&["hearth-desktop"], words].concat()).unwrap()
    }

    #[test]
    fn a_hidden_start_opens_no_window_unless_there_is_something_to_show() {
        assert!(parse(&[]).wants_window());
        assert!(!parse(&["--hidden"]).wants_window());
        assert!(parse(&["--hidden", "--quick"]).wants_window());
        assert!(parse(&["--hidden", "model.gguf"]).wants_window());
    }

    #[test]
    fn files_are_named_by_whole_paths() {
        let files = parse(&["model.gguf"]).absolute_files();
        assert!(std::path::Path::new(&files[0]).is_absolute());
    }
}
