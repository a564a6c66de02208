//! Why a program is not answered. How that is written is the business of its interface.

use hearth_api::ApiError;
use hearth_domain::ErrorCode;

/// Why a request is not answered.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Refusal {
    pub(crate) error: Box<ApiError>,
    /// The field that is wrong.
    pub(crate) param: Option<String>,
}

impl Refusal {
    /// A field that is wrong; `expected` completes "… must be".
    pub(crate) fn field(name: &str, expected: &str) -> Self {
        Self::invalid(name, format!("'{name}' must be {expected}"))
    }

    /// A part of the interface that is not built yet.
    pub(crate) fn not_supported(name: &str) -> Self {
        Self::invalid(name, format!("'{name}' is not supported yet"))
    }

    fn invalid(name: &str, message: String) -> Self {
        Self::from(ApiError::new(ErrorCode::InvalidRequest, message)).at(name)
    }

    /// The same, blamed on this field.
    pub(crate) fn at(self, name: &str) -> Self {
        Self { param: Some(name.to_owned()), ..self }
    }
}

impl From<ApiError> for Refusal {
    fn from(error: ApiError) -> Self {
        Self { error: Box::new(error), param: None }
    }
}

impl From<hearth_app::Error> for Refusal {
    fn from(error: hearth_app::Error) -> Self {
        ApiError::from(error).into()
    }
}
