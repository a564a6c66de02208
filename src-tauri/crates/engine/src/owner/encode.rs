//! The loop of a model that makes vectors: the most urgent texts first, as many at once as it reads, each
//! step under the compute lease. Not here: models that write (`run.rs`), and which texts are long.

use std::sync::{Arc, mpsc::Receiver};

use hearth_domain::{ComputeLease, ErrorCode, MemoryUse, Priority};
use hearth_llama::{Encoder, Token};

use super::{Command, Ending, Stop};
use crate::{
    Error, Vectors,
    board::Board,
    link::Link,
    load::LoadedEncoder,
    vectors::{TextsAsked, of_length_one},
};

/// All that belongs to one loaded encoder.
pub(super) struct EncodeOwner {
    encoder: Encoder,
    /// Tokens that are read at once, and so of one text at most.
    limit: usize,
    /// Texts that are read at once.
    texts: usize,
    /// The mark that ends every text, where the model has one.
    end: Option<Token>,
    link: Arc<Link>,
    lease: Arc<dyn ComputeLease>,
    inbox: Receiver<Command>,
    board: Board,
    memory: MemoryUse,
    stop: Option<Stop>,
}

impl EncodeOwner {
    pub(super) fn new(
        loaded: LoadedEncoder,
        inbox: Receiver<Command>,
        link: Arc<Link>,
        board: Board,
        lease: Arc<dyn ComputeLease>,
    ) -> Self {
        let LoadedEncoder { encoder, limit, texts, memory } = loaded;
        let marks = encoder.model().tokenize("", true, false).unwrap_or_default();
        let end = marks.last().copied();
        let stop = None;
        Self { encoder, limit, texts, end, link, lease, inbox, board, memory, stop }
    }

    /// Tells what it does; `running` requests are being answered.
    pub(super) fn publish(&self, running: u32) {
        match (running, self.link.waiting_texts()) {
            (0, 0) => self.board.ready(self.memory),
            (running, waiting) => self.board.busy(running, waiting, self.memory),
        }
    }

    /// Works until it is told to stop or fails.
    pub(super) fn run(&mut self) -> Ending {
        loop {
            while let Ok(command) = self.inbox.try_recv() {
                self.hear(command);
            }
            if let Some(Stop::Now(reason)) = &self.stop {
                return Ending::stopped(reason.clone());
            }
            self.publish(0);
            if let Some(job) = self.link.next_texts() {
                self.publish(1);
                if let Err(error) = self.answer(job) {
                    return Ending::failed(error);
                }
                continue;
            }
            if matches!(self.stop, Some(Stop::Drained)) && !self.link.is_pinned() {
                return Ending::stopped(Error::Unloaded);
            }
            match self.inbox.recv() {
                Ok(command) => self.hear(command),
                // Nobody is left who could ask.
                Err(_) => return Ending::stopped(Error::ShuttingDown),
            }
        }
    }

    fn hear(&mut self, command: Command) {
        if let Command::Stop(stop) = command {
            self.stop = Some(stop);
        }
    }

    /// Makes the vectors of a request. What is wrong with the request is told; what is wrong with the
    /// model ends it.
    fn answer(&mut self, job: TextsAsked) -> Result<(), Error> {
        let TextsAsked { asked, reply, .. } = job;
        let made = match self.tokens(&asked.texts, asked.cut) {
            Ok(texts) => self.vectors(&texts, asked.priority, || reply.is_closed()),
            Err(error) => Ok(Some(Err(error))),
        };
        // Who has the answer may look at the state.
        self.publish(0);
        // Whoever left meanwhile needs no answer.
        match made {
            Ok(Some(answer)) => drop(reply.send(answer)),
            Ok(None) => drop(reply),
            Err(error) => {
                drop(reply.send(Err(error.clone())));
                return Err(error);
            }
        }
        Ok(())
    }

    fn tokens(&self, texts: &[String], cut: bool) -> Result<Vec<Vec<Token>>, Error> {
        let limit = self.limit;
        let read = |(at, text): (usize, &String)| {
            let model = self.encoder.model();
            let mut tokens = model.tokenize(text, true, false).map_err(Error::Prompt)?;
            if tokens.is_empty() {
                return Err(Error::EmptyPrompt);
            }
            if tokens.len() > limit && !cut {
                return Err(Error::TextTooLong { at, tokens: tokens.len(), limit });
            }
            let ends = self.end.filter(|end| tokens.len() > limit && tokens.last() == Some(end));
            tokens.truncate(limit);
            if let (Some(end), Some(last)) = (ends, tokens.last_mut()) {
                *last = end;
            }
            Ok(tokens)
        };
        texts.iter().enumerate().map(read).collect()
    }

    /// The vectors of texts; `None` where nobody waits for them any more.
    fn vectors(
        &mut self,
        texts: &[Vec<Token>],
        priority: Priority,
        left: impl Fn() -> bool,
    ) -> Result<Option<Result<Vectors, Error>>, Error> {
        let mut vectors = Vec::with_capacity(texts.len());
        let mut rest = texts;
        while !rest.is_empty() {
            let (now, later) = rest.split_at(self.fits(rest));
            rest = later;
            let batch: Vec<&[Token]> = now.iter().map(Vec::as_slice).collect();
            let turn = self.lease.acquire(priority);
            if left() || self.link.is_stopping() {
                return Ok(None);
            }
            let made = self.encoder.encode(&batch).map_err(Error::Inference)?;
            drop(turn);
            let Some(made) = made else { return Ok(None) };
            for vector in made {
                // Numbers that are none: the weights are not what they should be.
                let vector = of_length_one(vector);
                vectors.push(vector.ok_or(Error::Refused(ErrorCode::ModelFileInvalid))?);
            }
        }
        let tokens: usize = texts.iter().map(Vec::len).sum();
        let tokens = u32::try_from(tokens).unwrap_or(u32::MAX);
        Ok(Some(Ok(Vectors { vectors, tokens })))
    }

    /// How many of the first texts are read at once; one at the least.
    fn fits(&self, texts: &[Vec<Token>]) -> usize {
        let mut tokens = 0;
        let fit = |text: &&Vec<Token>| {
            tokens += text.len();
            tokens <= self.limit
        };
        texts.iter().take(self.texts).take_while(fit).count().max(1)
    }
}
