//! Commands to the process that holds the data, over its private socket: how a test changes and
//! reads what a program does that nobody drives.

use hearth_server::{Client, ClientError};
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use super::{Session, wait};

/// The process that holds the data of a desktop.
pub(crate) struct Holder<'a> {
    session: &'a Session,
    runtime: Runtime,
}

impl<'a> Holder<'a> {
    /// Whoever holds it, now or soon.
    pub(crate) fn of(session: &'a Session) -> Self {
        Self { session, runtime: Runtime::new().unwrap() }
    }

    /// Runs a command, once somebody is there to run it.
    ///
    /// # Panics
    /// Where it is refused.
    pub(crate) fn rpc(&self, command: &str, request: &Value) -> Value {
        let data = self.session.home.data();
        let client =
            wait::until("the holder of the data", || Client::of_holder(&data).ok().flatten());
        let answer = self.runtime.block_on(client.rpc(command, request));
        answer.unwrap_or_else(|error| panic!("{command}: {error}"))
    }

    /// The code with which a command is refused; `None` where it is not, or nobody answers.
    pub(crate) fn refusal(&self, command: &str, request: &Value) -> Option<String> {
        let client = Client::of_holder(&self.session.home.data()).ok().flatten()?;
        match self.runtime.block_on(client.rpc(command, request)) {
            Err(ClientError::Refused(error)) => Some(error.code.as_str().to_owned()),
            _ => None,
        }
    }

    /// Changes settings.
    pub(crate) fn set(&self, patch: &Value) {
        self.rpc("settings_update", &json!({ "patch": patch }));
    }
}
