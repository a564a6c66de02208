//! Logistic regression with an L2 penalty, by stochastic gradient descent with one rate a weight.
//! Rows are taken in one fixed order, so that the same rows give the same weights.

use hearth_guard::head::BITS;

const EPOCHS: usize = 40;
const RATE: f32 = 0.25;
const PENALTY: f32 = 2e-4;

/// A row as numbers.
pub(crate) struct Example {
    pub(crate) values: Vec<(u32, f32)>,
    pub(crate) positive: bool,
    pub(crate) weight: f32,
}

/// A trained model.
pub(crate) struct Model {
    pub(crate) weights: Vec<f32>,
    pub(crate) bias: f32,
}

impl Model {
    pub(crate) fn trained(examples: &[&Example]) -> Self {
        let mut model = Self { weights: vec![0.0; 1 << BITS], bias: 0.0 };
        let mut squares = vec![1e-3f32; 1 << BITS];
        let mut bias_square = 1e-3f32;
        let mut state = 0x2545_f491_4f6c_dd1d_u64;
        let mut order: Vec<usize> = (0..examples.len()).collect();
        for _ in 0..EPOCHS {
            for at in (1..order.len()).rev() {
                state ^= state << 13;
                state ^= state >> 7;
                state ^= state << 17;
                let other = usize::try_from(state % (at as u64 + 1)).unwrap_or(0);
                order.swap(at, other);
            }
            for at in &order {
                let example = examples[*at];
                let target = if example.positive { 1.0 } else { 0.0 };
                let chance = 1.0 / (1.0 + (-model.sum(example)).exp());
                let slope = (chance - target) * example.weight;
                if example.weight == 0.0 {
                    continue;
                }
                for (index, value) in &example.values {
                    let index = *index as usize;
                    let step = slope * value + PENALTY * model.weights[index];
                    squares[index] += step * step;
                    model.weights[index] -= RATE * step / squares[index].sqrt();
                }
                bias_square += slope * slope;
                model.bias -= RATE * slope / bias_square.sqrt();
            }
        }
        model
    }

    pub(crate) fn sum(&self, example: &Example) -> f32 {
        let each = |(index, value): &(u32, f32)| self.weights[*index as usize] * value;
        self.bias + example.values.iter().map(each).sum::<f32>()
    }
}
