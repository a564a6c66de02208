//! The worker for the tests of `chat::probe`, as the programs are it with a hidden first argument.

fn main() {
    hearth_llama::chat::probe::worker_main();
}
