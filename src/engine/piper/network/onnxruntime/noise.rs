//! The noise of networks. ONNX Runtime's own goes on from run to run where it stopped, so that a sentence
//! would sound different after every other; this one starts anew at every run, and draws what rten draws.

use fastrand_contrib::{Rng, RngExt as _};
use ort::operator::{ComputeContext, Kernel, KernelContext, Operator, OperatorInput, OperatorOutput};
use ort::value::TensorElementType;

use crate::engine::piper::graph::{NOISE_OPERATOR, NOISE_VERSION};

/// [`NOISE_OPERATOR`], for floats.
pub(super) struct NoiseOperator;

impl Operator for NoiseOperator {
    type Kernel<'attr> = Noise;

    fn name(&self) -> &str {
        NOISE_OPERATOR
    }

    fn versions(&self) -> std::ops::RangeInclusive<u32> {
        NOISE_VERSION..=NOISE_VERSION
    }

    fn inputs(&self) -> impl IntoIterator<Item = OperatorInput> {
        [OperatorInput::required(TensorElementType::Float32)]
    }

    fn outputs(&self) -> impl IntoIterator<Item = OperatorOutput> {
        [OperatorOutput::required(TensorElementType::Float32)]
    }

    fn create_kernel<'attr>(&self, node: &KernelContext<'attr>) -> ort::Result<Noise> {
        let seed = node.get("seed").ok_or_else(|| ort::Error::new("its noise has no seed"))?;
        Ok(Noise { seed, mean: node.get("mean").unwrap_or(0.0), scale: node.get("scale").unwrap_or(1.0) })
    }
}

/// A node: a normal distribution, and where it starts.
pub(super) struct Noise {
    seed: f32,
    mean: f32,
    scale: f32,
}

impl Noise {
    /// As rten fills a tensor.
    fn fill(&self, values: &mut [f32]) {
        let mut random = Rng::with_seed(self.seed.to_bits().into());
        values.fill_with(|| random.f32_normal_approx(self.mean, self.scale));
    }
}

impl Kernel for Noise {
    fn compute(&mut self, run: &ComputeContext) -> ort::Result<()> {
        let missing = || ort::Error::new("a node of noise lacks its input or output");
        let shape = run.input(0)?.ok_or_else(missing)?.shape().to_vec();
        let mut output = run.output(0, shape)?.ok_or_else(missing)?;
        let (_, values) = output.try_extract_tensor_mut::<f32>()?;
        self.fill(values);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_normal_and_starts_anew() {
        let noise = Noise { seed: 1.0, mean: 3.0, scale: 0.5 };
        let mut values = vec![0.0; 50_000];
        noise.fill(&mut values);
        let mean = values.iter().sum::<f32>() / values.len() as f32;
        let spread = values.iter().map(|value| (value - mean).powi(2)).sum::<f32>() / values.len() as f32;
        assert!((mean - 3.0).abs() < 0.02 && (spread.sqrt() - 0.5).abs() < 0.02, "{mean} {spread}");
        let mut start = [0.0; 9];
        noise.fill(&mut start);
        assert_eq!(start, values[..9]);
        Noise { seed: 2.0, ..noise }.fill(&mut start);
        assert_ne!(start, values[..9]);
    }
}
