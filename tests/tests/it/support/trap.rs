//! A listener that nothing may reach: what a page would fetch, or a proxy would be asked for, ends
//! here and is written down.

use std::{
    io::{BufRead, BufReader, Write},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
    time::Duration,
};

/// Who connects and says nothing within this time is written down as that.
const SILENCE: Duration = Duration::from_secs(2);

/// Listens until the test ends.
pub(crate) struct Trap {
    /// `127.0.0.1:1234`.
    pub(crate) address: String,
    heard: Arc<Mutex<Vec<String>>>,
}

impl Trap {
    /// Begins to listen.
    pub(crate) fn set() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("it has a number").to_string();
        let heard = Arc::new(Mutex::new(Vec::new()));
        let notes = Arc::clone(&heard);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let notes = Arc::clone(&notes);
                thread::spawn(move || note(stream, &notes));
            }
        });
        Self { address, heard }
    }

    /// The first lines of all requests so far that hold one of these words.
    pub(crate) fn heard(&self, words: &[&str]) -> Vec<String> {
        let heard = self.heard.lock().expect("no test panics while it writes");
        let holds = |line: &&String| words.iter().any(|word| line.contains(word));
        heard.iter().filter(holds).cloned().collect()
    }
}

/// Writes down the first line, and answers so that the other side need not wait.
fn note(mut stream: TcpStream, notes: &Mutex<Vec<String>>) {
    let mut line = String::new();
    let silent = stream.set_read_timeout(Some(SILENCE)).is_err()
        || BufReader::new(&stream).read_line(&mut line).is_err();
    let line = if silent { "silence".to_owned() } else { line.trim().to_owned() };
    notes.lock().expect("no test panics while it writes").push(line);
    let answer = "HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\
                  access-control-allow-origin: *\r\n\r\n";
    // Who hung up needs no answer.
    let _ = stream.write_all(answer.as_bytes());
}
