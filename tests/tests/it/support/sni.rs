//! A tray of the test's own: it collects icons as a panel does, and is a hand on their menus. Both
//! speak over the session bus, so that what is tested is what a desktop would see.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use zbus::{
    blocking::{Connection, Proxy},
    interface,
    message::Header,
    object_server::SignalEmitter,
    proxy::CacheProperties,
    zvariant::{OwnedObjectPath, OwnedValue, Value},
};

use super::{Session, wait};

const WATCHER: &str = "org.kde.StatusNotifierWatcher";
const WATCHER_PATH: &str = "/StatusNotifierWatcher";
const ITEM: &str = "org.kde.StatusNotifierItem";
const ITEM_PATH: &str = "/StatusNotifierItem";
const MENU: &str = "com.canonical.dbusmenu";

/// A tray. Dropping it takes it off the desktop.
pub(crate) struct TrayHost {
    bus: Connection,
    items: Arc<Mutex<Vec<String>>>,
}

/// The collector of icons, as the interface has it.
struct Watcher {
    items: Arc<Mutex<Vec<String>>>,
    panel: Panel,
}

/// Whether somebody shows the icons.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Panel {
    Shown,
    Missing,
    /// The question is never answered.
    Silent,
}

#[interface(name = "org.kde.StatusNotifierWatcher")]
impl Watcher {
    async fn register_status_notifier_item(
        &mut self,
        service: String,
        #[zbus(header)] header: Header<'_>,
        #[zbus(signal_emitter)] emitter: SignalEmitter<'_>,
    ) {
        let sender = header.sender().map(ToString::to_string).unwrap_or_default();
        let name = if service.starts_with('/') { sender } else { service };
        self.items.lock().unwrap().push(name.clone());
        let _ = Self::status_notifier_item_registered(&emitter, &name).await;
    }

    async fn register_status_notifier_host(&mut self, _service: String) {}

    #[zbus(property)]
    fn registered_status_notifier_items(&self) -> Vec<String> {
        self.items.lock().unwrap().clone()
    }

    #[zbus(property)]
    async fn is_status_notifier_host_registered(&self) -> bool {
        match self.panel {
            Panel::Shown => true,
            Panel::Missing => false,
            Panel::Silent => std::future::pending().await,
        }
    }

    #[zbus(property)]
    fn protocol_version(&self) -> i32 {
        0
    }

    #[zbus(signal)]
    async fn status_notifier_item_registered(
        emitter: &SignalEmitter<'_>,
        service: &str,
    ) -> zbus::Result<()>;

    #[zbus(signal)]
    async fn status_notifier_host_registered(emitter: &SignalEmitter<'_>) -> zbus::Result<()>;
}

impl TrayHost {
    /// A desktop with a panel that shows icons.
    pub(crate) fn start(session: &Session) -> Self {
        Self::collecting(session, Panel::Shown)
    }

    /// A collector alone: the panel that shows its icons comes with [`Self::show_panel`].
    pub(crate) fn without_panel(session: &Session) -> Self {
        Self::collecting(session, Panel::Missing)
    }

    /// A collector that hangs.
    pub(crate) fn silent(session: &Session) -> Self {
        Self::collecting(session, Panel::Silent)
    }

    fn collecting(session: &Session, panel: Panel) -> Self {
        let items = Arc::<Mutex<Vec<String>>>::default();
        let watcher = Watcher { items: Arc::clone(&items), panel };
        let bus = session.service(WATCHER, |builder| builder.serve_at(WATCHER_PATH, watcher));
        Self { bus, items }
    }

    /// The panel comes.
    pub(crate) fn show_panel(&self) {
        let watcher = self.bus.object_server().interface::<_, Watcher>(WATCHER_PATH).unwrap();
        watcher.get_mut().panel = Panel::Shown;
        let emitter = watcher.signal_emitter();
        zbus::block_on(Watcher::status_notifier_host_registered(emitter)).unwrap();
    }

    /// How many icons came.
    pub(crate) fn count(&self) -> usize {
        self.items.lock().unwrap().len()
    }

    /// The icon, once it is there.
    pub(crate) fn item(&self) -> TrayItem {
        let name =
            wait::until("an icon in the tray", || self.items.lock().unwrap().last().cloned());
        TrayItem { bus: self.bus.clone(), name }
    }
}

/// An icon in the tray.
pub(crate) struct TrayItem {
    bus: Connection,
    name: String,
}

/// A line of a menu.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Line {
    id: i32,
    /// What it says; empty for a line between groups.
    pub(crate) label: String,
    /// Whether it can be chosen.
    pub(crate) enabled: bool,
    /// Whether it is on, where it is a switch.
    pub(crate) on: Option<bool>,
    /// The lines below it.
    pub(crate) below: Vec<Line>,
}

/// A line as the interface has it.
type Layout = (i32, HashMap<String, OwnedValue>, Vec<OwnedValue>);
/// A picture: width, height, and the pixels as alpha, red, green, blue.
type Pixmap = (i32, i32, Vec<u8>);
/// The text under the pointer: an icon's name and pixels, a title, a text.
type Tooltip = (String, Vec<Pixmap>, String, String);

impl TrayItem {
    /// The click of a left mouse button.
    pub(crate) fn click(&self) {
        self.item().call_method("Activate", &(10i32, 10i32)).expect("the icon takes a click");
    }

    /// What the program calls itself.
    pub(crate) fn title(&self) -> String {
        self.item().get_property("Title").expect("the icon has a title")
    }

    /// What stands under the pointer.
    pub(crate) fn tooltip(&self) -> String {
        let tooltip: Tooltip = self.item().get_property("ToolTip").expect("there is a text");
        tooltip.3
    }

    /// The pixels of the icon.
    pub(crate) fn pixels(&self) -> Vec<u8> {
        let pixmaps: Vec<Pixmap> = self.item().get_property("IconPixmap").expect("a picture");
        pixmaps.into_iter().next().expect("a picture").2
    }

    /// The menu.
    pub(crate) fn menu(&self) -> Vec<Line> {
        let menu = self.menu_proxy();
        // What a panel says before it shows the menu; what comes of it is its own business.
        let _: Result<bool, _> = menu.call("AboutToShow", &(0i32,));
        let (_, root): (u32, Layout) =
            menu.call("GetLayout", &(0i32, -1i32, Vec::<String>::new())).expect("a menu");
        line(root).below
    }

    /// The labels of the menu's first level, a line between groups as an empty one.
    pub(crate) fn labels(&self) -> Vec<String> {
        self.menu().into_iter().map(|line| line.label).collect()
    }

    /// The line whose label begins so, once it is there.
    pub(crate) fn line(&self, start: &str) -> Line {
        wait::until(&format!("\"{start}\" in the menu of the tray"), || {
            self.menu().into_iter().find(|line| line.label.starts_with(start))
        })
    }

    /// Chooses a line of the first level by the beginning of its label.
    pub(crate) fn choose(&self, start: &str) {
        self.press(&self.line(start));
    }

    /// Chooses a line below another one.
    pub(crate) fn choose_below(&self, start: &str, below: &str) {
        let found = wait::until(&format!("\"{below}\" below \"{start}\""), || {
            self.line(start).below.into_iter().find(|line| line.label.starts_with(below))
        });
        self.press(&found);
    }

    fn press(&self, line: &Line) {
        assert!(line.enabled, "{line:?} can be chosen");
        let click = (line.id, "clicked", Value::from(0i32), 0u32);
        let clicked = self.menu_proxy().call_method("Event", &click);
        // The program that was told to end may be gone before it has answered.
        let gone = matches!(&clicked, Err(zbus::Error::MethodError(name, ..))
            if name.as_str() == "org.freedesktop.DBus.Error.NoReply");
        assert!(clicked.is_ok() || gone, "the menu takes a click: {clicked:?}");
    }

    fn item(&self) -> Proxy<'_> {
        self.proxy(ITEM_PATH, ITEM)
    }

    fn menu_proxy(&self) -> Proxy<'_> {
        let path: OwnedObjectPath = self.item().get_property("Menu").expect("the icon has a menu");
        self.proxy(&path.to_string(), MENU)
    }

    fn proxy(&self, path: &str, interface: &str) -> Proxy<'_> {
        zbus::blocking::proxy::Builder::new(&self.bus)
            .destination(self.name.clone())
            .and_then(|builder| builder.path(path.to_owned()))
            .and_then(|builder| builder.interface(interface.to_owned()))
            .map(|builder| builder.cache_properties(CacheProperties::No))
            .and_then(|builder| builder.build())
            .expect("the icon can be asked")
    }
}

fn line((id, properties, below): Layout) -> Line {
    let text =
        |name: &str| properties.get(name).and_then(|value| String::try_from(value.clone()).ok());
    let number = |name: &str| properties.get(name).and_then(|value| i32::try_from(value).ok());
    let enabled = properties.get("enabled").and_then(|value| bool::try_from(value).ok());
    let layouts = below.into_iter().map(|value| Layout::try_from(value).expect("a line"));
    Line {
        id,
        // `__` is a letter, a single one marks a key.
        label: text("label")
            .unwrap_or_default()
            .replace("__", "\0")
            .replace('_', "")
            .replace('\0', "_"),
        enabled: enabled.unwrap_or(true),
        on: text("toggle-type")
            .filter(|kind| !kind.is_empty())
            .map(|_| number("toggle-state") == Some(1)),
        below: layouts.map(line).collect(),
    }
}
