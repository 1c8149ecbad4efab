//! A network, run by rten.

use std::sync::Arc;

use rten::{Model, ModelOptions, NodeId, RunOptions, ThreadPool, Value, ValueOrView, ValueView};

use super::graph;

/// Samples that one number of the input may become, at most: a hop of 512, two seconds of 48 kHz.
const MAX_SAMPLES_PER_ID: usize = 96_000;

/// A network that turns numbers into sound. One is shared by all threads; each runs it for itself.
pub(super) struct Network {
    model: Model,
    input: NodeId,
    input_lengths: NodeId,
    scales: NodeId,
    speaker: Option<NodeId>,
    output: NodeId,
    durations: NodeId,
}

/// How a network is to speak.
#[derive(Clone, Copy, Debug)]
pub(super) struct Manner {
    /// Noise in the sound.
    pub(super) noise_scale: f32,
    /// Length against the network's own.
    pub(super) length_scale: f32,
    /// Noise in the rhythm.
    pub(super) noise_w: f32,
    /// The speaker, in a network with several.
    pub(super) speaker: Option<i32>,
}

/// What came of one run.
#[derive(Debug)]
pub(super) struct Sound {
    /// Samples between −1 and 1.
    pub(super) samples: Vec<f32>,
    /// The sample at which each number of the input starts, and the end.
    pub(super) starts: Vec<u64>,
}

impl Network {
    /// Reads an ONNX file.
    ///
    /// # Errors
    /// When it is no Piper voice, in words.
    pub(super) fn load(file: &[u8]) -> Result<Self, String> {
        let graph::Prepared { bytes, durations } = graph::prepare(file)?;
        let model = ModelOptions::with_all_ops().load(bytes).map_err(|error| error.to_string())?;
        let node = |name: &str| model.find_node(name).ok_or_else(|| format!("it has no \"{name}\""));
        Ok(Self {
            input: node("input")?,
            input_lengths: node("input_lengths")?,
            scales: node("scales")?,
            speaker: model.find_node("sid"),
            output: node("output")?,
            durations: node(&durations)?,
            model,
        })
    }

    /// Speaks, on the threads of `pool`.
    ///
    /// # Errors
    /// When the network fails, or gives no sound.
    pub(super) fn run(&self, ids: &[i32], manner: &Manner, pool: &Arc<ThreadPool>) -> Result<Sound, String> {
        let Manner { noise_scale, length_scale, noise_w, speaker } = *manner;
        let lengths = [ids.len() as i32];
        let scales = [noise_scale, length_scale, noise_w];
        let broken = |error: &dyn std::fmt::Display| error.to_string();
        let mut inputs: Vec<(NodeId, ValueOrView<'_>)> = vec![
            (self.input, ValueView::from_shape([1, ids.len()], ids).map_err(|e| broken(&e))?.into()),
            (self.input_lengths, ValueView::from_shape([1], &lengths).map_err(|e| broken(&e))?.into()),
            (self.scales, ValueView::from_shape([3], &scales).map_err(|e| broken(&e))?.into()),
        ];
        let speaker = [speaker.unwrap_or(0)];
        if let Some(node) = self.speaker {
            inputs.push((node, ValueView::from_shape([1], &speaker).map_err(|e| broken(&e))?.into()));
        }
        let options = RunOptions::default().with_thread_pool(Some(Arc::clone(pool)));
        let [samples, durations] = self
            .model
            .run_n(inputs, [self.output, self.durations], Some(options))
            .map_err(|error| broken(&error))?;
        let samples = floats(samples).ok_or("its output is no sound")?;
        if samples.is_empty() || samples.len() > ids.len() * MAX_SAMPLES_PER_ID {
            return Err(format!("it made {} samples of {} symbols", samples.len(), ids.len()));
        }
        let durations = floats(durations).unwrap_or_default();
        let starts = starts(&durations, ids.len(), samples.len());
        Ok(Sound { samples, starts })
    }
}

fn floats(value: Value) -> Option<Vec<f32>> {
    let tensor: rten_tensor::Tensor<f32> = value.try_into().ok()?;
    Some(tensor.into_data())
}

/// Where each number starts, from its length in hops. A hop is a fixed number of samples, which follows
/// from the sum of the lengths. Empty when the lengths are not those of the input.
fn starts(durations: &[f32], ids: usize, samples: usize) -> Vec<u64> {
    let total: f64 = durations.iter().map(|hops| f64::from(*hops)).sum();
    let are_lengths = durations.iter().all(|hops| hops.is_finite() && *hops >= 0.0);
    if durations.len() != ids || !are_lengths || total <= 0.0 {
        return Vec::new();
    }
    let hop = samples as f64 / total;
    let mut at = 0.0;
    let mut starts = vec![0];
    for hops in durations {
        at += f64::from(*hops);
        starts.push((at * hop).round() as u64);
    }
    starts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn starts_are_multiples_of_the_hop() {
        assert_eq!(starts(&[2.0, 1.0, 3.0], 3, 1_536), [0, 512, 768, 1_536]);
        for wrong in [&[1.0, 1.0][..], &[1.0, f32::NAN, 1.0], &[1.0, -1.0, 1.0], &[0.0, 0.0, 0.0]] {
            assert!(starts(wrong, 3, 256).is_empty(), "{wrong:?}");
        }
    }

    #[test]
    fn what_is_no_network_is_refused() {
        assert!(Network::load(b"").is_err());
        assert!(Network::load(b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n").is_err());
    }
}
