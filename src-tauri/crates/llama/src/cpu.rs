//! Whether this processor has what the build needs. Must be asked before any code of llama.cpp runs:
//! without the answer the program would die with an illegal instruction. What is not here: choosing
//! between builds.

use std::fmt;

/// Instructions that the build uses and this processor lacks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MissingFeatures(Vec<&'static str>);

impl MissingFeatures {
    /// Their names.
    #[must_use]
    pub fn names(&self) -> &[&'static str] {
        &self.0
    }
}

impl fmt::Display for MissingFeatures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "this processor lacks {}, which Hearth needs to run a model", self.0.join(", "))
    }
}

impl std::error::Error for MissingFeatures {}

/// Checks the processor.
///
/// # Errors
/// [`MissingFeatures`] names what it lacks.
pub fn check() -> Result<(), MissingFeatures> {
    verdict(&features())
}

/// The one sentence is made from the table alone, so that a test can play an old processor.
fn verdict(features: &[(&'static str, bool)]) -> Result<(), MissingFeatures> {
    let missing: Vec<_> =
        features.iter().filter(|(_, present)| !present).map(|(name, _)| *name).collect();
    if missing.is_empty() { Ok(()) } else { Err(MissingFeatures(missing)) }
}

/// What llama-cpp-sys-2 compiles for on x86-64 unless told otherwise.
#[cfg(target_arch = "x86_64")]
fn features() -> [(&'static str, bool); 4] {
    [
        ("AVX2", std::arch::is_x86_feature_detected!("avx2")),
        ("FMA", std::arch::is_x86_feature_detected!("fma")),
        ("F16C", std::arch::is_x86_feature_detected!("f16c")),
        ("BMI2", std::arch::is_x86_feature_detected!("bmi2")),
    ]
}

/// Other processors: the build asks for nothing beyond the target's baseline.
#[cfg(not(target_arch = "x86_64"))]
fn features() -> [(&'static str, bool); 0] {
    []
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_old_processor_is_told_in_one_sentence_what_it_lacks() {
        let missing = verdict(&[("AVX2", false), ("FMA", true), ("F16C", false)]).unwrap_err();
        assert_eq!(missing.names(), ["AVX2", "F16C"]);
        assert_eq!(
            missing.to_string(),
            "this processor lacks AVX2, F16C, which Hearth needs to run a model"
        );
    }

    #[test]
    fn a_processor_with_everything_passes() {
        assert_eq!(verdict(&[("AVX2", true)]), Ok(()));
    }
}
