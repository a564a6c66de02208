//! Opening the data while the window is being made. Commands wait for the outcome; a refusal is
//! an answer to every one of them, so that the page can say what is wrong and what to do. Asking
//! for the status again after a refusal tries again: the person may have unlocked the keyring.
//! Locked data waits for its passphrase, and its folder stays held meanwhile.

use std::{
    fs::File,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use hearth_api::ApiError;
use hearth_app::{App, AppConfig, Credential, DataFolder, KeyChoice, Pace, Ports};
use hearth_domain::{ErrorCode, Secret};
use tokio::{runtime::Handle, sync::watch, time::timeout};

/// Commands of one page load come together; what comes later is a person who tries again.
const ONE_LOAD: Duration = Duration::from_secs(1);

/// Refusals after which the data is as locked as before.
const STAYS_LOCKED: [ErrorCode; 4] = [
    ErrorCode::Locked,
    ErrorCode::PassphraseWrong,
    ErrorCode::TooManyAttempts,
    ErrorCode::InvalidRequest,
];

/// What opening gave.
pub(crate) type Outcome = Result<Arc<App>, ApiError>;

/// The outcome, now or later.
#[derive(Clone)]
pub(crate) struct Startup {
    config: Arc<Result<AppConfig, ApiError>>,
    state: watch::Sender<State>,
    /// Held from the first opening on, also while the data is locked.
    folder: Arc<Mutex<Option<DataFolder>>>,
    pace: Pace,
    runtime: Handle,
}

#[derive(Clone)]
enum State {
    Opening,
    Open(Arc<App>),
    Locked,
    Refused { error: ApiError, since: Instant },
}

impl Startup {
    /// Begins to open the data, with the lock of its folder where this process has it already.
    /// Must be called inside the async runtime.
    pub(crate) fn begin(config: Result<AppConfig, hearth_app::Error>, lock: Option<File>) -> Self {
        let config = Arc::new(config.map_err(ApiError::from));
        let state = watch::channel(State::Opening).0;
        let (folder, pace) = (Arc::default(), Pace::default());
        let startup = Self { config, state, folder, pace, runtime: Handle::current() };
        startup.attempt(KeyChoice::Automatic, lock);
        startup
    }

    fn attempt(&self, key: KeyChoice, lock: Option<File>) {
        let startup = self.clone();
        self.runtime.spawn(async move {
            let opened = startup.open(Credential::Place(key), lock).await;
            startup.state.send_replace(match opened {
                Ok(app) => State::Open(app),
                Err(error) if error.code == ErrorCode::Locked => State::Locked,
                Err(error) => State::Refused { error, since: Instant::now() },
            });
        });
    }

    async fn open(&self, credential: Credential, lock: Option<File>) -> Outcome {
        let config = self.config.as_ref().as_ref().map_err(ApiError::clone)?;
        let folder = match self.held() {
            Some(folder) => folder,
            None => App::hold(config, lock).await?,
        };
        *self.folder() = Some(folder.clone());
        let opened = App::open_in(folder, config.clone(), Ports::system(), credential).await;
        opened.map_err(ApiError::from).inspect_err(|error| {
            // What is refused is let go, so that a person can mend it from outside.
            if !STAYS_LOCKED.contains(&error.code) {
                *self.folder() = None;
            }
        })
    }

    /// Opens locked data.
    ///
    /// # Errors
    /// A wrong passphrase or one that came too soon: the data stays locked; else why it cannot be
    /// opened even so.
    pub(crate) async fn unlock(&self, typed: Secret<String>) -> Result<(), ApiError> {
        if !self.is_locked() {
            return self.app().await.map(drop);
        }
        let credential = Credential::Passphrase { typed, pace: self.pace.clone() };
        match self.open(credential, None).await {
            Ok(app) => {
                self.state.send_replace(State::Open(app));
                Ok(())
            }
            Err(error) if STAYS_LOCKED.contains(&error.code) => Err(error),
            Err(error) => {
                let since = Instant::now();
                self.state.send_replace(State::Refused { error: error.clone(), since });
                Err(error)
            }
        }
    }

    /// Whether the data waits for its passphrase.
    pub(crate) fn is_locked(&self) -> bool {
        matches!(*self.state.borrow(), State::Locked)
    }

    /// The data folder, where this process holds it.
    pub(crate) fn held(&self) -> Option<DataFolder> {
        self.folder().clone()
    }

    fn folder(&self) -> MutexGuard<'_, Option<DataFolder>> {
        self.folder.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tries again where the last attempt was refused a while ago. Whether a new one began.
    pub(crate) fn try_again(&self) -> bool {
        let began = self.state.send_if_modified(|state| {
            let old = matches!(state, State::Refused { since, .. } if since.elapsed() > ONE_LOAD);
            if old {
                *state = State::Opening;
            }
            old
        });
        if began {
            self.attempt(KeyChoice::Automatic, None);
        }
        began
    }

    /// Puts a lost key back with the recovery code and opens the data.
    ///
    /// # Errors
    /// A mistyped or foreign code, or why the data cannot be opened even so.
    pub(crate) async fn recover(&self, code: String) -> Result<(), ApiError> {
        if self.open_now().is_some() {
            return Err(ApiError::new(ErrorCode::InvalidRequest, "the data is open already"));
        }
        let config = self.config.as_ref().as_ref().map_err(ApiError::clone)?;
        match self.held() {
            Some(folder) => App::recover_in(folder, Ports::system(), code).await?,
            None => App::recover(config, Ports::system(), code).await?,
        }
        self.state.send_replace(State::Opening);
        self.attempt(KeyChoice::Automatic, None);
        self.app().await.map(drop)
    }

    /// Opens the data with a key in a file: the person's answer to a keyring that is locked. A
    /// database that exists keeps the key it has.
    ///
    /// # Errors
    /// Why the data cannot be opened even so.
    pub(crate) async fn choose_key_file(&self) -> Result<(), ApiError> {
        if self.open_now().is_none() {
            self.state.send_replace(State::Opening);
            self.attempt(KeyChoice::KeyFile, None);
        }
        self.app().await.map(drop)
    }

    /// Waits for the outcome.
    ///
    /// # Errors
    /// Why the data could not be opened, as every command answers it.
    pub(crate) async fn app(&self) -> Outcome {
        let mut state = self.state.subscribe();
        let known = state.wait_for(|state| !matches!(state, State::Opening)).await;
        known.ok().and_then(|state| outcome(&state)).unwrap_or_else(|| Err(ApiError::internal()))
    }

    /// As [`Self::app`], and waits for the passphrase of locked data too.
    ///
    /// # Errors
    /// As [`Self::app`].
    pub(crate) async fn unlocked(&self) -> Outcome {
        let mut state = self.state.subscribe();
        let waits = |state: &State| matches!(state, State::Opening | State::Locked);
        let known = state.wait_for(|state| !waits(state)).await;
        known.ok().and_then(|state| outcome(&state)).unwrap_or_else(|| Err(ApiError::internal()))
    }

    /// The outcome if it comes that soon.
    pub(crate) async fn within(&self, limit: Duration) -> Option<Outcome> {
        timeout(limit, self.app()).await.ok()
    }

    /// The outcome, where it is known now.
    pub(crate) fn now(&self) -> Option<Outcome> {
        outcome(&self.state.borrow())
    }

    /// Follows the outcome from now on.
    pub(crate) fn changes(&self) -> Changes {
        Changes(self.state.subscribe())
    }

    /// The use cases, where they are open now.
    pub(crate) fn open_now(&self) -> Option<Arc<App>> {
        outcome(&self.state.borrow()).and_then(Result::ok)
    }
}

/// Tells that the outcome is another one.
pub(crate) struct Changes(watch::Receiver<State>);

impl Changes {
    /// Waits for the next change; `false` where there will be none.
    pub(crate) async fn next(&mut self) -> bool {
        self.0.changed().await.is_ok()
    }
}

fn outcome(state: &State) -> Option<Outcome> {
    match state {
        State::Opening => None,
        State::Open(app) => Some(Ok(Arc::clone(app))),
        State::Locked => Some(Err(ApiError::locked())),
        State::Refused { error, .. } => Some(Err(error.clone())),
    }
}

/// Whether another process holds the data folder.
pub(crate) fn is_held(outcome: &Outcome) -> bool {
    matches!(outcome, Err(error) if error.code == ErrorCode::DataFolderLocked)
}
