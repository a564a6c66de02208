//! The command line of the desktop application.

use std::{ffi::OsString, path::PathBuf};

use clap::Parser;

use crate::links;

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

    /// Ask a quick question in the small window.
    #[arg(long)]
    pub(crate) quick: bool,

    /// Where the data lies, instead of the usual place.
    #[arg(long, value_name = "DIR")]
    pub(crate) data_dir: Option<PathBuf>,

    /// This program was the one before it and has locked the data.
    #[arg(long, hide = true)]
    pub(crate) taken_over: bool,

    /// Model files (GGUF) to add, or a link (hearth://chat?q=…) whose text goes into the field.
    #[arg(value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
}

impl Args {
    /// Whether a window is wanted now.
    pub(crate) fn wants_window(&self) -> bool {
        !self.hidden || self.quick || !self.files.is_empty()
    }

    /// Whether that is, or is also, the main window.
    pub(crate) fn wants_main_window(&self) -> bool {
        !(self.hidden || self.quick) || !self.files.is_empty()
    }

    /// The arguments with which the program starts itself again: the same data, and a window where
    /// there was one.
    pub(crate) fn again(shown: bool) -> Vec<OsString> {
        let own = Self::try_parse().ok();
        let mut again: Vec<OsString> = vec!["--taken-over".into()];
        if !shown {
            again.push("--hidden".into());
        }
        if let Some(folder) = own.and_then(|own| own.data_dir) {
            again.extend(["--data-dir".into(), folder.into_os_string()]);
        }
        again
    }

    /// The files as absolute paths, so that another process with another folder finds them.
    pub(crate) fn absolute_files(&self) -> Vec<String> {
        let absolute = |file: &PathBuf| std::path::absolute(file).unwrap_or_else(|_| file.clone());
        let files = self.files.iter().filter(|file| !links::is_link(&file.to_string_lossy()));
        files.map(|file| absolute(file).to_string_lossy().into_owned()).collect()
    }

    /// The links among the arguments: desktops hand them over as they hand over files.
    pub(crate) fn links(&self) -> Vec<String> {
        let arguments = self.files.iter().map(|file| file.to_string_lossy().into_owned());
        arguments.filter(|argument| links::is_link(argument)).collect()
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
        assert!(parse(&[]).wants_main_window() && !parse(&["--hidden"]).wants_main_window());
    }

    #[test]
    fn a_quick_question_needs_no_main_window_but_files_do() {
        assert!(parse(&["--quick"]).wants_window());
        assert!(!parse(&["--quick"]).wants_main_window());
        assert!(parse(&["--quick", "model.gguf"]).wants_main_window());
    }

    #[test]
    fn the_next_run_has_a_window_where_there_was_one() {
        assert_eq!(Args::again(true), ["--taken-over"]);
        assert_eq!(Args::again(false), ["--taken-over", "--hidden"]);
        assert!(parse(&["--taken-over"]).taken_over);
    }

    #[test]
    fn a_link_is_no_file() {
        let args = parse(&["model.gguf", "hearth://chat?q=x"]);
        assert_eq!(args.absolute_files().len(), 1);
        assert_eq!(args.links(), ["hearth://chat?q=x"]);
    }

    #[test]
    fn files_are_named_by_whole_paths() {
        let files = parse(&["model.gguf"]).absolute_files();
        assert!(std::path::Path::new(&files[0]).is_absolute());
    }
}
