//! A notification service of the test's own: it takes what programs want to show, and clicks on it.

use std::{
    collections::HashMap,
    sync::mpsc::{Receiver, Sender, channel},
};

use zbus::{blocking::Connection, interface, object_server::SignalEmitter, zvariant::OwnedValue};

use super::{Session, wait::PATIENCE};

const NAME: &str = "org.freedesktop.Notifications";
const PATH: &str = "/org/freedesktop/Notifications";
/// The number of every notification here.
const NUMBER: u32 = 7;

/// What a program wants to show.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Shown {
    pub(crate) summary: String,
    pub(crate) body: String,
    pub(crate) actions: Vec<String>,
}

/// The service of a desktop.
pub(crate) struct Notices {
    bus: Connection,
    shown: Receiver<Shown>,
}

struct Service {
    shown: Sender<Shown>,
}

#[interface(name = "org.freedesktop.Notifications")]
impl Service {
    #[allow(clippy::too_many_arguments, reason = "the interface has as many")]
    fn notify(
        &self,
        _app: String,
        _replaces: u32,
        _icon: String,
        summary: String,
        body: String,
        actions: Vec<String>,
        _hints: HashMap<String, OwnedValue>,
        _expire: i32,
    ) -> u32 {
        let _ = self.shown.send(Shown { summary, body, actions });
        NUMBER
    }

    fn close_notification(&self, _id: u32) {}

    fn get_capabilities(&self) -> Vec<String> {
        vec!["body".into(), "actions".into()]
    }

    fn get_server_information(&self) -> (String, String, String, String) {
        ("test".into(), "test".into(), "1".into(), "1.2".into())
    }

    #[zbus(signal)]
    async fn action_invoked(emitter: &SignalEmitter<'_>, id: u32, key: &str) -> zbus::Result<()>;
}

impl Notices {
    /// Starts the service.
    pub(crate) fn start(session: &Session) -> Self {
        let (sender, shown) = channel();
        let service = Service { shown: sender };
        let bus = session.service(NAME, |builder| builder.serve_at(PATH, service));
        Self { bus, shown }
    }

    /// Waits for a notification.
    pub(crate) fn next(&self) -> Shown {
        self.shown.recv_timeout(PATIENCE).expect("the program shows something")
    }

    /// Clicks on it.
    pub(crate) fn click(&self) {
        let emitter = SignalEmitter::new(self.bus.inner(), PATH).unwrap();
        zbus::block_on(Service::action_invoked(&emitter, NUMBER, "default")).unwrap();
    }
}
