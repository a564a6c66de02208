//! The loop of a model that makes vectors: the most urgent texts first, as many at once as it reads, each
//! step under the compute lease. Not here: models that write (`run.rs`), and which texts are long.

use std::sync::{Arc, mpsc::Receiver};

use hearth_domain::{ComputeLease, ErrorCode, MemoryUse, ModelPurpose};
use hearth_llama::{Encoder, PairMarks, Token};

use super::{Command, Ending, GIVES_WAY_AT_MOST, Stop};
use crate::{
    Error, Vectors,
    board::Board,
    link::{Link, Participant},
    load::LoadedEncoder,
    vectors::{TextsAsked, TextsBegun, of_length_one, score},
};

/// Tokens of several texts that are read at once: a step is thrown away where somebody more urgent comes,
/// and more at once is not faster.
const TOGETHER: usize = 512;
/// A step of fewer tokens costs as much as one of so many.
const LEAST_TURN: usize = 64;

/// What is read of questions with texts, and of which text each is.
type Pairs = (Vec<Vec<Token>>, Vec<usize>);

/// All that belongs to one loaded encoder.
pub(super) struct EncodeOwner {
    encoder: Encoder,
    /// Tokens that are read at once, and so of one text at most.
    limit: usize,
    /// Texts that are read at once.
    texts: usize,
    /// The mark that ends every text, where the model has one.
    end: Option<Token>,
    /// What stands around a question and a text, where it ranks.
    pair: Option<PairMarks>,
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
        let LoadedEncoder { encoder, limit, texts, pair, memory } = loaded;
        let marks = encoder.model().tokenize("", true, false).unwrap_or_default();
        let end = marks.last().copied();
        let stop = None;
        Self { encoder, limit, texts, end, pair, link, lease, inbox, board, memory, stop }
    }

    /// What it is for.
    pub(super) fn purpose(&self) -> ModelPurpose {
        if self.pair.is_some() { ModelPurpose::Ranks } else { ModelPurpose::Vectors }
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
            if let Some(job) = self.link.next_texts() {
                self.publish(1);
                if let Err(error) = self.work(job) {
                    return Ending::failed(error);
                }
                continue;
            }
            self.publish(0);
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

    /// One turn of a request. What is wrong with the request is told; what is wrong with the model ends
    /// it.
    fn work(&mut self, mut job: TextsAsked) -> Result<(), Error> {
        let begun = match job.begun.take() {
            Some(begun) => begun,
            None => match self.begin(&job) {
                Ok(begun) => begun,
                Err(error) => {
                    self.tell(job, Err(error));
                    return Ok(());
                }
            },
        };
        let begun = job.begun.insert(begun);
        let from = begun.vectors.len();
        let end = from + self.fits(&begun.texts[from..]);
        let participant = Participant { order: job.order, class: job.asked.priority };
        // Whoever gave way often enough reads on, or it would read the same for ever.
        let firm = begun.gave_way >= GIVES_WAY_AT_MOST;
        // Texts without a word are nothing to read.
        let nothing = || Ok(Some(Vec::new()));
        let next = &begun.texts[from..end];
        let made = if next.is_empty() { nothing() } else { self.read(next, participant, firm) };
        match made {
            Ok(Some(made)) => {
                begun.gave_way = 0;
                begun.vectors.extend(made);
                let read: usize = begun.texts[from..end].iter().map(Vec::len).sum();
                job.served += read.max(LEAST_TURN);
            }
            Ok(None) => begun.gave_way += 1,
            Err(error) => {
                self.tell(job, Err(error.clone()));
                return Err(error);
            }
        }
        if end < begun.texts.len() || begun.vectors.len() < end {
            self.link.put_back(job);
            return Ok(());
        }
        self.link.read_texts(job.served);
        let tokens: usize = begun.texts.iter().map(Vec::len).sum();
        let tokens = u32::try_from(tokens).unwrap_or(u32::MAX);
        let vectors = match &job.question {
            Some(_) => best(job.asked.texts.len(), begun),
            None => std::mem::take(&mut begun.vectors),
        };
        self.tell(job, Ok(Vectors { vectors, tokens }));
        Ok(())
    }

    fn tell(&self, job: TextsAsked, answer: Result<Vectors, Error>) {
        // Who has the answer may look at the state.
        self.publish(0);
        // Whoever left meanwhile needs no answer.
        drop(job.reply.send(answer));
    }

    /// All that is to be read for a request, in tokens.
    fn begin(&self, job: &TextsAsked) -> Result<TextsBegun, Error> {
        let (texts, of) = match (&job.question, &self.pair) {
            (Some(question), Some(pair)) => self.pairs(question, &job.asked.texts, pair)?,
            _ => {
                let texts = self.tokens(&job.asked.texts, job.asked.cut)?;
                let of = (0..texts.len()).collect();
                (texts, of)
            }
        };
        Ok(TextsBegun { texts, of, vectors: Vec::new(), gave_way: 0 })
    }

    /// The question with each text, which is cut in parts where it is longer than there is room.
    fn pairs(&self, question: &str, texts: &[String], pair: &PairMarks) -> Result<Pairs, Error> {
        let model = self.encoder.model();
        let question = model.tokenize(question, false, false).map_err(Error::Prompt)?;
        let (before, behind) =
            ([&pair.before[..], &question, &pair.between].concat(), &pair.behind);
        let used = before.len() + behind.len();
        let room = self.limit.saturating_sub(used);
        // Beside a question that leaves a text no room every text would be cut to pieces.
        if question.is_empty() || room * 4 < self.limit {
            return Err(match question.len() {
                0 => Error::EmptyPrompt,
                tokens => Error::TextTooLong { at: 0, tokens, limit: self.limit },
            });
        }
        let (mut rows, mut of) = (Vec::new(), Vec::new());
        for (at, text) in texts.iter().enumerate() {
            for part in model.tokenize(text, false, false).map_err(Error::Prompt)?.chunks(room) {
                rows.push([&before[..], part, behind].concat());
                of.push(at);
            }
        }
        Ok((rows, of))
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

    /// One step: the vectors of texts; `None` where it gave way to somebody, or nobody waits any more.
    fn read(
        &mut self,
        texts: &[Vec<Token>],
        participant: Participant,
        firm: bool,
    ) -> Result<Option<Vec<Vec<f32>>>, Error> {
        let batch: Vec<&[Token]> = texts.iter().map(Vec::as_slice).collect();
        let link = Arc::clone(&self.link);
        let wanted = move |class| link.wanted(class);
        self.link.enter_step(vec![participant], firm);
        let turn = self.lease.acquire_giving_way(participant.class, Arc::new(wanted));
        let made = self.encoder.encode(&batch).map_err(Error::Inference);
        self.link.leave_step();
        drop(turn);
        let ranks = self.pair.is_some();
        let vector = |made: Vec<f32>| {
            let vector = if ranks { score(&made).map(|it| vec![it]) } else { of_length_one(made) };
            // Numbers that are none: the weights are not what they should be.
            vector.ok_or(Error::Refused(ErrorCode::ModelFileInvalid))
        };
        made?.map(|made| made.into_iter().map(vector).collect()).transpose()
    }

    /// How many of the first texts are read at once; one at the least, where there is one.
    fn fits(&self, texts: &[Vec<Token>]) -> usize {
        let mut tokens = 0;
        let most = self.limit.min(TOGETHER);
        let fit = |text: &&Vec<Token>| {
            tokens += text.len();
            tokens <= most
        };
        texts.iter().take(self.texts).take_while(fit).count().max(1).min(texts.len())
    }
}

/// The score of the best part of each text; nothing of one without a word.
fn best(texts: usize, begun: &TextsBegun) -> Vec<Vec<f32>> {
    let mut scores = vec![vec![0.0_f32]; texts];
    for (at, score) in begun.of.iter().zip(begun.vectors.iter().flatten()) {
        scores[*at][0] = scores[*at][0].max(*score);
    }
    scores
}
