//! The thread that turns requests into prompts, so that a long text being counted never holds up
//! the answers that run. Not here: the order in which prompts are worked on.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, mpsc::Receiver},
    thread::{self, JoinHandle},
};

use hearth_domain::{Caller, FinishReason, Omitted, Priority, Role, Timing, Usage};
use hearth_llama::Token;

use crate::{
    Begun, Error, Fingerprint, Overflow, Request, Turn, ahead,
    cache::{Form, LEAST, Scope, Wanted},
    link::{Asked, Link},
    output::Output,
    overflow::{Budget, Layout},
    owner::{Command, Stop},
    prompt::{Prompt, Prompter},
    scheduler::common,
    ticket::Ticket,
    tools::ToolSet,
    writer::Writer,
};

/// A request that only waits for a sequence.
pub(crate) struct Prepared {
    pub(crate) ticket: Arc<Ticket>,
    pub(crate) tokens: Vec<Token>,
    pub(crate) output: Output,
    /// Chooses the tokens of the answer.
    pub(crate) writer: Writer,
    pub(crate) priority: Priority,
    pub(crate) caller: Caller,
    /// Tokens that the answer may have at most.
    pub(crate) most: usize,
    /// How many it was told are before it.
    pub(crate) told: Option<u32>,
    /// What it says to the cache.
    pub(crate) cache: Wanted,
}

impl Prepared {
    /// Ends a request that was only to be read: so many of its tokens are held.
    pub(crate) fn finish_read(self, held: usize) {
        let usage = Usage {
            prompt_tokens: count(self.tokens.len()),
            cached_tokens: count(held),
            completion_tokens: 0,
        };
        self.ticket.finish(FinishReason::Stop, None, usage, Timing::default());
    }
}

/// The thread; ends when dropped, after the request it works on.
pub(crate) struct Preparer {
    link: Arc<Link>,
    thread: Option<JoinHandle<()>>,
}

impl Preparer {
    pub(crate) fn start(
        work: PrepareWork,
        asked: Receiver<Option<Asked>>,
        link: Arc<Link>,
    ) -> Result<Self, Error> {
        let theirs = Arc::clone(&link);
        let thread = thread::Builder::new()
            .name("hearth-prompts".into())
            .spawn(move || {
                let worked = catch_unwind(AssertUnwindSafe(|| work.run(&asked, &theirs)));
                if worked.is_err() {
                    let _ = theirs.commands.send(Command::Stop(Stop::Now(Error::Panicked)));
                }
            })
            .map_err(|_| Error::NoThread)?;
        Ok(Self { link, thread: Some(thread) })
    }
}

impl Drop for Preparer {
    fn drop(&mut self) {
        let _ = self.link.prompts.send(None);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// What preparing needs.
pub(crate) struct PrepareWork {
    pub(crate) prompter: Arc<Prompter>,
    /// Tokens of one sequence at most.
    pub(crate) sequence_limit: usize,
    /// What names of the cache begin with.
    pub(crate) model: Fingerprint,
    pub(crate) form: Form,
}

impl PrepareWork {
    fn run(&self, asked: &Receiver<Option<Asked>>, link: &Link) {
        while let Ok(Some(Asked { ticket, request })) = asked.recv() {
            if !ticket.is_waiting() {
                continue;
            }
            let class = request.priority;
            let command = match self.prepare(&ticket, request) {
                Ok(prepared) => Command::Ready(Box::new(prepared)),
                Err(error) => {
                    ticket.fail(error);
                    Command::Wake
                }
            };
            if link.commands.send(command).is_err() {
                return;
            }
            link.arrived(class);
        }
    }

    fn prepare(&self, ticket: &Arc<Ticket>, request: Request) -> Result<Prepared, Error> {
        let other = request.ahead.then(|| ahead::question(&request, ahead::OTHER));
        let request = if request.ahead { ahead::question(&request, ahead::ONE) } else { request };
        let (mut prompt, omitted) = self.fit(&request)?;
        let mut cache = Wanted::new(
            Scope::new(self.model, &request.caller),
            request.conversation,
            request.ahead,
        );
        if let Some(other) = other {
            let (other, _) = self.fit(&other)?;
            prompt.tokens.truncate(common(&prompt.tokens, &other.tokens));
            if prompt.tokens.is_empty() {
                return Err(Error::EmptyPrompt);
            }
        } else if self.form == Form::Whole && omitted.is_none() && !request.raw {
            cache.stable = self.stable(&request, &prompt.tokens);
        }
        if prompt.replaced {
            ticket.template_replaced();
        }
        if let Some(omitted) = omitted {
            ticket.omitted(omitted);
        }
        let tools = ToolSet::new(&request.options)?;
        let (sampling, options) = (&request.sampling, &request.options);
        let writer = Writer::new(&self.prompter, &prompt, sampling, options, tools.as_ref())?;
        let room = self.sequence_limit - prompt.tokens.len();
        let asked = request.sampling.max_tokens.map_or(room, |n| n as usize);
        let mut stops = prompt.stops;
        stops.extend(request.sampling.stop.iter().cloned());
        let tags = if prompt.replaced || request.raw { None } else { self.prompter.tags.clone() };
        Ok(Prepared {
            ticket: Arc::clone(ticket),
            output: Output::new(stops, tags, prompt.beginning, prompt.calls),
            tokens: prompt.tokens,
            writer,
            priority: request.priority,
            caller: request.caller,
            most: asked.min(room),
            told: None,
            cache,
        })
    }

    /// How many tokens of a prompt come again whatever is answered and asked next.
    fn stable(&self, request: &Request, tokens: &[Token]) -> Option<usize> {
        let next = ahead::next_turn(&request.messages)?;
        let next = self.prompter.make(&next, None, request.enable_thinking).ok()?;
        let stable = common(tokens, &next.tokens).min(tokens.len() - 1);
        Some(stable).filter(|stable| *stable >= LEAST)
    }

    /// The prompt, made to fit if the request allows it.
    fn fit(&self, request: &Request) -> Result<(Prompt, Option<Omitted>), Error> {
        let tools = ToolSet::new(&request.options)?;
        let make = |turns: &[Turn]| {
            if request.raw {
                return self.prompter.raw(turns);
            }
            let (begun, thinking) = (request.begun.as_ref(), request.enable_thinking);
            self.prompter.make_with(turns, begun, thinking, tools.as_ref())
        };
        if request.overflow == Overflow::Error {
            return self.check(make(&request.messages)?).map(|prompt| (prompt, None));
        }
        let budget = Budget::new(self.sequence_limit, request.sampling.max_tokens);
        let (roles, sizes) = self.sizes(request)?;
        // A history far longer than the context is never rendered whole.
        if sizes.iter().sum::<usize>() <= budget.limit + budget.limit / 4 {
            let whole = make(&request.messages)?;
            if whole.tokens.len() <= budget.limit {
                return Ok((whole, None));
            }
        }
        let layout = Layout::new(&roles, &sizes, budget);
        let mut cut = layout.cut(&sizes, budget);
        loop {
            let prompt = make(&layout.without(&request.messages, cut))?;
            // The sizes may be estimates; the rendered prompt decides.
            if prompt.tokens.len() > budget.limit && cut < layout.droppable() {
                cut += 1;
                continue;
            }
            let gone = layout.gone(cut);
            let tokens = sizes[gone.clone()].iter().sum();
            let omitted = Omitted { messages: count(gone.len()), tokens: count(tokens) };
            let prompt = self.check(prompt)?;
            return Ok((prompt, (!gone.is_empty()).then_some(omitted)));
        }
    }

    /// Who speaks and how many tokens that costs; an answer that goes on is the last to speak.
    fn sizes(&self, request: &Request) -> Result<(Vec<Role>, Vec<usize>), Error> {
        let mut roles: Vec<_> = request.messages.iter().map(|turn| turn.role).collect();
        let mut sizes = self.prompter.sizes(&request.messages)?;
        if let Some(Begun { content, reasoning }) = &request.begun {
            let tokens =
                self.prompter.count_text(content)? + self.prompter.count_text(reasoning)?;
            roles.push(Role::Assistant);
            sizes.push(tokens as usize);
        }
        Ok((roles, sizes))
    }

    /// At least one token of answer must fit.
    fn check(&self, prompt: Prompt) -> Result<Prompt, Error> {
        let most = self.sequence_limit.saturating_sub(1);
        if prompt.tokens.len() > most {
            let (tokens, limit) = (count(prompt.tokens.len()), count(most));
            return Err(Error::PromptTooLong { tokens, limit });
        }
        Ok(prompt)
    }
}

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}
