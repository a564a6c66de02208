//! Where things lie and what a test may replace. Paths are decided here and nowhere else.

use std::{
    env,
    path::{Path, PathBuf},
    sync::Arc,
    time::{SystemTime, UNIX_EPOCH},
};

use directories::ProjectDirs;
use hearth_domain::{SecretStore, Timestamp};

use crate::{Error, PowerMeter, SystemPower};

/// Names the data folder, for every program of the family.
pub const DATA_DIR_VARIABLE: &str = "HEARTH_DATA_DIR";
/// Names a folder laid out like `models/` of the source tree, looked at first.
pub const MODELS_DIR_VARIABLE: &str = "HEARTH_MODELS_DIR";

/// What one run of the program is started with. Never written back to the settings.
#[derive(Clone, Debug)]
pub struct AppConfig {
    /// Database, key file, lock, recovery file.
    pub data_dir: PathBuf,
    /// Folders in which the files of the catalogue are looked for, first one first.
    pub models_dirs: Vec<PathBuf>,
    /// The program to start again as a worker (hidden first argument); usually this one.
    pub worker_exe: Option<PathBuf>,
    /// Tokens of the KV cache that all sequences share, instead of the setting.
    pub context_size: Option<u32>,
    /// Threads, instead of the setting.
    pub threads: Option<u32>,
    /// Sequences at once, instead of the setting.
    pub parallel: Option<u32>,
}

impl AppConfig {
    /// The places for this user: the argument, else `HEARTH_DATA_DIR`, else the system's folder
    /// for application data.
    ///
    /// # Errors
    /// [`Error::NoHome`] where the system names no home folder and nothing else was given.
    pub fn locate(data_dir: Option<PathBuf>) -> Result<Self, Error> {
        let data_dir = data_dir
            .or_else(|| env::var_os(DATA_DIR_VARIABLE).map(PathBuf::from))
            .or_else(|| {
                ProjectDirs::from("", "", "hearth").map(|dirs| dirs.data_local_dir().to_owned())
            })
            .ok_or(Error::NoHome)?;
        let exe = env::current_exe().ok();
        let models_dirs = models_dirs(exe.as_deref(), &data_dir);
        Ok(Self {
            data_dir,
            models_dirs,
            worker_exe: exe,
            context_size: None,
            threads: None,
            parallel: None,
        })
    }
}

/// The variable, then the package's folder, then the source tree the program was built in, then
/// the data folder.
fn models_dirs(exe: Option<&Path>, data_dir: &Path) -> Vec<PathBuf> {
    let mut dirs: Vec<PathBuf> =
        env::var_os(MODELS_DIR_VARIABLE).map(PathBuf::from).into_iter().collect();
    if let Some(bin) = exe.and_then(Path::parent) {
        dirs.push(bin.join("../share/hearth/models"));
        dirs.push(bin.join("models"));
        let tree = bin.ancestors().find(|dir| dir.join("models/catalog.json").is_file());
        dirs.extend(tree.map(|dir| dir.join("models")));
    }
    dirs.push(data_dir.join("models"));
    dirs
}

/// The things that a test replaces.
pub struct Ports {
    /// The time of day.
    pub clock: Arc<dyn Clock>,
    /// The system's keyring.
    pub keyring: Arc<dyn SecretStore>,
    /// The meter of the computer's power.
    pub power: Arc<dyn PowerMeter>,
}

impl Ports {
    /// The real ones.
    #[must_use]
    pub fn system() -> Self {
        Self {
            clock: Arc::new(SystemClock),
            keyring: Arc::new(crate::secrets::Keyring::new()),
            power: Arc::new(SystemPower),
        }
    }
}

/// Tells the time.
pub trait Clock: Send + Sync {
    /// Now.
    fn now(&self) -> Timestamp;
}

/// The clock of the computer.
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Timestamp(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }
}
