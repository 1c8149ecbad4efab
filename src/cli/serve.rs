use std::net::SocketAddr;
use std::time::Duration;

use anyhow::Context as _;
use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};

use super::common::{self, Common, size_bytes};
use super::{log, out};
use crate::app::{App, Submission, this_program};
use crate::article::ArticleId;
use crate::config::{Config, Flags};
use crate::http;
use crate::text::Format;

/// How long the app may take to put its work down after the last request.
const PUT_DOWN: Duration = Duration::from_secs(20);

/// How long leftover threads may hold up the end of the program.
const THREADS_END: Duration = Duration::from_secs(2);

/// Exit code of a program that was told twice to stop (128 + SIGINT, as shells say it).
const TOLD_TWICE: i32 = 130;

#[derive(Debug, clap::Args)]
#[command(
    after_help = "It prints its address once it accepts. SIGINT (Ctrl-C) and SIGTERM stop it; a second one stops it at once.
On an address other than this machine's own it needs a key: `listen keys create NAME`, or LISTEN_API_KEY.

Examples:
  listen serve --sample
  listen serve --bind 127.0.0.1:0
  listen serve --bind 0.0.0.0:5478 --public-url https://listen.example.org
  listen serve --cache /var/cache/listen --db sqlite:/var/lib/listen/listen.db --cache-limit 50GB"
)]
pub(super) struct Args {
    /// Address to listen on; port 0 picks a free one [env: LISTEN_BIND] [default: 127.0.0.1:5478]
    #[arg(long, value_name = "ADDR")]
    bind: Option<SocketAddr>,
    /// Address that feeds, guids and embeds are built on [env: LISTEN_PUBLIC_URL] [default: the bound
    /// address]
    #[arg(long, value_name = "URL")]
    public_url: Option<String>,
    /// Most that the cache may hold, such as 20GB
    #[arg(long, value_name = "SIZE", value_parser = size_bytes)]
    cache_limit: Option<u64>,
    /// Publish a sample article, to have something to listen to
    #[arg(long)]
    sample: bool,
    #[command(flatten)]
    common: Common,
}

impl Args {
    fn flags(&self) -> Flags {
        let mut flags = self.common.flags();
        flags.bind = self.bind;
        flags.public_url = self.public_url.clone();
        flags.limits.cache_bytes = self.cache_limit;
        flags
    }
}

/// Runs the service until it is told to stop.
pub(super) fn run(args: Args) -> anyhow::Result<()> {
    common::warm_up();
    let config = args.common.load(&args.flags())?;
    log::start(&config)?;
    let runtime = common::runtime()?;
    let done = runtime.block_on(serve(config, args.sample));
    runtime.shutdown_timeout(THREADS_END);
    done
}

async fn serve(config: Config, with_sample: bool) -> anyhow::Result<()> {
    let stop = stop_signals()?;
    let bind = config.bind;
    let listener = TcpListener::bind(bind)
        .await
        .with_context(|| format!("binding {bind}; another program may have it: try --bind 127.0.0.1:0"))?;
    let app = App::open(config, this_program()?).await?;
    let served = run_service(&app, listener, with_sample, stop).await;
    if tokio::time::timeout(PUT_DOWN, app.shutdown()).await.is_err() {
        tracing::warn!("work was still running {} s after the stop", PUT_DOWN.as_secs());
    }
    served
}

async fn run_service(
    app: &App,
    listener: TcpListener,
    with_sample: bool,
    stop: impl Future<Output = ()>,
) -> anyhow::Result<()> {
    let service = http::Service::prepare(app.clone(), listener).await?;
    // Whether anybody reads it is nothing to a service.
    let _ = out::line(&format!("listening on http://{}", service.address()));
    if with_sample {
        publish_sample(app).await?;
    }
    for problem in app.readiness().await.problems {
        out::say(&format!("listen: not ready: {problem}"));
    }
    service.run(stop).await;
    Ok(())
}

/// The sample article: its id and its Markdown.
fn sample() -> (&'static str, &'static str) {
    const MARKDOWN: &str = include_str!("../../samples/night-ferry.md");
    ("night-ferry", MARKDOWN)
}

async fn publish_sample(app: &App) -> anyhow::Result<()> {
    let (id, markdown) = sample();
    let id: ArticleId = id.parse()?;
    let submission = Submission::of_body(Format::Markdown, markdown.to_owned());
    app.put_article(&id, submission).await.context("publishing the sample article")?;
    Ok(())
}

/// Resolves at the first SIGINT or SIGTERM; a second one ends the program at once.
fn stop_signals() -> anyhow::Result<impl Future<Output = ()>> {
    let mut interrupt = signal(SignalKind::interrupt()).context("listening for SIGINT")?;
    let mut terminate = signal(SignalKind::terminate()).context("listening for SIGTERM")?;
    Ok(async move {
        either(&mut interrupt, &mut terminate).await;
        tracing::info!("stopping; once more stops at once");
        tokio::spawn(async move {
            either(&mut interrupt, &mut terminate).await;
            std::process::exit(TOLD_TWICE);
        });
    })
}

async fn either(interrupt: &mut Signal, terminate: &mut Signal) {
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_reach_the_configuration() {
        use clap::Parser as _;
        #[derive(Debug, clap::Parser)]
        struct Only {
            #[command(flatten)]
            args: Args,
        }
        let typed =
            "serve --bind 127.0.0.1:0 --public-url https://a.example/ --cache-limit 5GB --cache c --log-json";
        let Only { args } = Only::try_parse_from(typed.split(' ')).expect("it parses");
        let flags = args.flags();
        assert_eq!(flags.bind.map(|bind| bind.port()), Some(0));
        assert_eq!(flags.limits.cache_bytes, Some(5_000_000_000));
        assert_eq!((flags.cache.as_deref(), flags.log_json), (Some("c"), Some(true)));
        assert_eq!(flags.db, None);
    }

    #[test]
    fn the_sample_is_an_article() {
        let (id, markdown) = sample();
        assert!(id.parse::<ArticleId>().is_ok());
        assert!(markdown.starts_with("# "), "{markdown}");
    }
}
