//! The command line of the desktop application.

use std::{ffi::OsString, path::PathBuf};

use clap::Parser;
use hearth_domain::ConversationId;

use crate::links;

/// What the next run of the program goes on with.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Again {
    /// There was a window to be seen.
    pub(crate) shown: bool,
    /// The conversation that was open in it.
    pub(crate) at: Option<ConversationId>,
    /// Work in the background was stopped.
    pub(crate) paused: bool,
}

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

    /// The conversation that was open in its window.
    #[arg(long, hide = true, requires = "taken_over")]
    pub(crate) at: Option<ConversationId>,

    /// Work in the background stays stopped.
    #[arg(long, hide = true, requires = "taken_over")]
    pub(crate) paused: bool,

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

    /// The arguments with which the program starts itself again, on the same data.
    pub(crate) fn again(Again { shown, at, paused }: Again) -> Vec<OsString> {
        let own = Self::try_parse().ok();
        let mut again: Vec<OsString> = vec!["--taken-over".into()];
        if !shown {
            again.push("--hidden".into());
        }
        if let Some(conversation) = at {
            again.extend(["--at".into(), conversation.to_string().into()]);
        }
        if paused {
            again.push("--paused".into());
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
        let shown = Again { shown: true, ..Again::default() };
        assert_eq!(Args::again(shown), ["--taken-over"]);
        assert_eq!(Args::again(Again::default()), ["--taken-over", "--hidden"]);
        assert!(parse(&["--taken-over"]).taken_over);
    }

    #[test]
    fn the_next_run_goes_on_in_the_same_conversation_and_stays_paused() {
        let at = "01890a5d-ac96-774b-bcce-b302099a8057";
        let again = Again { shown: true, at: at.parse().ok(), paused: true };
        let words = Args::again(again);
        assert_eq!(words, ["--taken-over", "--at", at, "--paused"]);
        let words: Vec<_> = words.iter().map(|word| word.to_str().unwrap()).collect();
        assert_eq!((parse(&words).at, parse(&words).paused), (again.at, true));
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
