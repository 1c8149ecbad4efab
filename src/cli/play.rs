//! `listen play`, and the loudspeaker. The only user of `rodio`, and only with the feature `play`.

use std::sync::Arc;

use super::input::Page;
use super::{common, log};
use crate::app::{Plan, Studio, this_program};

#[derive(Debug, clap::Args)]
#[command(after_help = "Ctrl-C stops it. A build without sound output says so, and what to do instead.

Examples:
  listen play article.md
  listen play page.html --voice slt --rate 1.2
  pdftotext report.pdf - | listen play -")]
pub(super) struct Args {
    #[command(flatten)]
    page: Page,
}

pub(super) fn run(args: &Args) -> anyhow::Result<()> {
    let config = args.page.config()?;
    log::start_quietly(&config)?;
    let submission = args.page.submission()?;
    let speaker = Speaker::open()?;
    let runtime = common::runtime()?;
    let studio = runtime.block_on(Studio::open(config, this_program()?))?;
    let planned = runtime.block_on(async {
        let prepared = studio.prepare(&submission).await?;
        studio.plan(&prepared, args.page.voice.as_deref(), args.page.rate).await
    });
    let played = match planned {
        Ok(plan) => speaker.play(&runtime, &studio, Arc::new(plan)),
        Err(error) => Err(error.into()),
    };
    runtime.block_on(studio.close());
    played
}

pub(super) use speaker::Speaker;

#[cfg(feature = "play")]
mod speaker {
    use std::num::NonZero;

    use anyhow::Context as _;
    use futures::StreamExt as _;
    use rodio::buffer::SamplesBuffer;
    use rodio::{DeviceSinkBuilder, MixerDeviceSink, Player};
    use tokio::runtime::Runtime;
    use tokio::sync::mpsc;

    use super::{Arc, Plan, Studio};
    use crate::app::{SAMPLE_RATE_HZ, Said};
    use crate::cli::out;

    /// Sentences that wait, ready, behind the one that is heard.
    const READY_MAX: usize = 2;

    /// This machine's loudspeaker.
    pub(in crate::cli) struct Speaker {
        device: MixerDeviceSink,
    }

    impl Speaker {
        /// Opens the default sound device.
        ///
        /// # Errors
        /// When there is none, or it cannot be used.
        pub(in crate::cli) fn open() -> anyhow::Result<Self> {
            let mut device = DeviceSinkBuilder::open_default_sink().context(
                "no sound device can be used here; make a file instead: listen render INPUT -o FILE.mp3",
            )?;
            device.log_on_drop(false);
            Ok(Self { device })
        }

        /// Plays a plan, each sentence as soon as it is made, and prints each as it is spoken.
        ///
        /// # Errors
        /// When the engine or the store cannot go on.
        pub(in crate::cli) fn play(
            &self,
            runtime: &Runtime,
            studio: &Studio,
            plan: Arc<Plan>,
        ) -> anyhow::Result<()> {
            let plan = runtime.block_on(studio.current(&plan))?;
            let (send, mut ready) = mpsc::channel(READY_MAX);
            let mut saying = Box::pin(studio.say(plan));
            runtime.spawn(async move {
                while let Some(said) = saying.next().await {
                    if send.send(said).await.is_err() {
                        return;
                    }
                }
            });
            let player = Player::connect_new(self.device.mixer());
            while let Some(said) = ready.blocking_recv() {
                sound(&player, said?)?;
            }
            Ok(())
        }
    }

    fn sound(player: &Player, said: Said) -> anyhow::Result<()> {
        let Said { source, samples, pause_samples } = said;
        let Some(samples) = samples else {
            out::say(&format!("listen: this sentence could not be said: {source}"));
            return Ok(());
        };
        out::line(&source)?;
        let pause = std::iter::repeat_n(0.0, pause_samples);
        let sound: Vec<f32> =
            samples.into_iter().map(|sample| f32::from(sample) / 32_768.0).chain(pause).collect();
        let rate = NonZero::new(SAMPLE_RATE_HZ).context("a sample rate of 0")?;
        player.append(SamplesBuffer::new(NonZero::<u16>::MIN, rate, sound));
        // The next sentence is printed when it is heard, not when it is made.
        player.sleep_until_end();
        Ok(())
    }
}

#[cfg(not(feature = "play"))]
mod speaker {
    use anyhow::bail;
    use tokio::runtime::Runtime;

    use super::{Arc, Plan, Studio};

    /// What stands in for a loudspeaker in a build without sound output: there is none.
    pub(in crate::cli) enum Speaker {}

    impl Speaker {
        /// Says why there is no sound.
        ///
        /// # Errors
        /// Always.
        pub(in crate::cli) fn open() -> anyhow::Result<Self> {
            bail!(
                "this build has no sound output (the feature `play`, which servers do without). Hear it with \
                 another player:\n  listen render INPUT -o - --format wav | aplay\nor build it in: \
                 cargo build --release --features play (needs libasound2-dev)"
            )
        }

        pub(in crate::cli) fn play(&self, _: &Runtime, _: &Studio, _: Arc<Plan>) -> anyhow::Result<()> {
            match *self {}
        }
    }
}
