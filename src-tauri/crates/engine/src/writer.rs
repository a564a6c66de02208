//! How the tokens of one answer are chosen: the sampler, the form that was asked for, the limit on
//! thinking. Not here: the text they become, and when the network takes a step.

use std::collections::VecDeque;

use hearth_domain::{AnswerFormat, AnswerOptions, Drafting, SamplingParams, TokenLogprob};
use hearth_llama::{Context, Model, Sampler, Token, chat::Trigger};

use crate::{
    Error,
    output::{CallForm, PLAIN_START},
    prompt::{Prompt, Prompter},
    sampling,
    structure::{Constraint, Form, Gate, Lazy, Structure, Thought},
    tools::ToolSet,
};

/// What was chosen.
pub(crate) struct Chosen {
    pub(crate) token: Token,
    /// How likely it was, where that was asked.
    pub(crate) logprob: Option<TokenLogprob>,
}

/// Chooses the tokens of one answer.
pub(crate) struct Writer {
    model: Model,
    sampler: Sampler,
    structure: Option<Structure>,
    thought: Thought,
    /// Tokens that it may still think.
    budget: Option<u32>,
    /// Tokens that come whatever the sampler says.
    forced: VecDeque<Token>,
    /// What the answer begins with, behind its thought.
    opening: Option<String>,
    /// The last token ended within a character.
    within: bool,
    logprobs: Option<u32>,
    pub(crate) drafting: Drafting,
}

impl Writer {
    /// Prepares an answer to a prompt. May take long: a grammar is compiled.
    pub(crate) fn new(
        prompter: &Prompter,
        prompt: &Prompt,
        sampling: &SamplingParams,
        options: &AnswerOptions,
        tools: Option<&ToolSet>,
    ) -> Result<Self, Error> {
        let model = prompter.model().clone();
        sampling::check(&model, options)?;
        let params = sampling::params(sampling, options);
        let mut sampler = Sampler::new(&model, &params).map_err(Error::Prompt)?;
        // An answer that goes on is penalised for what it said before, too.
        for token in &prompt.tokens[prompt.tokens.len() - prompt.begun..] {
            sampler.accept(*token).map_err(Error::Prompt)?;
        }
        let tags = prompter.tags.clone().filter(|_| !prompt.replaced);
        let thought = Thought::new(tags, prompt.beginning);
        let structure = match form(prompt, options, tools, &thought)? {
            None => None,
            Some((form, gate)) => {
                let constraint = Constraint::compile(&prompter.vocabulary()?, form)?;
                Some(Structure::new(constraint, gate))
            }
        };
        Ok(Self {
            model,
            sampler,
            structure,
            thought,
            budget: options.reasoning_budget,
            forced: VecDeque::new(),
            opening: opening(prompt, tools),
            within: false,
            logprobs: options.logprobs,
            drafting: options.drafting,
        })
    }

    /// Chooses the next token from an output of the last step, and takes it as seen.
    pub(crate) fn next(&mut self, context: &Context, output: usize) -> Result<Chosen, Error> {
        self.end_thought()?;
        self.open()?;
        let token = match (self.forced.pop_front(), &mut self.structure) {
            (Some(token), _) => token,
            (None, Some(structure)) => structure.choose(&mut self.sampler, context, output)?,
            (None, None) => {
                let chosen = self.sampler.choose(context, output, None);
                chosen.map_err(Error::Inference)?.ok_or(Error::StructureDeadEnd)?
            }
        };
        self.sampler.accept(token).map_err(Error::Inference)?;
        if let Some(structure) = &mut self.structure {
            structure.accept(token)?;
        }
        self.follow(token);
        let logprob = match self.logprobs {
            Some(most) => {
                let logits = context.logits(output).map_err(Error::Inference)?;
                Some(sampling::logprob(&self.model, logits, token, most))
            }
            None => None,
        };
        Ok(Chosen { token, logprob })
    }

    /// Whether the answer has its form and nothing can follow.
    pub(crate) fn is_complete(&self) -> bool {
        self.structure.as_ref().is_some_and(Structure::is_complete)
    }

    /// Makes the model end a thought that had its tokens.
    fn end_thought(&mut self) -> Result<(), Error> {
        let over = self.budget == Some(0) && self.thought.is_open() && !self.within;
        let Some(tag) = self.thought.end_tag().filter(|_| over && self.forced.is_empty()) else {
            return Ok(());
        };
        let tokens = self.model.tokenize(tag, false, true).map_err(Error::Inference)?;
        self.forced.extend(tokens);
        Ok(())
    }

    /// Begins a call that must come: a model that was asked for one need not think of it.
    fn open(&mut self) -> Result<(), Error> {
        let ready = !self.thought.is_open() && self.forced.is_empty() && !self.within;
        if let Some(text) = self.opening.take_if(|_| ready) {
            let tokens = self.model.tokenize(&text, false, true).map_err(Error::Inference)?;
            self.forced.extend(tokens);
        }
        Ok(())
    }

    fn follow(&mut self, token: Token) {
        let mut bytes = self.model.piece(token, false);
        if bytes.is_empty() {
            bytes = self.model.piece(token, true);
        }
        self.within = std::str::from_utf8(&bytes).is_err_and(|error| error.error_len().is_none());
        let was_open = self.thought.is_open();
        self.thought.push(&bytes);
        if was_open && self.thought.is_open() {
            self.budget = self.budget.map(|left| left.saturating_sub(1));
        }
    }
}

/// What an answer that must call a tool begins with, in the form of the model's template.
fn opening(prompt: &Prompt, tools: Option<&ToolSet>) -> Option<String> {
    let CallForm::Own(rendered, _) = &prompt.calls else { return None };
    let own = rendered.tools.as_ref().filter(|_| tools.is_some_and(|tools| tools.required))?;
    own.triggers.iter().find_map(|trigger| match trigger {
        Trigger::Word(word) => Some(word.clone()),
        Trigger::Pattern(_) => None,
    })
}

/// The form of an answer, and when it is in force.
fn form(
    prompt: &Prompt,
    options: &AnswerOptions,
    tools: Option<&ToolSet>,
    thought: &Thought,
) -> Result<Option<(Form, Gate)>, Error> {
    let behind = || Gate::behind(thought.clone());
    let lazy = |triggers: &[Trigger]| Gate::Lazy(Lazy::new(triggers, thought.clone()));
    Ok(match (&options.format, &prompt.calls, tools) {
        (AnswerFormat::JsonObject, ..) => Some((Form::object(), behind())),
        (AnswerFormat::JsonSchema(schema), ..) => Some((Form::schema(schema)?, behind())),
        (AnswerFormat::Grammar(text), ..) => Some((Form::grammar(text), behind())),
        (AnswerFormat::Text, CallForm::Own(rendered, _), _) => rendered.tools.as_ref().map(|own| {
            let text = own.grammar.clone();
            if own.triggers.is_empty() {
                (Form::Grammar { text, begun: own.begun.clone() }, Gate::On)
            } else {
                (Form::grammar(&text), lazy(&own.triggers))
            }
        }),
        (AnswerFormat::Text, CallForm::Plain, Some(tools)) => {
            let form = Form::Schema(tools.schema());
            let word = Trigger::Word(PLAIN_START.to_owned());
            Some((form, if tools.required { behind() } else { lazy(&[word]) }))
        }
        (AnswerFormat::Text, ..) => None,
    })
}
