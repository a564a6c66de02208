//! A trained linear head: one weight for each of many hashed features, added up. It sees the forms of
//! a text, the concepts and the rules, and weighs them together where no single rule is sure.
//!
//! The weights are a file that `examples/train.rs` writes; they hold no text. `HEADS.md` beside this
//! file says from what and how, with the files' hashes. A file that is damaged gives no head.

mod features;

pub use features::{BITS, Features};

const MAGIC: &[u8; 8] = b"HearthH1";
/// Magic, bits, scale, bias, slope, check.
const HEADER: usize = 8 + 4 + 4 + 4 + 4 + 8;

/// A trained head.
#[derive(Clone, Debug)]
pub struct Head {
    weights: Vec<i8>,
    scale: f32,
    bias: f32,
    slope: f32,
}

impl Head {
    /// The one for injection and jailbreaks.
    #[must_use]
    pub fn injection() -> Option<Self> {
        Self::read(include_bytes!("injection.bin"))
    }

    /// The one for abuse.
    #[must_use]
    pub fn toxicity() -> Option<Self> {
        Self::read(include_bytes!("toxicity.bin"))
    }

    /// Reads a file of weights; none where anything about it is not as written.
    #[must_use]
    pub fn read(file: &[u8]) -> Option<Self> {
        let number = |at: usize| Some(f32::from_le_bytes(file.get(at..at + 4)?.try_into().ok()?));
        let bits = u32::from_le_bytes(file.get(8..12)?.try_into().ok()?);
        let check = u64::from_le_bytes(file.get(24..HEADER)?.try_into().ok()?);
        let weights = file.get(HEADER..)?;
        let whole = file.get(..8)? == MAGIC
            && bits == BITS
            && weights.len() == 1 << BITS
            && features::hash(weights) == check;
        let weights = weights.iter().map(|byte| i8::from_le_bytes([*byte])).collect();
        let (scale, bias, slope) = (number(12)?, number(16)?, number(20)?);
        let sound = scale.is_finite() && bias.is_finite() && slope.is_finite();
        (whole && sound).then_some(Self { weights, scale, bias, slope })
    }

    /// A file of weights. `bias` is such that the threshold lies at 0.
    #[must_use]
    pub fn file(weights: &[f32], bias: f32, slope: f32) -> Vec<u8> {
        let largest = weights.iter().fold(1e-9f32, |most, weight| most.max(weight.abs()));
        let scale = largest / 127.0;
        // Within -127 to 127 by construction.
        #[allow(clippy::cast_possible_truncation)]
        let small: Vec<u8> = weights.iter().map(|it| (it / scale).round() as i8 as u8).collect();
        let mut file = MAGIC.to_vec();
        file.extend(BITS.to_le_bytes());
        for number in [scale, bias, slope] {
            file.extend(number.to_le_bytes());
        }
        file.extend(features::hash(&small).to_le_bytes());
        file.extend(small);
        file
    }

    /// From 0 to 1; a half is the threshold.
    #[must_use]
    pub fn score(&self, features: &Features) -> f32 {
        let mut sum = self.bias;
        for (index, value) in features.values() {
            let weight = self.weights.get(index as usize).copied().unwrap_or(0);
            sum += f32::from(weight) * self.scale * value;
        }
        1.0 / (1.0 + (-sum * self.slope).exp())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_heads_that_ship_are_whole() {
        assert!(Head::injection().is_some() && Head::toxicity().is_some());
    }

    #[test]
    fn the_heads_that_ship_are_the_ones_that_are_written_down() {
        use sha2::{Digest, Sha256};
        let written = include_str!("HEADS.md");
        for file in [&include_bytes!("injection.bin")[..], include_bytes!("toxicity.bin")] {
            let hash = data_encoding::HEXLOWER.encode(&Sha256::digest(file));
            assert!(written.contains(&hash), "{hash}");
        }
    }

    #[test]
    fn ac_50_a_damaged_file_gives_no_head() {
        let file = Head::file(&vec![0.5; 1 << BITS], 0.1, 1.0);
        assert!(Head::read(&file).is_some());
        for at in [0, 9, 30, HEADER + 5, file.len() - 1] {
            let mut damaged = file.clone();
            damaged[at] ^= 0x40;
            assert!(Head::read(&damaged).is_none(), "byte {at}");
        }
        for length in [0, 7, HEADER, file.len() - 1] {
            assert!(Head::read(&file[..length]).is_none(), "{length} bytes");
        }
    }

    #[test]
    fn weights_survive_the_file() {
        let mut weights = vec![0.0; 1 << BITS];
        let mut features = Features::default();
        features.flag("rule", 3, 1.0);
        let (index, _) = features.values().next().unwrap();
        weights[index as usize] = 2.0;
        let head = Head::read(&Head::file(&weights, -1.0, 1.0)).unwrap();
        assert!((head.score(&features) - 0.731).abs() < 0.01);
        assert!((head.score(&Features::default()) - 0.269).abs() < 0.01);
    }
}
