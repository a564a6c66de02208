//! The worker that tries chat templates, as a program for tests; the real programs are it with a
//! hidden first argument.

fn main() {
    hearth_llama::worker::worker_main(&[hearth_llama::chat::probe::KIND]);
}
