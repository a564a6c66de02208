//! Where commands run: in this process, or over the private socket in the one that holds the data
//! folder. Commands of the command line do not notice the difference.

use std::{path::Path, sync::Arc, time::Duration};

use futures::future::BoxFuture;
use hearth_api::{ApiError, Caller, Cx, ServerHost, dispatch, subscribe};
use hearth_app::{App, AppConfig, AppStatus, Credential, Item, Pace, Ports, Subscription};
use hearth_domain::{ErrorCode, Model};
use hearth_server::{Client, ClientError, Events, PrivateSocket};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use crate::{args::Global, failure::Failure, out::Out, passphrase};

/// Another short command may hold the folder; it is waited for so long.
const WAIT_FOR_FOLDER: Duration = Duration::from_secs(60);
/// After this long, a person is told why nothing happens.
const TELL_AFTER: Duration = Duration::from_secs(2);

type Answer<T> = Result<T, ApiError>;

/// A place where commands run.
trait Place: Send + Sync {
    fn rpc<'a>(&'a self, command: &'a str, request: Value) -> BoxFuture<'a, Answer<Value>>;
    fn follow<'a>(&'a self, topic: &'a str) -> BoxFuture<'a, Answer<Follow>>;
    fn close(self: Box<Self>) -> BoxFuture<'static, ()>;
    /// Whether it is another process, which goes on when this one ends.
    fn stays(&self) -> bool;
}

/// The events of a topic, from wherever they come.
pub(crate) enum Follow {
    Here { subscription: Subscription, waiting: std::vec::IntoIter<Item> },
    There(Box<Events>),
}

impl Follow {
    /// The next event; `None` after the last one.
    pub(crate) async fn next<E: DeserializeOwned>(&mut self) -> Answer<Option<E>> {
        let not_ours = |_| ClientError::NotUnderstood.into_api();
        match self {
            Self::There(events) => {
                let event = events.next().await.map_err(ClientError::into_api)?;
                event.map(|e| serde_json::from_value(e.event).map_err(not_ours)).transpose()
            }
            Self::Here { subscription, waiting } => loop {
                if let Some(item) = waiting.next() {
                    return serde_json::from_str(&item.json).map(Some).map_err(not_ours);
                }
                match subscription.next().await {
                    Some(items) => *waiting = items.into_iter(),
                    None => return Ok(None),
                }
            },
        }
    }
}

/// This process.
struct Here {
    cx: Cx,
    socket: Option<PrivateSocket>,
}

impl Place for Here {
    fn rpc<'a>(&'a self, command: &'a str, request: Value) -> BoxFuture<'a, Answer<Value>> {
        Box::pin(dispatch(&self.cx, command, request))
    }

    fn follow<'a>(&'a self, topic: &'a str) -> BoxFuture<'a, Answer<Follow>> {
        Box::pin(async move {
            let subscription = subscribe(&self.cx, topic, Some(0)).await?;
            Ok(Follow::Here { subscription, waiting: Vec::new().into_iter() })
        })
    }

    fn close(self: Box<Self>) -> BoxFuture<'static, ()> {
        Box::pin(async move {
            let Self { cx, socket } = *self;
            let stop_socket = async {
                if let Some(socket) = socket {
                    socket.stop().await;
                }
            };
            tokio::join!(stop_socket, cx.app.shutdown());
        })
    }

    fn stays(&self) -> bool {
        false
    }
}

/// Another process.
struct There(Client);

impl Place for There {
    fn rpc<'a>(&'a self, command: &'a str, request: Value) -> BoxFuture<'a, Answer<Value>> {
        Box::pin(async move { self.0.rpc(command, &request).await.map_err(ClientError::into_api) })
    }

    fn follow<'a>(&'a self, topic: &'a str) -> BoxFuture<'a, Answer<Follow>> {
        Box::pin(async move {
            let events = self.0.stream(topic, Some(0)).await.map_err(ClientError::into_api)?;
            Ok(Follow::There(Box::new(events)))
        })
    }

    fn close(self: Box<Self>) -> BoxFuture<'static, ()> {
        Box::pin(async {})
    }

    fn stays(&self) -> bool {
        true
    }
}

/// The running Hearth, here or elsewhere.
pub(crate) struct Program(Box<dyn Place>);

impl Program {
    /// Opens the data folder, or finds the process that holds it.
    pub(crate) async fn open(global: &Global, out: Out) -> Result<Self, Failure> {
        let config = AppConfig::locate(global.data_dir.clone())?;
        let begin = Instant::now();
        let mut told = false;
        loop {
            let locked = match open_app(config.clone(), global, out).await {
                Ok(app) => return Ok(Self::here(app)),
                Err(failure) if failure.code() == ErrorCode::DataFolderLocked => failure,
                Err(failure) => return Err(failure),
            };
            if let Some(there) = Self::there(&config.data_dir).await? {
                return Ok(there);
            }
            if begin.elapsed() > WAIT_FOR_FOLDER {
                return Err(locked);
            }
            if begin.elapsed() > TELL_AFTER && !told {
                told = true;
                out.note("Another Hearth holds the data folder; waiting for it to end.");
            }
            sleep(Duration::from_millis(100)).await;
        }
    }

    /// In this process.
    pub(crate) fn here(app: Arc<App>) -> Self {
        let cx = Cx { app, caller: Caller::Terminal, host: Arc::new(ServerHost) };
        Self(Box::new(Here { cx, socket: None }))
    }

    /// As [`Program::open`], but other commands can use it too, for as long as it is open.
    pub(crate) async fn open_for_others(global: &Global, out: Out) -> Result<Self, Failure> {
        let config = AppConfig::locate(global.data_dir.clone())?;
        match open_app(config, global, out).await {
            Ok(app) => {
                let host = Arc::new(ServerHost);
                let socket = PrivateSocket::open(Arc::clone(&app), host.clone()).await?;
                let cx = Cx { app, caller: Caller::Terminal, host };
                Ok(Self(Box::new(Here { cx, socket: Some(socket) })))
            }
            Err(failure) if failure.code() == ErrorCode::DataFolderLocked => {
                Self::open(global, out).await
            }
            Err(failure) => Err(failure),
        }
    }

    /// The process that holds the folder, where it answers. One whose data is locked is not
    /// waited for.
    async fn there(data_dir: &Path) -> Result<Option<Self>, Failure> {
        let Ok(Some(client)) = Client::of_holder(data_dir) else { return Ok(None) };
        match client.rpc("app_status", &json!({})).await {
            Ok(_) => Ok(Some(Self(Box::new(There(client))))),
            Err(ClientError::Refused(error)) if error.code == ErrorCode::Locked => {
                Err(error.into())
            }
            Err(_) => Ok(None),
        }
    }

    /// Runs a command.
    pub(crate) async fn call<T: DeserializeOwned>(
        &self,
        command: &str,
        request: impl Serialize,
    ) -> Result<T, Failure> {
        let request = serde_json::to_value(request).map_err(Failure::NoJson)?;
        let answer = self.0.rpc(command, request).await?;
        serde_json::from_value(answer).map_err(|_| ClientError::NotUnderstood.into_api().into())
    }

    /// Follows a topic from its first event.
    pub(crate) async fn follow(&self, topic: &str) -> Result<Follow, Failure> {
        Ok(self.0.follow(topic).await?)
    }

    /// The model that a person named: an id, a shown name, or a file. Naming a file allows it.
    pub(crate) async fn model(&self, named: &str) -> Result<Model, Failure> {
        let known: Vec<Model> = self.call("model_list", json!({})).await?;
        let same = |model: &Model| model.id.0 == named || model.name.eq_ignore_ascii_case(named);
        if let Some(model) = known.into_iter().find(same) {
            return Ok(model);
        }
        if looks_like_a_file(named) {
            return self.add_model(Path::new(named)).await;
        }
        let text = "there is no model of that name";
        Err(ApiError::new(ErrorCode::ModelNotFound, text).into())
    }

    /// Adds a file; the other process may run elsewhere, so its path is made absolute here.
    pub(crate) async fn add_model(&self, path: &Path) -> Result<Model, Failure> {
        let path = path.canonicalize().map_err(Failure::FileMissing)?;
        self.call("model_add", json!({ "path": path })).await
    }

    /// Whether what is loaded there stays when this command has ended.
    pub(crate) fn stays(&self) -> bool {
        self.0.stays()
    }

    /// Ends in order what runs in this process.
    pub(crate) async fn close(self) {
        self.0.close().await;
    }
}

/// Opens the data folder here; locked data with its passphrase. The first time, a person is told
/// where the key went.
pub(crate) async fn open_app(
    config: AppConfig,
    global: &Global,
    out: Out,
) -> Result<Arc<App>, Failure> {
    let first_time = !config.data_dir.join("hearth.db").exists();
    let app = match App::open(config.clone(), Ports::system()).await {
        Err(error) if error.code() == ErrorCode::Locked => unlock(config, global, out).await?,
        opened => opened?,
    };
    if first_time {
        let status = app.status("server", &[]).await?;
        if let Some(sentence) = about_the_key(&status) {
            out.note(sentence);
        }
    }
    Ok(app)
}

/// One try: a terminal is asked again by running the command again.
async fn unlock(config: AppConfig, global: &Global, out: Out) -> Result<Arc<App>, Failure> {
    let typed = passphrase::read(global.passphrase_file.as_deref(), out).await?;
    let credential = Credential::Passphrase { typed, pace: Pace::default() };
    Ok(App::open_with(config, Ports::system(), credential).await?)
}

fn about_the_key(status: &AppStatus) -> Option<&'static str> {
    match status.key_source.as_str() {
        "keyring" | "passphrase" => None,
        "environment" => {
            Some("The key of the database comes from the file that HEARTH_DB_KEY_FILE names.")
        }
        _ => Some(
            "There is no keyring here: the key of the database is in a file in the data folder that \
             only you can read.",
        ),
    }
}

fn looks_like_a_file(named: &str) -> bool {
    let path = Path::new(named);
    let gguf = path.extension().is_some_and(|end| end.eq_ignore_ascii_case("gguf"));
    gguf || named.contains(std::path::MAIN_SEPARATOR) || path.is_file()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_told_from_a_name() {
        assert!(looks_like_a_file("model.gguf") && looks_like_a_file("./model"));
        assert!(!looks_like_a_file("smollm2-135m-instruct"));
    }
}
