//! What can be typed: commands, options, help. The meaning is in `commands/`.

mod keys;
mod lifetime;
mod serve;
mod webhooks;

use std::path::PathBuf;

use clap::{Args as ClapArgs, Parser, Subcommand, ValueEnum};
use hearth_domain::ConversationId;

pub(crate) use self::keys::{Keys, KeysAction, MakeKey};
pub(crate) use self::lifetime::day;
pub(crate) use self::serve::Serve;
pub(crate) use self::webhooks::{AddWebhook, Webhooks, WebhooksAction};

/// A private assistant that runs on this computer.
#[derive(Debug, Parser)]
#[command(
    name = "hearth",
    version,
    after_help = "Example:\n  hearth chat \"What is the capital of France?\""
)]
pub(crate) struct Args {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What every command takes.
#[derive(Clone, Debug, ClapArgs)]
pub(crate) struct Global {
    /// The data folder [default: HEARTH_DATA_DIR, else this user's folder for application data]
    #[arg(long, global = true, value_name = "DIR")]
    pub(crate) data_dir: Option<PathBuf>,
    /// Print JSON instead of text for people
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// A file with the passphrase of locked data [else: asked for on the terminal]
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) passphrase_file: Option<PathBuf>,
    /// What is logged to standard error; never what is asked or answered
    #[arg(long, global = true, value_name = "LEVEL", value_enum, default_value = "warn")]
    pub(crate) log: Level,
}

/// How much is logged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Level {
    Off,
    Error,
    Warn,
    Info,
    Debug,
    Trace,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Ask a question, or talk where none is given on a terminal
    Chat(Chat),
    /// Answer other programs, and browsers with --ui, on a port of this computer
    Serve(Serve),
    /// List, show, add, remove and check models
    Models(Models),
    /// Make, list and revoke the keys of the port
    Keys(Keys),
    /// Tell programs elsewhere when an answer or a job ended
    Webhooks(Webhooks),
    /// Measure how fast a model is on this computer
    Bench(Bench),
    /// Put documents into a collection, and wait until they can be searched
    Ingest(Ingest),
    /// Find passages of documents
    Search(Search),
    /// Write the text of files, as it is made searchable, to text files
    Extract(Extract),
    /// Write conversations to a file, for Hearth or for people
    Export(Export),
    /// Take in conversations of Hearth, ChatGPT or Claude
    Import(Import),
    /// Say whether Hearth runs here and answers, for what watches over it
    #[command(after_help = "Example:\n  hearth health || systemctl --user restart hearth")]
    Health,
    /// Say what is installed, missing, would fit
    #[command(after_help = "Example:\n  hearth doctor --json")]
    Doctor,
    /// Look for attacks, personal data, secrets and abuse in a text
    Scan(Scan),
    /// Check that the data is whole
    #[command(after_help = "Example:\n  hearth verify --json")]
    Verify,
    /// Open the data with the recovery code where the keyring or the key file is lost
    Recover(Recover),
}

#[derive(Debug, ClapArgs)]
#[command(after_help = "Examples:\n  hearth ingest --collection work ~/Documents/contracts\n  \
    hearth ingest --collection wiki articles.jsonl --json\n\n\
    A .jsonl of {id, title, text} rows is one document a row. Files that are there and unchanged are \
    not read again; those that are gone are forgotten.")]
pub(crate) struct Ingest {
    /// The collection; it is made where there is none of that name
    #[arg(long, value_name = "C")]
    pub(crate) collection: String,
    /// Files, folders and files of rows; they stay where they are
    #[arg(value_name = "PATH", required = true)]
    pub(crate) paths: Vec<PathBuf>,
    /// Print a line of JSON to standard error for each step
    #[arg(long)]
    pub(crate) progress: bool,
}

#[derive(Debug, ClapArgs)]
#[command(
    after_help = "Examples:\n  hearth search --collection work \"notice period of the lease\"\n  \
    hearth search --collection wiki --queries q.jsonl --k 10 --run run.tsv\n\n\
    With --answer the exit status is 4 where nothing that was found answers."
)]
pub(crate) struct Search {
    /// The collection; can be given several times
    #[arg(long, value_name = "C", required = true)]
    pub(crate) collection: Vec<String>,
    /// What is asked; text in quotation marks must occur as it stands
    #[arg(required_unless_present = "queries")]
    pub(crate) query: Option<String>,
    /// Passages at most
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=200))]
    pub(crate) k: u32,
    /// End with 4 where nothing that was found answers
    #[arg(long, conflicts_with = "queries")]
    pub(crate) answer: bool,
    /// Many questions, rows of {id, text} or {id, question}
    #[arg(long, value_name = "Q.jsonl", conflicts_with = "query")]
    pub(crate) queries: Option<PathBuf>,
    /// Where ranked documents go, each once: id, document, rank, score
    #[arg(long, value_name = "R.tsv", requires = "queries")]
    pub(crate) run: Option<PathBuf>,
    /// Where passages go: rows of {id, chunks}
    #[arg(long, value_name = "R.jsonl", requires = "queries")]
    pub(crate) chunks: Option<PathBuf>,
    /// Where pages go: rows of {id, pages}
    #[arg(long, value_name = "R.jsonl", requires = "queries")]
    pub(crate) pages: Option<PathBuf>,
    /// Where judgements go: rows of {id, confidence, answerable}
    #[arg(long, value_name = "R.jsonl", requires = "queries")]
    pub(crate) answerable: Option<PathBuf>,
}

#[derive(Debug, ClapArgs)]
#[command(after_help = "Example:\n  hearth extract --out texts contract.pdf letters/\n\n\
    Pages are separated by form feeds. A file that has no text gets a line that says why, and none.")]
pub(crate) struct Extract {
    /// Files, and folders with all that is in them
    #[arg(value_name = "PATH", required = true)]
    pub(crate) paths: Vec<PathBuf>,
    /// Where the texts go, as NAME.EXT.txt
    #[arg(long, value_name = "DIR")]
    pub(crate) out: PathBuf,
}

#[derive(Debug, ClapArgs)]
#[command(after_help = "Examples:\n  hearth export --out hearth.json\n  \
    hearth export --format markdown --conversation ID > conversation.md")]
pub(crate) struct Export {
    /// `json` to be read by Hearth again, `markdown` to be read by people
    #[arg(long, value_name = "FORMAT", value_enum, default_value = "json")]
    pub(crate) format: ExportForm,
    /// Only this conversation; can be given several times [default: all of them]
    #[arg(long, value_name = "ID")]
    pub(crate) conversation: Vec<ConversationId>,
    /// The file [default: standard output]
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
}

/// The form of an export.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ExportForm {
    Json,
    Markdown,
}

#[derive(Debug, ClapArgs)]
#[command(after_help = "Example:\n  hearth import ~/Downloads/conversations.json")]
pub(crate) struct Import {
    /// A JSON file, or the archive that an export came in
    pub(crate) file: PathBuf,
}

#[derive(Debug, ClapArgs)]
#[command(after_help = "Examples:\n  hearth scan letter.txt\n  \
    git diff | hearth scan --kind secrets --json\n  hearth scan --mask < letter.txt > masked.txt\n\n\
    The exit status is 3 where the policy warns of something or blocks it.")]
pub(crate) struct Scan {
    /// The files [default: standard input]
    #[arg(value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    /// What is looked for [default: all of it]
    #[arg(long, value_name = "KIND", value_enum)]
    pub(crate) kind: Option<ScanKind>,
    /// Print the text with placeholders instead of the findings
    #[arg(long, conflicts_with = "jsonl")]
    pub(crate) mask: bool,
    /// Rows with `id` and `text` to be judged, one a line
    #[arg(long, value_name = "IN", requires_all = ["predictions", "kind"], conflicts_with = "paths")]
    pub(crate) jsonl: Option<PathBuf>,
    /// Where the judgements go, in the form of the scorer
    #[arg(long, value_name = "OUT", requires = "jsonl")]
    pub(crate) predictions: Option<PathBuf>,
    /// Leave the trained heads out
    #[arg(long)]
    pub(crate) rules_only: bool,
    /// How an output is cut for the stream filter: `whole`, `chars`, or a number for random pieces
    #[arg(long, value_name = "PIECES", default_value = "whole", value_parser = pieces)]
    pub(crate) pieces: Pieces,
}

/// What a scan looks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ScanKind {
    Injection,
    Pii,
    Secrets,
    Toxicity,
    Output,
}

/// How a text is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pieces {
    Whole,
    Chars,
    Random(u64),
}

#[derive(Debug, ClapArgs)]
#[command(after_help = "Examples:\n  hearth recover --show      write it down\n  \
    hearth recover             type it in")]
pub(crate) struct Recover {
    /// Show the recovery code instead; one that was acknowledged is replaced by a new one
    #[arg(long)]
    pub(crate) show: bool,
}

#[derive(Debug, ClapArgs)]
#[command(after_help = "Examples:\n  hearth chat \"What is the capital of France?\"\n  \
    git diff | hearth chat \"Write a commit message for this change\"\n  \
    hearth chat --attach lease.pdf \"When does the lease end?\"\n  hearth chat")]
pub(crate) struct Chat {
    /// The question; standard input is added to it where it is a pipe or a file
    pub(crate) question: Option<String>,
    /// A catalogue name, a known file, or the path of a GGUF (which allows that file)
    #[arg(long, value_name = "M")]
    pub(crate) model: Option<String>,
    /// Instructions for a new conversation
    #[arg(long, value_name = "T", conflicts_with = "conversation")]
    pub(crate) system: Option<String>,
    /// Tokens written at most
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub(crate) max_tokens: Option<u32>,
    /// Randomness, 0 to 2; 0 takes the likeliest word each time
    #[arg(long, value_name = "X", value_parser = temperature)]
    pub(crate) temperature: Option<f32>,
    /// Makes the answer repeatable
    #[arg(long, value_name = "N")]
    pub(crate) seed: Option<u32>,
    /// Continue this conversation
    #[arg(long, value_name = "ID")]
    pub(crate) conversation: Option<ConversationId>,
    /// Answer from this collection of documents alone; can be given several times
    #[arg(long, value_name = "C")]
    pub(crate) collection: Vec<String>,
    /// A document that goes with the question, of any kind; can be given several times
    #[arg(long, value_name = "FILE")]
    pub(crate) attach: Vec<PathBuf>,
    /// Read all of the documents, part by part, instead of searching those that are long
    #[arg(long)]
    pub(crate) read_all: bool,
}

#[derive(Debug, ClapArgs)]
#[command(after_help = "Example:\n  hearth bench --json")]
pub(crate) struct Bench {
    /// A catalogue name, a known file, or the path of a GGUF (which allows that file)
    #[arg(long, value_name = "M")]
    pub(crate) model: Option<String>,
}

#[derive(Debug, ClapArgs)]
#[command(after_help = "Example:\n  hearth models add ~/Downloads/model.gguf")]
pub(crate) struct Models {
    #[command(subcommand)]
    pub(crate) action: Option<ModelsAction>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ModelsAction {
    /// List the models [default]
    List,
    /// Show one model
    Show {
        /// Its id, its name or its file
        #[arg(value_name = "M")]
        model: String,
    },
    /// Add a GGUF; the file stays where it is
    Add {
        /// The file, or the id that `found` lists
        path: PathBuf,
    },
    /// Load a model into the Hearth that runs, beside others while memory has room
    Load {
        /// Its id, its name or its file; the default one unless given
        #[arg(value_name = "M")]
        model: Option<String>,
    },
    /// Unload a model, or all of them
    Unload {
        /// Its id, its name or its file
        #[arg(value_name = "M")]
        model: Option<String>,
    },
    /// Make a model the one that is used unless another is named
    Default {
        /// Its id, its name or its file
        #[arg(value_name = "M")]
        model: String,
    },
    /// Forget a model; its file stays where it is
    Remove {
        /// Its id, its name or its file
        #[arg(value_name = "M")]
        model: String,
    },
    /// Check the file of every model against its checksum
    Verify,
    /// List the model files of other applications on this computer
    Found,
}

fn pieces(text: &str) -> Result<Pieces, &'static str> {
    match text {
        "whole" => Ok(Pieces::Whole),
        "chars" => Ok(Pieces::Chars),
        _ => text.parse().map(Pieces::Random).map_err(|_| "`whole`, `chars` or a number is needed"),
    }
}

fn temperature(text: &str) -> Result<f32, &'static str> {
    let number: Option<f32> = text.parse().ok();
    number.filter(|t| (0.0..=2.0).contains(t)).ok_or("a number from 0 to 2 is needed")
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_table_of_arguments_is_sound() {
        Args::command().debug_assert();
    }

    #[test]
    fn a_temperature_is_a_number_in_range() {
        assert_eq!(temperature("0"), Ok(0.0));
        for wrong in ["NaN", "-1", "3", "hot", ""] {
            assert!(temperature(wrong).is_err(), "{wrong}");
        }
    }
}
