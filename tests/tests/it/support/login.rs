//! A login manager of the test's own: it tells that the computer goes to sleep or shuts down, as
//! logind does, and sees whether the program holds it back until everything is saved.

use std::{
    io::{PipeReader, Read, pipe},
    os::fd::OwnedFd,
    sync::mpsc::{Receiver, Sender, channel},
};

use zbus::{blocking::Connection, interface, object_server::SignalEmitter, zvariant};

use super::{Session, wait::PATIENCE};

const NAME: &str = "org.freedesktop.login1";
const PATH: &str = "/org/freedesktop/login1";

/// The one session there is.
const SESSION: &str = "/org/freedesktop/login1/session/_31";

/// The login manager of a desktop, on the bus of its session.
pub(crate) struct Login {
    bus: Connection,
    held: Receiver<PipeReader>,
}

struct Manager {
    held: Sender<PipeReader>,
}

#[interface(name = "org.freedesktop.login1.Manager")]
impl Manager {
    fn inhibit(
        &self,
        what: String,
        _who: String,
        _why: String,
        mode: String,
    ) -> zbus::fdo::Result<zvariant::OwnedFd> {
        assert_eq!((what.as_str(), mode.as_str()), ("sleep:shutdown", "delay"));
        let (reader, writer) = pipe().expect("a pipe");
        let _ = self.held.send(reader);
        Ok(OwnedFd::from(writer).into())
    }

    fn get_session(&self, id: String) -> zvariant::OwnedObjectPath {
        assert_eq!(id, "auto");
        zvariant::ObjectPath::from_static_str_unchecked(SESSION).into()
    }

    #[zbus(signal)]
    async fn prepare_for_sleep(emitter: &SignalEmitter<'_>, start: bool) -> zbus::Result<()>;

    #[zbus(signal)]
    async fn prepare_for_shutdown(emitter: &SignalEmitter<'_>, start: bool) -> zbus::Result<()>;
}

/// That session.
struct Seat;

#[interface(name = "org.freedesktop.login1.Session")]
impl Seat {
    #[zbus(signal)]
    async fn lock(emitter: &SignalEmitter<'_>) -> zbus::Result<()>;
}

impl Login {
    /// Starts it. Programs find it with [`Self::surroundings`].
    pub(crate) fn start(session: &Session) -> Self {
        let (sender, held) = channel();
        let manager = Manager { held: sender };
        let bus = session
            .service(NAME, |builder| builder.serve_at(PATH, manager)?.serve_at(SESSION, Seat));
        Self { bus, held }
    }

    /// Where programs look for the bus of the system.
    pub(crate) fn surroundings(session: &Session) -> (&'static str, String) {
        let bus = session.home.surrounding("DBUS_SESSION_BUS_ADDRESS").expect("there is a bus");
        ("DBUS_SYSTEM_BUS_ADDRESS", bus)
    }

    /// Waits until the program holds the computer back.
    pub(crate) fn holder(&self) -> Hold {
        Hold(self.held.recv_timeout(PATIENCE).expect("the program asks for a moment"))
    }

    /// The computer goes to sleep, or is awake again.
    pub(crate) fn sleep(&self, start: bool) {
        let emitter = SignalEmitter::new(self.bus.inner(), PATH).unwrap();
        zbus::block_on(Manager::prepare_for_sleep(&emitter, start)).unwrap();
    }

    /// The session is to be locked.
    pub(crate) fn lock_session(&self) {
        let emitter = SignalEmitter::new(self.bus.inner(), SESSION).unwrap();
        zbus::block_on(Seat::lock(&emitter)).unwrap();
    }

    /// The computer shuts down.
    pub(crate) fn shut_down(&self) {
        let emitter = SignalEmitter::new(self.bus.inner(), PATH).unwrap();
        zbus::block_on(Manager::prepare_for_shutdown(&emitter, true)).unwrap();
    }
}

/// The program holds the computer back.
pub(crate) struct Hold(PipeReader);

impl Hold {
    /// Waits until it lets the computer go on.
    pub(crate) fn let_go(mut self) {
        let mut nothing = Vec::new();
        self.0.read_to_end(&mut nothing).expect("the pipe is closed");
    }
}
