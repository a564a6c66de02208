//! Turns the access control list on for our own commands; without it every window could call them.

fn main() {
    let manifest = tauri_build::AppManifest::new().commands(&["rpc", "subscribe", "unsubscribe"]);
    let attributes = tauri_build::Attributes::new().app_manifest(manifest);
    if let Err(error) = tauri_build::try_build(attributes) {
        // A build script has no other way to say why it stopped.
        panic!("the desktop shell cannot be configured: {error:#}");
    }
}
