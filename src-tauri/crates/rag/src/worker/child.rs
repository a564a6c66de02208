//! The child: reads requests from standard input until it ends, answers on standard output. It binds
//! itself to the limits before the first byte of a file arrives.

use std::io::{self, BufWriter, Stdin, Stdout};
use std::panic::{self, AssertUnwindSafe, catch_unwind};
use std::thread;

use super::{
    frame::{self, Reply, Request, Task},
    limits,
};
use crate::document::Document;
use crate::extract::{self, MOST_BYTES, Refusal, Watch};

/// The stack of the thread that reads: files nest deeper than programs do.
const STACK: usize = 64 << 20;

/// The worker. Returns when the parent closes the pipe.
pub fn worker_main() {
    // Nothing about a file is said on standard error.
    panic::set_hook(Box::new(|_| {}));
    let reading = thread::Builder::new().stack_size(STACK).spawn(serve);
    if let Ok(thread) = reading {
        let _ = thread.join();
    }
}

fn serve() {
    let mut input = io::stdin();
    let mut out = BufWriter::new(io::stdout());
    let mut bound = false;
    while let Ok(request) = frame::read::<Request>(&mut input) {
        if !bound {
            limits::bind(request.limits.memory);
            bound = true;
        }
        if answer(&mut input, &mut out, &request).is_err() {
            return;
        }
    }
}

fn answer(input: &mut Stdin, out: &mut BufWriter<Stdout>, request: &Request) -> io::Result<()> {
    limits::wind_up(request.limits.processor);
    let bytes = frame::receive(input, MOST_BYTES)?;
    let reply = match request.task {
        Task::Text => {
            let mut pipe = Pipe { out, seconds: request.limits.processor };
            let read = guarded(|| extract::read(bytes, &request.job, &mut pipe));
            let compact = |it: Document| it.to_bytes().map_err(|_| Refusal::TooBig);
            Reply::Text(read.and_then(compact))
        }
        Task::Picture { page, width } => {
            Reply::Picture(guarded(|| extract::picture(bytes, &request.job, page as usize, width)))
        }
    };
    frame::write(out, &reply)
}

/// A panic is a damaged file.
fn guarded<T>(work: impl FnOnce() -> Result<T, Refusal>) -> Result<T, Refusal> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or(Err(Refusal::Broken))
}

/// Tells the parent how far the reading is. A parent that has gone shows at the end.
struct Pipe<'a> {
    out: &'a mut BufWriter<Stdout>,
    seconds: u64,
}

impl Watch for Pipe<'_> {
    fn page(&mut self) {
        limits::wind_up(self.seconds);
        let _ = frame::write(self.out, &Reply::Page);
    }

    fn reader(&mut self, number: u8) {
        let _ = frame::write(self.out, &Reply::Reader(number));
    }

    fn draft(&mut self, document: &Document) {
        if let Ok(bytes) = document.to_bytes() {
            let _ = frame::write(self.out, &Reply::Draft(bytes));
        }
    }
}
