//! `GET /metrics` in the text form of Prometheus (version 0.0.4), `GET /health` and `GET /ready`.
//!
//! Figures of this run and of its keys, which are named by their ids. Never content.

use std::{fmt::Write as _, sync::Arc};

use axum::{
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use hearth_app::{Done, Figures, Histogram, SECONDS};
use hearth_domain::{EngineState, PortKey};

use crate::{port::Shared, reply};

/// What is written of it: the form, and its version.
const FORM: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Whether the port listens.
pub(crate) async fn healthy() -> StatusCode {
    StatusCode::NO_CONTENT
}

/// Whether a question would be answered at once: a model is in memory. Tells no more than that, so it
/// wants no key, as what starts services has none.
pub(crate) async fn ready(State(shared): State<Arc<Shared>>) -> StatusCode {
    let is_there = |state: &EngineState| state.loaded().is_some();
    match shared.app.engine_states().iter().any(is_there) {
        true => StatusCode::NO_CONTENT,
        false => StatusCode::SERVICE_UNAVAILABLE,
    }
}

pub(crate) async fn metrics(State(shared): State<Arc<Shared>>) -> Response {
    let keys = match shared.app.port_key_list().await {
        Ok(keys) => keys,
        Err(error) => return reply::api_error(&error.into()),
    };
    let states = shared.app.engine_states();
    let text = Page::default().engine(&states).answers(&shared.app.figures()).keys(&keys).0;
    ([(header::CONTENT_TYPE, FORM)], text).into_response()
}

/// The text as it grows.
#[derive(Default)]
struct Page(String);

impl Page {
    fn head(&mut self, name: &str, kind: &str, help: &str) {
        let _ = writeln!(self.0, "# HELP hearth_{name} {help}\n# TYPE hearth_{name} {kind}");
    }

    fn line(&mut self, name: &str, labels: &str, value: impl std::fmt::Display) {
        let _ = writeln!(self.0, "hearth_{name}{labels} {value}");
    }

    fn engine(mut self, states: &[EngineState]) -> Self {
        let loaded: Vec<_> = states.iter().filter_map(EngineState::loaded).collect();
        let (running, queued) = states
            .iter()
            .map(EngineState::load)
            .fold((0, 0), |sum, load| (sum.0 + load.0, sum.1 + load.1));
        self.head("models_loaded", "gauge", "Models in memory.");
        self.line("models_loaded", "", loaded.len());
        self.head("answers_running", "gauge", "Answers that are being written.");
        self.line("answers_running", "", running);
        self.head("answers_waiting", "gauge", "Answers that wait for a place.");
        self.line("answers_waiting", "", queued);
        self.head("model_memory_bytes", "gauge", "What the models take, by model and part.");
        for (model, memory) in loaded {
            for (part, bytes) in [
                ("weights", memory.weights),
                ("kv_cache", memory.kv_cache),
                ("compute", memory.compute),
                ("kept", memory.kept),
            ] {
                let labels = format!("{{model=\"{}\",part=\"{part}\"}}", model.0);
                self.line("model_memory_bytes", &labels, bytes);
            }
        }
        self
    }

    fn answers(mut self, figures: &Figures) -> Self {
        let both = [("person", &figures.people), ("program", &figures.programs)];
        self.head("answers_total", "counter", "Answers that came to their end.");
        for (who, done) in both {
            self.line("answers_total", &format!("{{for=\"{who}\"}}"), done.answers);
        }
        self.head(
            "tokens_total",
            "counter",
            "Tokens of answers; cached ones are part of the prompt.",
        );
        for (who, done) in both {
            for (kind, tokens) in [
                ("prompt", done.prompt_tokens),
                ("cached", done.cached_tokens),
                ("completion", done.completion_tokens),
            ] {
                let labels = format!("{{for=\"{who}\",kind=\"{kind}\"}}");
                self.line("tokens_total", &labels, tokens);
            }
        }
        self.histogram("queue_seconds", "From asking to the first step of work.", both, |it| {
            &it.queue
        });
        self.histogram("first_token_seconds", "From asking to the first token.", both, |it| {
            &it.first_token
        });
        self
    }

    fn histogram(
        &mut self,
        name: &str,
        help: &str,
        both: [(&str, &Done); 2],
        of: impl Fn(&Done) -> &Histogram,
    ) {
        self.head(name, "histogram", help);
        for (who, done) in both {
            let histogram = of(done);
            let mut below = 0;
            for (bound, within) in SECONDS.iter().zip(histogram.within) {
                below += within;
                let labels = format!("{{for=\"{who}\",le=\"{bound}\"}}");
                self.line(&format!("{name}_bucket"), &labels, below);
            }
            let all = format!("{{for=\"{who}\",le=\"+Inf\"}}");
            self.line(&format!("{name}_bucket"), &all, histogram.count);
            self.line(&format!("{name}_sum"), &format!("{{for=\"{who}\"}}"), histogram.sum);
            self.line(&format!("{name}_count"), &format!("{{for=\"{who}\"}}"), histogram.count);
        }
    }

    fn keys(mut self, keys: &[PortKey]) -> Self {
        self.head("key_requests_total", "counter", "Requests that were let in with a key.");
        for key in keys {
            let labels = format!("{{key=\"{}\"}}", key.id);
            self.line("key_requests_total", &labels, key.used.requests);
        }
        self.head("key_tokens_total", "counter", "Tokens that a key had read and written.");
        for key in keys {
            for (kind, tokens) in
                [("prompt", key.used.prompt_tokens), ("completion", key.used.completion_tokens)]
            {
                let labels = format!("{{key=\"{}\",kind=\"{kind}\"}}", key.id);
                self.line("key_tokens_total", &labels, tokens);
            }
        }
        self
    }
}
