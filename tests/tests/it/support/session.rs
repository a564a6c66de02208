//! A desktop of a test's own: X server, session bus, window manager and an unlocked keyring, all
//! in the test's home and gone with it.

use std::{
    fs::{self, File},
    io::{BufRead, BufReader, Write},
    path::Path,
    process::{Command, Stdio},
    thread,
};

use zbus::blocking::{Connection, connection::Builder};

use super::{
    Home, picture,
    process::Running,
    python,
    tools::{artefact, tool},
    wait,
};

/// Size of the screen, large enough for the window at its first size.
const SCREEN: &str = "1280x900x24";

/// A session bus that starts nothing by itself: what is there is what the test started.
const BUS: &str = r#"<busconfig>
  <type>session</type>
  <listen>unix:tmpdir=/tmp</listen>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"#;

/// A running desktop. Fields are dropped in this order: what needs the others first.
pub(crate) struct Session {
    _keyring: Option<Running>,
    windows: Running,
    _bus: Running,
    screen: Running,
    /// Where everything is written; its programs see this desktop.
    pub(crate) home: Home,
}

impl Session {
    /// A desktop whose keyring is there and unlocked.
    pub(crate) fn new() -> Self {
        Self::in_home(Home::new(), true)
    }

    /// A desktop over a home that may have been used before, with or without a keyring.
    pub(crate) fn in_home(mut home: Home, keyring: bool) -> Self {
        home.surround(Vec::new());
        let log = |name: &str| File::create(home.root().join("tmp").join(name)).unwrap();
        let mut screen = home.command(tool("Xvfb"));
        let frames = home.root().join("tmp/screen");
        fs::create_dir(&frames).or_else(|_| fs::read_dir(&frames).map(drop)).unwrap();
        // No letter is doubled where a busy machine lets a key seem held.
        screen.args(["-displayfd", "1", "-screen", "0", SCREEN, "-nolisten", "tcp", "-r"]);
        screen.arg("-fbdir").arg(frames);
        let (screen, number) = first_line(screen.stderr(log("xvfb.log")));
        let mut bus = home.command(tool("dbus-daemon"));
        let rules = home.root().join("tmp/bus.conf");
        fs::write(&rules, BUS).unwrap();
        bus.arg(format!("--config-file={}", rules.display()));
        bus.args(["--nofork", "--print-address=1"]);
        let (bus, address) = first_line(bus.stderr(log("bus.log")));
        home.surround(vec![
            ("DISPLAY", format!(":{number}")),
            ("DBUS_SESSION_BUS_ADDRESS", address),
            ("GDK_BACKEND", "x11".to_owned()),
            ("NO_AT_BRIDGE", "1".to_owned()),
        ]);
        let windows = window_manager(&home);
        let keyring = keyring.then(|| unlocked_keyring(&home));
        let mut session = Self { _keyring: keyring, windows, _bus: bus, screen, home };
        // Asking for the desktop needs a property that only a window manager sets.
        wait::until("the window manager", || {
            // One that the busy machine let end is started again, as a desktop would.
            if let Some(how) = session.windows.ended() {
                let log = fs::read_to_string(session.home.root().join("tmp/openbox.log"));
                println!("the window manager ended ({how}): {}", log.unwrap_or_default());
                session.windows = window_manager(&session.home);
            }
            session.try_xdotool(&["get_desktop"])
        });
        session
    }

    /// Ends the desktop and keeps the home.
    pub(crate) fn end(self) -> Home {
        let mut home = self.home;
        home.surround(Vec::new());
        home
    }

    /// The process that gives windows their place and the keyboard.
    pub(crate) fn window_manager(&self) -> u32 {
        self.windows.pid()
    }

    /// Takes the screen away, as a crash of the X server does.
    pub(crate) fn lose_screen(&mut self) {
        self.screen.kill();
    }

    /// Keeps a picture of the whole screen, as a person sees it.
    ///
    /// It is read from the X server: WebKitWebDriver does not answer when asked for a picture of a
    /// view that paints in software.
    pub(crate) fn picture(&self, name: &str) {
        let frame = fs::read(self.home.root().join("tmp/screen/Xvfb_screen0")).unwrap();
        picture::keep(&frame, &artefact(name));
    }

    /// A service of the test's own on the bus of this desktop. It listens before it has its name:
    /// zbus loses a call that comes to an object server which was only just asked for, and who
    /// called waits for ever.
    pub(crate) fn service(
        &self,
        name: &'static str,
        objects: impl FnOnce(Builder<'static>) -> zbus::Result<Builder<'static>>,
    ) -> Connection {
        let address = self.home.surrounding("DBUS_SESSION_BUS_ADDRESS").expect("there is a bus");
        let builder = Builder::address(address.as_str()).and_then(objects);
        let named = builder.and_then(|builder| builder.name(name));
        named.and_then(Builder::build).expect("nobody else has the name")
    }

    /// Sends real key and mouse events, or asks about windows.
    ///
    /// # Panics
    /// Where `xdotool` fails.
    pub(crate) fn xdotool(&self, arguments: &[&str]) -> String {
        self.try_xdotool(arguments).unwrap_or_else(|| panic!("xdotool {arguments:?} failed"))
    }

    /// As [`Self::xdotool`], `None` where it fails (no such window yet).
    pub(crate) fn try_xdotool(&self, arguments: &[&str]) -> Option<String> {
        let output =
            self.home.command(tool("xdotool")).args(arguments).output().expect("xdotool runs");
        let text = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        output.status.success().then_some(text)
    }

    /// Types as fast as a quick typist, then presses Enter.
    pub(crate) fn type_line(&self, text: &str) {
        self.xdotool(&["type", "--delay", "25", text]);
        self.xdotool(&["key", "Return"]);
    }

    /// The visible window of Hearth, once it is there.
    #[track_caller]
    pub(crate) fn window(&self) -> String {
        wait::until("the window of Hearth", || {
            let found =
                self.try_xdotool(&["search", "--onlyvisible", "--class", "hearth-desktop"])?;
            found.lines().last().map(str::to_owned)
        })
    }

    /// Drags files onto the middle of the window and lets go of them, as a file manager does.
    #[track_caller]
    pub(crate) fn drop_files(&self, files: &[&Path]) {
        let window = self.window();
        let geometry = self.xdotool(&["getwindowgeometry", "--shell", &window]);
        let number = |name: &str| {
            let line = geometry.lines().find_map(|line| line.strip_prefix(name));
            line.and_then(|value| value.parse::<i32>().ok()).expect("a number of the geometry")
        };
        let (x, y) = (number("X=") + number("WIDTH=") / 2, number("Y=") + number("HEIGHT=") / 2);
        let files = files.iter().map(|file| file.to_str().expect("a path of the test is UTF-8"));
        let place = [window, x.to_string(), y.to_string()];
        let arguments: Vec<&str> = place.iter().map(String::as_str).chain(files).collect();
        let dropped = python::run_on(self, "drop.py", &arguments);
        assert_eq!(dropped["finished"], serde_json::json!(true), "{dropped}");
    }

    /// Gives the window the keyboard, as a click on it does.
    #[track_caller]
    pub(crate) fn activate(&self, window: &str) {
        wait::until("the keyboard", || {
            self.xdotool(&["windowactivate", window]);
            self.is_active(window).then_some(())
        });
    }

    /// Whether the window has the keyboard: the window manager says so, and the X server sends keys to
    /// it. The word of the window manager alone comes first, and a key pressed in between is lost.
    pub(crate) fn is_active(&self, window: &str) -> bool {
        let has = |asked: &str| self.try_xdotool(&[asked]).as_deref() == Some(window);
        has("getactivewindow") && has("getwindowfocus")
    }
}

/// Starts a program and reads the first line it prints; the pipe stays open.
fn first_line(command: &mut Command) -> (Running, String) {
    let mut running = Running::start(command.stdin(Stdio::null()).stdout(Stdio::piped()));
    let mut line = String::new();
    let mut output = BufReader::new(running.child().stdout.take().expect("a pipe"));
    output.read_line(&mut line).expect("a line");
    assert!(!line.trim().is_empty(), "{:?} ended before it was ready", command.get_program());
    thread::spawn(move || output.lines().map_while(Result::ok).for_each(drop));
    (running, line.trim().to_owned())
}

/// The window manager of a desktop.
fn window_manager(home: &Home) -> Running {
    let log = File::create(home.root().join("tmp/openbox.log")).unwrap();
    let mut windows = home.command(tool("openbox"));
    windows.arg("--sm-disable").stdin(Stdio::null()).stdout(Stdio::null()).stderr(log);
    Running::start(&mut windows)
}

/// The Secret Service with an unlocked login keyring that has no password.
fn unlocked_keyring(home: &Home) -> Running {
    let mut command = home.command(tool("gnome-keyring-daemon"));
    command
        .args(["--foreground", "--unlock", "--components=secrets"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let mut keyring = Running::start(&mut command);
    let mut input = keyring.child().stdin.take().expect("a pipe");
    input.write_all(b"\n").expect("the empty password is taken");
    drop(input);
    wait::until("the login keyring", || {
        home.home().join(".local/share/keyrings/login.keyring").exists().then_some(())
    });
    wait::until("the Secret Service", || {
        let mut ask = home.command(tool("dbus-send"));
        ask.args(["--session", "--print-reply", "--dest=org.freedesktop.secrets"])
            .args(["/org/freedesktop/secrets/aliases/default"])
            .args(["org.freedesktop.DBus.Properties.Get"])
            .args(["string:org.freedesktop.Secret.Collection", "string:Locked"]);
        let answer = ask.output().expect("dbus-send runs");
        String::from_utf8_lossy(&answer.stdout).contains("boolean false").then_some(())
    });
    keyring
}
