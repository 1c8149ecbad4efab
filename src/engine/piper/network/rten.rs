//! Networks in rten.

use std::cell::OnceCell;
use std::fmt::Display;
use std::sync::Arc;

use rten::{Model, ModelOptions, NodeId, RunOptions, ThreadPool, Value, ValueOrView, ValueView};

use super::{Manner, Output, Run};
use crate::engine::piper::graph::{self, Noise, Prepared};

/// Its name and version, for keys.
pub(super) const REVISION: &str = "rten-0.27";

/// A thread on which rten runs networks, from the first on. It has the priority of the thread that first runs
/// one, so each thread has one of its own.
#[derive(Default)]
pub(in crate::engine::piper) struct Core(OnceCell<Arc<ThreadPool>>);

impl Core {
    fn pool(&self) -> Arc<ThreadPool> {
        Arc::clone(self.0.get_or_init(|| Arc::new(ThreadPool::with_num_threads(1))))
    }
}

/// A network; all threads run the same.
pub(super) struct Loaded {
    model: Model,
    input: NodeId,
    input_lengths: NodeId,
    scales: NodeId,
    speaker: Option<NodeId>,
    output: NodeId,
    durations: NodeId,
}

impl Loaded {
    /// Reads an ONNX file.
    ///
    /// # Errors
    /// When it is no Piper voice, in words.
    pub(super) fn new(file: &[u8]) -> Result<Self, String> {
        let Prepared { bytes, durations } = graph::prepare(file, Noise::Theirs)?;
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
}

impl Run for Loaded {
    fn run(&self, ids: &[i32], manner: &Manner, core: &Core) -> Result<Output, String> {
        let lengths = [ids.len() as i32];
        let scales = manner.scales();
        let broken = |error: &dyn Display| error.to_string();
        let mut inputs: Vec<(NodeId, ValueOrView<'_>)> = vec![
            (self.input, ValueView::from_shape([1, ids.len()], ids).map_err(|e| broken(&e))?.into()),
            (self.input_lengths, ValueView::from_shape([1], &lengths).map_err(|e| broken(&e))?.into()),
            (self.scales, ValueView::from_shape([3], &scales).map_err(|e| broken(&e))?.into()),
        ];
        let speaker = [manner.speaker.unwrap_or(0)];
        if let Some(node) = self.speaker {
            inputs.push((node, ValueView::from_shape([1], &speaker).map_err(|e| broken(&e))?.into()));
        }
        let options = RunOptions::default().with_thread_pool(Some(core.pool()));
        let [samples, durations] = self
            .model
            .run_n(inputs, [self.output, self.durations], Some(options))
            .map_err(|error| broken(&error))?;
        let samples = floats(samples).ok_or("its output is no sound")?;
        Ok(Output { samples, durations: floats(durations).unwrap_or_default() })
    }
}

fn floats(value: Value) -> Option<Vec<f32>> {
    let tensor: rten_tensor::Tensor<f32> = value.try_into().ok()?;
    Some(tensor.into_data())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_network_is_refused() {
        assert!(Loaded::new(b"").is_err());
        assert!(Loaded::new(b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n").is_err());
    }
}
