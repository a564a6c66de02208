//! Ollama's store: manifests (JSON, by registry, namespace, model and tag) name blobs by their
//! SHA-256; the blob of the model is a GGUF. The layout is that of its `server/modelpath.go` and of
//! the image manifest of the OCI.

use std::path::{Path, PathBuf};

use hearth_domain::ModelOrigin;
use serde::Deserialize;

use super::{Find, walk};

/// The kind of the layer that is the model.
const MODEL: &str = "application/vnd.ollama.image.model";
/// The namespace that people do not write.
const USUAL: &str = "library";

#[derive(Deserialize)]
struct Manifest {
    layers: Vec<Layer>,
}

#[derive(Deserialize)]
struct Layer {
    #[serde(rename = "mediaType")]
    media_type: String,
    digest: String,
}

/// The models below a `models` folder.
pub(super) fn finds(root: &Path) -> Vec<Find> {
    let manifests = root.join("manifests");
    let files = walk::files(&manifests, |name| !name.to_string_lossy().starts_with('.'));
    let found = files.into_iter().filter_map(|file| {
        let manifest: Manifest = serde_json::from_str(&walk::small_text(&file.path)?).ok()?;
        let layer = manifest.layers.into_iter().find(|layer| layer.media_type == MODEL)?;
        let path = blob(root, &layer.digest)?;
        let name = name(file.path.strip_prefix(&manifests).ok()?)?;
        Some(Find { origin: ModelOrigin::Ollama, name, path })
    });
    found.collect()
}

/// The file of a digest, which may be nothing but a digest: what else it holds would lead elsewhere.
fn blob(root: &Path, digest: &str) -> Option<PathBuf> {
    let hex = digest.strip_prefix("sha256:")?;
    if hex.len() != 64 || !hex.bytes().all(|c| c.is_ascii_digit() || (b'a'..=b'f').contains(&c)) {
        return None;
    }
    let blobs = root.join("blobs");
    // Older versions wrote a colon where Windows allows none.
    let names = [format!("sha256-{hex}"), format!("sha256:{hex}")];
    let path = names.iter().find_map(|name| walk::regular(&blobs.join(name)))?;
    path.starts_with(blobs.canonicalize().ok()?).then_some(path)
}

/// `registry/library/qwen3/4b` is called `qwen3:4b`.
fn name(place: &Path) -> Option<String> {
    let parts: Vec<_> = place.iter().map(|part| part.to_string_lossy()).collect();
    let [.., namespace, model, tag] = &parts[..] else { return None };
    let place = if namespace == USUAL { String::new() } else { format!("{namespace}/") };
    Some(format!("{place}{model}:{tag}"))
}
