//! Gives the web view the files of the user interface that `hearth-server` has embedded, so that
//! the bundle is in the program once and the window shows what a browser would.

use std::borrow::Cow;

use tauri::{
    Assets, Runtime,
    utils::assets::{AssetKey, AssetsIter, CspHash},
};

/// The embedded user interface.
pub(crate) struct EmbeddedUi;

impl<R: Runtime> Assets<R> for EmbeddedUi {
    fn get(&self, key: &AssetKey) -> Option<Cow<'_, [u8]>> {
        hearth_server::asset(key.as_ref()).map(|asset| asset.bytes)
    }

    fn iter(&self) -> Box<AssetsIter<'_>> {
        // Tauri reads files only by name; nothing lists them.
        Box::new(std::iter::empty())
    }

    fn csp_hashes(&self, _html_path: &AssetKey) -> Box<dyn Iterator<Item = CspHash<'_>> + '_> {
        // The pages have no inline scripts or styles.
        Box::new(std::iter::empty())
    }
}
