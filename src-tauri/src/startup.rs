//! Opening the data while the window is being made. Commands wait for the outcome; a refusal is
//! an answer to every one of them, so that the page can say what is wrong and what to do. Asking
//! for the status again after a refusal tries again: the person may have unlocked the keyring.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use hearth_api::ApiError;
use hearth_app::{App, AppConfig, KeyChoice, Ports};
use hearth_domain::ErrorCode;
use tokio::{runtime::Handle, sync::watch, time::timeout};

/// Commands of one page load come together; what comes later is a person who tries again.
const ONE_LOAD: Duration = Duration::from_secs(1);

/// What opening gave.
pub(crate) type Outcome = Result<Arc<App>, ApiError>;

/// The outcome, now or later.
#[derive(Clone)]
pub(crate) struct Startup {
    config: Arc<Result<AppConfig, ApiError>>,
    state: watch::Sender<State>,
    runtime: Handle,
}

#[derive(Clone)]
enum State {
    Opening,
    Open(Arc<App>),
    Refused { error: ApiError, since: Instant },
}

impl Startup {
    /// Begins to open the data. Must be called inside the async runtime.
    pub(crate) fn begin(config: Result<AppConfig, hearth_app::Error>) -> Self {
        let config = Arc::new(config.map_err(ApiError::from));
        let state = watch::channel(State::Opening).0;
        let startup = Self { config, state, runtime: Handle::current() };
        startup.attempt(KeyChoice::Automatic);
        startup
    }

    fn attempt(&self, key: KeyChoice) {
        let startup = self.clone();
        self.runtime.spawn(async move {
            let opened = match &*startup.config {
                Ok(config) => {
                    let opened = App::open_with(config.clone(), Ports::system(), key).await;
                    opened.map_err(ApiError::from)
                }
                Err(error) => Err(error.clone()),
            };
            startup.state.send_replace(match opened {
                Ok(app) => State::Open(app),
                Err(error) => State::Refused { error, since: Instant::now() },
            });
        });
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
            self.attempt(KeyChoice::Automatic);
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
        App::recover(config, Ports::system(), code).await?;
        self.state.send_replace(State::Opening);
        self.attempt(KeyChoice::Automatic);
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
            self.attempt(KeyChoice::KeyFile);
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

    /// The outcome if it comes that soon.
    pub(crate) async fn within(&self, limit: Duration) -> Option<Outcome> {
        timeout(limit, self.app()).await.ok()
    }

    /// The use cases, where they are open now.
    pub(crate) fn open_now(&self) -> Option<Arc<App>> {
        outcome(&self.state.borrow()).and_then(Result::ok)
    }
}

fn outcome(state: &State) -> Option<Outcome> {
    match state {
        State::Opening => None,
        State::Open(app) => Some(Ok(Arc::clone(app))),
        State::Refused { error, .. } => Some(Err(error.clone())),
    }
}

/// Whether another process holds the data folder.
pub(crate) fn is_held(outcome: &Outcome) -> bool {
    matches!(outcome, Err(error) if error.code == ErrorCode::DataFolderLocked)
}
