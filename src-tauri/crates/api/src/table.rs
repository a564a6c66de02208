//! What a row of the command table says, and the macro that reads the table.

use hearth_domain::PortScope;
use serde::Serialize;

use crate::{ApiError, Caller};

/// Whether a command changes anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CommandKind {
    /// Reads only; may be cached by its tags.
    Query,
    /// Changes something; makes the queries with its tags stale.
    Action,
}

/// Who may call a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Audience {
    /// Any window, the command line, a signed-in browser.
    Person,
    /// The main window, the command line, a signed-in browser.
    Owner,
    /// Windows and the command line, where there is a desktop.
    Desktop,
}

/// One row of the table.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct CommandSpec {
    /// `noun_verb`.
    pub name: &'static str,
    /// Query or action.
    pub kind: CommandKind,
    /// Who may call it.
    pub audience: Audience,
    /// All that the key of a program must open so that it may, too; where there is nothing, no key does.
    pub scopes: &'static [PortScope],
    /// The cache tags that a query provides and an action makes stale.
    pub tags: &'static [&'static str],
}

impl CommandSpec {
    /// Whether this caller may use the command.
    ///
    /// # Errors
    /// `forbidden`, or `desktop_only` where there is no desktop.
    pub fn permit(&self, caller: &Caller, on_desktop: bool) -> Result<(), ApiError> {
        if let Caller::Key(grant) = caller {
            let lacking = self.scopes.iter().find(|scope| !grant.opens(**scope));
            return match lacking {
                Some(scope) => Err(ApiError::not_opened(*scope)),
                None if self.scopes.is_empty() => Err(ApiError::forbidden()),
                None => Ok(()),
            };
        }
        let allowed = match (self.audience, caller) {
            (Audience::Person, _) => true,
            (Audience::Owner, Caller::Window { label }) => label == Caller::MAIN_WINDOW,
            (Audience::Owner, Caller::Terminal | Caller::Browser) => true,
            (Audience::Desktop, Caller::Window { .. } | Caller::Terminal) if on_desktop => true,
            (Audience::Desktop, _) if !on_desktop => return Err(ApiError::desktop_only()),
            (Audience::Owner | Audience::Desktop, _) => false,
        };
        if allowed { Ok(()) } else { Err(ApiError::forbidden()) }
    }
}

/// Reads the table and makes `COMMANDS`, `dispatch` and the `Rpc` type from it.
macro_rules! commands {
    ($($kind:ident $name:ident($request:ty) -> $response:ty
        [$audience:ident $(, $scope:ident)*] $verb:ident($($tag:ident),*);)*) => {
        /// Every command.
        pub const COMMANDS: &[CommandSpec] = &[$(CommandSpec {
            name: stringify!($name),
            kind: CommandKind::$kind,
            audience: Audience::$audience,
            scopes: &[$(hearth_domain::PortScope::$scope),*],
            tags: &[$(stringify!($tag)),*],
        }),*];

        /// Request and response of every command, for the TypeScript client.
        #[derive(ts_rs::TS)]
        #[allow(dead_code, reason = "only its TypeScript form is used")]
        pub(crate) struct Rpc { $($name: ($request, $response),)* }

        /// Adds the commands that keys open, with their schemas, to a list.
        pub(crate) fn opened_by_keys(
            all: &mut Vec<crate::CommandSchema>,
            asked: &mut schemars::SchemaGenerator,
            answered: &mut schemars::SchemaGenerator,
        ) {
            $($crate::table::opened!(all, asked, answered, $name, $request, $response $(, $scope)*);)*
        }

        /// Decodes, checks the caller, runs and encodes a command by its name.
        ///
        /// # Errors
        /// Whatever the command answers, `unknown_command`, `invalid_request`, `forbidden`, or
        /// `internal` with a trace id where it panicked.
        pub async fn dispatch(
            cx: &Cx,
            name: &str,
            request: serde_json::Value,
        ) -> Result<serde_json::Value, ApiError> {
            let spec = COMMANDS.iter().find(|spec| spec.name == name);
            let spec = spec.ok_or_else(ApiError::unknown_command)?;
            spec.permit(&cx.caller, cx.host.is_desktop())?;
            let answer = match name {
                $(stringify!($name) => {
                    let request: $request = crate::commands::decode(request)?;
                    let body = Box::pin(crate::handlers::$name(cx, request));
                    let response: $response = crate::commands::guarded(name, body).await?;
                    crate::commands::encode(&response)
                })*
                _ => Err(ApiError::unknown_command()),
            }?;
            if spec.kind == CommandKind::Action {
                cx.app.invalidate(spec.tags);
            }
            Ok(answer)
        }
    };
}

/// Adds the schemas of a row to a list, where keys open it.
macro_rules! opened {
    ($all:ident, $asked:ident, $answered:ident, $name:ident, $request:ty, $response:ty) => {};
    ($all:ident, $asked:ident, $answered:ident, $name:ident, $request:ty, $response:ty $(, $scope:ident)+) => {
        $all.push(crate::CommandSchema {
            name: stringify!($name),
            scopes: &[$(hearth_domain::PortScope::$scope),+],
            request: $asked.subschema_for::<$request>().to_value(),
            response: $answered.subschema_for::<$response>().to_value(),
        });
    };
}

pub(crate) use {commands, opened};
