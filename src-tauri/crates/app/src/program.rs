//! The program about itself: status, check-up, integrity.

use hearth_domain::{EngineState, ProcessId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sysinfo::{MemoryRefreshKind, RefreshKind, System};
use ts_rs::TS;

use crate::{App, CrashPhase, NetworkStatus, Result, app::lock, models::catalogue};

/// What the user interface shows about the program.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema, TS)]
pub struct AppStatus {
    /// The version of the program.
    pub version: String,
    /// This run of it.
    pub process: ProcessId,
    /// The state of the model that people asked for last.
    pub engine: EngineState,
    /// Those of the models beside it.
    #[serde(default)]
    pub beside: Vec<EngineState>,
    /// What the model did when the last run crashed, until the person has read it; none is loaded
    /// by itself then.
    pub crashed: Option<CrashPhase>,
    /// `desktop` or `server`.
    pub host: String,
    /// What the host can do: `window`, `pick_file`, `clipboard`, `open_link`.
    pub capabilities: Vec<String>,
    /// Where the key of the database is: `keyring`, `key_file` or `environment`.
    pub key_source: String,
    /// Why it is not in the keyring, where it is not: `missing` or `locked`.
    pub key_notice: Option<String>,
    /// Whether the recovery code was never shown.
    pub recovery_code_pending: bool,
    /// The local port.
    pub server: ServerStatus,
    /// Memory of the computer, in bytes.
    pub memory_total: u64,
    /// Of that, what is free to use.
    pub memory_available: u64,
    /// Bytes of the data folder on disk.
    pub data_size: u64,
    /// The data folder as the person sees it. It is theirs to know; it is never logged.
    pub data_dir: String,
}

/// The local port.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct ServerStatus {
    /// Whether the settings want it.
    pub enabled: bool,
    /// Where it listens now.
    pub url: Option<String>,
    /// How many keys there are.
    pub keys: u32,
    /// How other computers reach it now; `None` while they do not.
    pub network: Option<NetworkStatus>,
}

/// One line of a check-up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct Check {
    /// What was looked at: `processor`, `memory`, `data_folder`, `database_key`, `model`, …
    pub name: String,
    /// Whether it is as it should be.
    pub ok: bool,
    /// What was found, in a sentence.
    pub finding: String,
    /// What to do about it.
    pub advice: Option<String>,
}

/// What is installed, missing, would fit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct DoctorReport {
    /// Whether every check is.
    pub ok: bool,
    /// The checks.
    pub checks: Vec<Check>,
}

/// Whether the data is whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct VerifyReport {
    /// Whether nothing is wrong.
    pub ok: bool,
    /// Conversations that can be read.
    pub conversations: u64,
    /// Messages that can be read.
    pub messages: u64,
    /// Entries of the audit log that were followed.
    pub audit_entries: u64,
    /// What is wrong, without content.
    pub problems: Vec<String>,
}

impl App {
    /// The status, for a host of this kind.
    ///
    /// # Errors
    /// A database that cannot be read.
    pub async fn status(&self, host: &str, capabilities: &[&str]) -> Result<AppStatus> {
        let memory = Memory::read();
        let engine = self.engine.state().borrow().clone();
        let beside = self.engine.beside().borrow().clone();
        let server = self.server_status();
        Ok(AppStatus {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            process: self.process,
            engine,
            beside,
            crashed: self.crash_to_tell(),
            host: host.to_owned(),
            capabilities: capabilities.iter().map(ToString::to_string).collect(),
            key_source: self.key().source.to_owned(),
            key_notice: self.key().notice.map(str::to_owned),
            recovery_code_pending: !self.settings().recovery_acknowledged,
            server,
            memory_total: memory.total,
            memory_available: memory.available,
            data_size: self.folder.sizes()?.total(),
            data_dir: self.config.data_dir.display().to_string(),
        })
    }

    /// The local port.
    #[must_use]
    pub fn server_status(&self) -> ServerStatus {
        let (keys, url) = (self.port_key_count(), lock(&self.server_url).clone());
        let network = lock(&self.network).clone();
        ServerStatus { enabled: self.settings().server.enabled, url, keys, network }
    }

    /// Checks what Hearth needs on this computer.
    ///
    /// # Errors
    /// A database that cannot be read.
    pub async fn doctor(&self) -> Result<DoctorReport> {
        let mut checks = vec![processor(), self.key_check()];
        checks.extend(self.model_checks().await?);
        checks.push(memory(&Memory::read()));
        let ok = checks.iter().all(|check| check.ok);
        Ok(DoctorReport { ok, checks })
    }

    /// Checks every page of the database, that its tree of messages holds together, and the audit log.
    ///
    /// # Errors
    /// A database that cannot be read at all.
    pub async fn verify(&self) -> Result<VerifyReport> {
        let found = self.db.verify().await?;
        let mut problems: Vec<String> = found.damage.iter().map(ToString::to_string).collect();
        let mut audit_entries = 0;
        if found.is_sound() {
            let (entries, problem) = self.audit_verify().await?;
            audit_entries = entries;
            problems.extend(problem);
        }
        Ok(VerifyReport {
            ok: problems.is_empty(),
            conversations: found.conversations,
            messages: found.messages,
            audit_entries,
            problems,
        })
    }

    fn key_check(&self) -> Check {
        let source = match self.key().source {
            "keyring" => "the key of the database is in the system's keyring",
            "passphrase" => "the key of the database is locked by your passphrase",
            "environment" => {
                "the key of the database comes from the file that the environment names"
            }
            _ => "the key of the database is in a file that only you can read",
        };
        let notice = self.key().notice.is_some();
        let advice = notice.then(|| {
            "unlock or install a keyring to keep the key there; the data is encrypted either way"
                .to_owned()
        });
        Check { name: "database_key".into(), ok: true, finding: source.into(), advice }
    }

    async fn model_checks(&self) -> Result<Vec<Check>> {
        let known = self.model_list().await?;
        let bundled = catalogue::chat_models()?;
        let missing = |name: &str| Check {
            name: "model".into(),
            ok: false,
            finding: format!("{name}: the file is missing"),
            advice: Some("run `./build.sh setup`, or add a GGUF with `hearth models add`".into()),
        };
        let mut checks: Vec<_> = known
            .iter()
            .map(|model| {
                if !model.present {
                    return missing(&model.name);
                }
                let need = model.memory_needed / 1_048_576;
                let finding = format!("{}: there; needs about {need} MiB of memory", model.name);
                Check { name: "model".into(), ok: true, finding, advice: None }
            })
            .collect();
        if checks.is_empty() {
            checks.extend(bundled.iter().map(|entry| missing(&entry.name)));
        }
        Ok(checks)
    }
}

fn processor() -> Check {
    match hearth_engine::check_processor() {
        Ok(()) => Check {
            name: "processor".into(),
            ok: true,
            finding: "the processor has what this build needs".into(),
            advice: None,
        },
        Err(error) => Check {
            name: "processor".into(),
            ok: false,
            finding: error.to_string(),
            advice: Some("use a build for this processor".into()),
        },
    }
}

fn memory(memory: &Memory) -> Check {
    const LEAST: u64 = 1 << 30;
    let (total, free) = (memory.total >> 20, memory.available >> 20);
    let low = memory.total > 0 && memory.available < LEAST;
    Check {
        name: "memory".into(),
        ok: !low,
        finding: format!("{free} MiB of {total} MiB are free"),
        advice: low.then(|| "close other programs before a model is loaded".into()),
    }
}

/// Memory of the computer, in bytes.
pub(crate) struct Memory {
    pub(crate) total: u64,
    pub(crate) available: u64,
}

impl Memory {
    pub(crate) fn read() -> Self {
        let what = RefreshKind::nothing().with_memory(MemoryRefreshKind::nothing().with_ram());
        // Zero means unknown: a system that does not tell must not keep Hearth from starting.
        System::new_with_specifics(what).map_or(Self { total: 0, available: 0 }, |system| Self {
            total: system.total_memory(),
            available: system.available_memory(),
        })
    }
}
