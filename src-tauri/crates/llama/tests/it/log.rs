//! What reaches the log while a model is loaded.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use hearth_llama::{Model, ModelParams};
use hearth_testkit::gguf::TinyModel;

#[derive(Clone, Default)]
struct Sink(Arc<Mutex<Vec<u8>>>);

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn loading_is_logged_without_the_name_of_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("my canary plan.gguf");
    TinyModel::random().write(&path).unwrap();
    let sink = Sink::default();
    let writer = sink.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(move || writer.clone())
        .finish();
    tracing::subscriber::with_default(subscriber, || {
        Model::load(&path, &ModelParams::default(), &mut |_| true).unwrap();
        let missing = folder.path().join("canary.gguf");
        Model::load(&missing, &ModelParams::default(), &mut |_| true).unwrap_err();
    });
    let log = String::from_utf8(sink.0.lock().unwrap().clone()).unwrap();
    assert!(log.contains("llama_model_loader"), "{log}");
    assert!(!log.contains("canary") && !log.contains("plan.gguf"), "{log}");
}
