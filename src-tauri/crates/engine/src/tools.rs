//! The tools of a request: checked, and told to the model. A model whose template knows tools is told
//! by it; any other reads of them in the instructions and answers with a JSON object.
//! Not here: taking the calls out of an answer ([`crate::output`]).

use std::fmt::Write as _;

use hearth_domain::{AnswerOptions, Role, Tool, ToolChoice, ToolPart};
use hearth_llama::chat::{ChatTool, ChatTools};
use serde_json::{Value, json};

use crate::{Error, Turn, structure::limits};

/// Tools of one request at most.
const MOST_TOOLS: usize = 128;
/// Calls of one answer at most.
const MOST_CALLS: usize = 16;
/// Bytes of a name at most.
const LONGEST_NAME: usize = 64;

/// Tools that may be called.
#[derive(Clone, Debug)]
pub(crate) struct ToolSet {
    tools: Vec<(Tool, Value)>,
    /// One must be called.
    pub(crate) required: bool,
    parallel: bool,
}

impl ToolSet {
    /// The tools that the model may call; `None` where there are none.
    pub(crate) fn new(options: &AnswerOptions) -> Result<Option<Self>, Error> {
        if !options.calls_tools() {
            return Ok(None);
        }
        if options.tools.len() > MOST_TOOLS {
            return Err(Error::StructureTooComplex);
        }
        let (only, required) = match &options.tool_choice {
            ToolChoice::Auto | ToolChoice::None => (None, false),
            ToolChoice::Required => (None, true),
            ToolChoice::Named(name) => (Some(name), true),
        };
        let tools = options.tools.iter().filter(|tool| only.is_none_or(|only| tool.name == *only));
        let tools = tools.map(checked).collect::<Result<_, _>>()?;
        // Who names a tool wants that one call.
        let parallel = options.parallel_tool_calls && only.is_none();
        Ok(Some(Self { tools, required, parallel }))
    }

    /// The tools as a template takes them. A call that must come is not asked for there: what
    /// llama.cpp makes of that lets any amount of text come before it. The answer begins with what
    /// begins a free call instead.
    pub(crate) fn for_template(&self) -> ChatTools<'_> {
        let tools = self.tools.iter();
        let tools = tools.map(|(tool, parameters)| ChatTool {
            name: &tool.name,
            description: &tool.description,
            parameters,
        });
        let tools = tools.collect();
        ChatTools { tools, required: false, parallel: self.parallel }
    }

    /// Calls that one answer may have.
    pub(crate) fn most_calls(&self) -> usize {
        if self.parallel { MOST_CALLS } else { 1 }
    }

    /// Whether a prompt tells of them.
    pub(crate) fn is_told(&self, prompt: &str) -> bool {
        self.tools.iter().all(|(tool, _)| prompt.contains(&tool.name))
    }

    /// The conversation for a template that knows no tools.
    pub(crate) fn plain(&self, turns: &[Turn]) -> Vec<Turn> {
        let mut told: Vec<Turn> = turns.iter().map(spoken).collect();
        let text = self.instructions();
        match told.first_mut().filter(|first| first.role == Role::System) {
            Some(first) => {
                first.content.push_str("\n\n");
                first.content.push_str(&text);
            }
            None => told.insert(0, Turn::new(Role::System, text)),
        }
        told
    }

    fn instructions(&self) -> String {
        let mut text = "You can call these functions, each given by a line of JSON:\n".to_owned();
        for (tool, parameters) in &self.tools {
            let line = json!({
                "name": tool.name, "description": tool.description, "parameters": parameters,
            });
            let _ = writeln!(text, "{line}");
        }
        let when = if self.required { "Call one now" } else { "To call one" };
        let _ = write!(
            text,
            "{when}: answer with nothing but {{\"tool_calls\": [{{\"name\": \"…\", \"arguments\": \
             {{…}}}}]}}. The result comes in the next message."
        );
        text
    }

    /// The schema of an answer that calls, in the plain form.
    pub(crate) fn schema(&self) -> Value {
        let call = |(tool, parameters): &(Tool, Value)| {
            json!({
                "type": "object",
                "properties": {"name": {"const": tool.name}, "arguments": parameters},
                "required": ["name", "arguments"],
                "additionalProperties": false,
            })
        };
        let calls: Vec<Value> = self.tools.iter().map(call).collect();
        let most = self.most_calls();
        json!({
            "type": "object",
            "properties": {"tool_calls": {
                "type": "array", "items": {"anyOf": calls}, "minItems": 1, "maxItems": most,
            }},
            "required": ["tool_calls"],
            "additionalProperties": false,
        })
    }
}

fn checked(tool: &Tool) -> Result<(Tool, Value), Error> {
    let letter = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | ':');
    if tool.name.is_empty() || tool.name.len() > LONGEST_NAME || !tool.name.chars().all(letter) {
        return Err(Error::StructureInvalid);
    }
    let mut parameters = limits::schema(&tool.parameters)?;
    let fields = parameters.as_object_mut().ok_or(Error::StructureInvalid)?;
    fields.entry("type").or_insert_with(|| "object".into());
    fields.entry("properties").or_insert_with(|| json!({}));
    Ok((tool.clone(), parameters))
}

/// A message that has to do with tools, as one that has not.
fn spoken(turn: &Turn) -> Turn {
    match &turn.tool {
        None => turn.clone(),
        Some(ToolPart::Calls(calls)) => {
            let calls: Vec<Value> = calls
                .iter()
                .map(|call| {
                    let arguments = serde_json::from_str::<Value>(&call.arguments);
                    let arguments = arguments.unwrap_or_else(|_| call.arguments.clone().into());
                    json!({"name": call.name, "arguments": arguments})
                })
                .collect();
            let text = json!({"tool_calls": calls}).to_string();
            let parts = [turn.content.as_str(), &text];
            let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
            Turn::new(turn.role, parts.join("\n"))
        }
        Some(ToolPart::Result { name, .. }) => {
            let of = name.as_deref().map_or(String::new(), |name| format!(" of {name}"));
            Turn::new(Role::User, format!("Result{of}:\n{}", turn.content))
        }
    }
}

#[cfg(test)]
mod tests {
    use hearth_domain::ToolCall;

    use super::*;

    fn clock(parameters: &str) -> AnswerOptions {
        let tool = Tool {
            name: "clock".into(),
            description: "Tells the time.".into(),
            parameters: parameters.into(),
        };
        AnswerOptions { tools: vec![tool], ..AnswerOptions::default() }
    }

    #[test]
    fn a_tool_with_a_bad_name_or_schema_is_refused() {
        assert!(ToolSet::new(&clock("{}")).unwrap().is_some());
        for parameters in ["", "[", "7", "[]"] {
            assert!(matches!(ToolSet::new(&clock(parameters)), Err(Error::StructureInvalid)));
        }
        let mut options = clock("{}");
        options.tools[0].name = "a b".into();
        assert!(matches!(ToolSet::new(&options), Err(Error::StructureInvalid)));
        let deep = format!("{}{}", r#"{"a":"#.repeat(50_000), "1".to_owned() + &"}".repeat(50_000));
        assert!(ToolSet::new(&clock(&deep)).is_err());
    }

    #[test]
    fn without_a_template_for_tools_the_conversation_tells_of_them_in_words() {
        let set = ToolSet::new(&clock("{}")).unwrap().unwrap();
        let call = ToolCall { id: "1".into(), name: "clock".into(), arguments: "{\"a\":1}".into() };
        let mut asked = Turn::new(Role::Assistant, "");
        asked.tool = Some(ToolPart::Calls(vec![call]));
        let mut result = Turn::new(Role::User, "noon");
        result.tool = Some(ToolPart::Result { id: "1".into(), name: Some("clock".into()) });
        let told = set.plain(&[Turn::new(Role::User, "When?"), asked, result]);
        assert_eq!(told[0].role, Role::System);
        assert!(
            told[0].content.contains("\"name\":\"clock\"") || told[0].content.contains("clock")
        );
        assert!(told[2].content.starts_with("{\"tool_calls\":["));
        assert_eq!(
            (told[3].role, told[3].content.as_str()),
            (Role::User, "Result of clock:\nnoon")
        );
    }
}
