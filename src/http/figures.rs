//! The figures of `/metrics`: their names, what they mean, and the recorder that holds them.
//! `docs/metrics.md` is their reference.

use std::sync::OnceLock;
use std::time::Duration;

use metrics::{counter, describe_counter, describe_gauge, describe_histogram};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};

/// How often the recorder folds what was measured into its buckets.
const UPKEEP_EVERY: Duration = Duration::from_secs(5);

enum Kind {
    Counter,
    Gauge,
    /// Its upper bounds, in seconds.
    Histogram(&'static [f64]),
}

struct Figure {
    name: &'static str,
    kind: Kind,
    help: &'static str,
}

const fn counter_of(name: &'static str, help: &'static str) -> Figure {
    Figure { name, kind: Kind::Counter, help }
}

const REQUEST_BOUNDS: &[f64] = &[0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0];
const SYNTHESIS_BOUNDS: &[f64] = &[0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0];
const FIRST_AUDIO_BOUNDS: &[f64] = &[0.025, 0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 12.8];

/// Every figure there is.
const FIGURES: [Figure; 14] = [
    counter_of("listen_syntheses_total", "Calls of an engine, by engine, outcome and purpose."),
    counter_of("listen_synthesis_retries_total", "Sentences that were tried again, by engine."),
    counter_of(
        "listen_segment_requests_total",
        "Sentences asked for: found in the store (hit), made, or made for somebody else already (shared).",
    ),
    Figure {
        name: "listen_synthesis_seconds",
        kind: Kind::Histogram(SYNTHESIS_BOUNDS),
        help: "Time an engine took for one sentence, by engine.",
    },
    counter_of("listen_audio_seconds_total", "Seconds of speech made, by engine."),
    Figure {
        name: "listen_first_audio_seconds",
        kind: Kind::Histogram(FIRST_AUDIO_BOUNDS),
        help: "From a request to the first audio of an article that was not made yet.",
    },
    Figure { name: "listen_queue_depth", kind: Kind::Gauge, help: "What waits to be made, by priority." },
    counter_of("listen_store_errors_total", "Failures of the store, by operation."),
    counter_of("listen_corrupt_blobs_total", "Stored bytes that were not what their name says."),
    counter_of("listen_worker_restarts_total", "Engine workers that were replaced, by engine and reason."),
    counter_of("listen_http_requests_total", "Requests answered, by route and status."),
    Figure {
        name: "listen_http_seconds",
        kind: Kind::Histogram(REQUEST_BOUNDS),
        help: "From a request to the head of its answer, by route.",
    },
    counter_of("listen_plays_total", "Plays that players reported."),
    Figure { name: "listen_build_info", kind: Kind::Gauge, help: "1; its label is the version that runs." },
];

static RECORDER: OnceLock<Option<PrometheusHandle>> = OnceLock::new();

/// Installs the recorder, once for the process.
pub(super) fn install() {
    RECORDER.get_or_init(|| match recorder() {
        Ok(handle) => {
            introduce();
            Some(handle)
        }
        Err(error) => {
            tracing::warn!("/metrics stays empty: {error}");
            None
        }
    });
}

fn recorder() -> Result<PrometheusHandle, metrics_exporter_prometheus::BuildError> {
    let mut builder = PrometheusBuilder::new();
    for figure in &FIGURES {
        if let Kind::Histogram(bounds) = figure.kind {
            builder = builder.set_buckets_for_metric(Matcher::Full(figure.name.to_owned()), bounds)?;
        }
    }
    builder.install_recorder()
}

/// Says what each figure means, and starts the ones whose labels are known at 0, so that a dashboard
/// sees them before anything happens.
fn introduce() {
    for Figure { name, kind, help } in &FIGURES {
        match kind {
            Kind::Counter => describe_counter!(*name, *help),
            Kind::Gauge => describe_gauge!(*name, *help),
            Kind::Histogram(_) => describe_histogram!(*name, *help),
        }
    }
    for outcome in ["hit", "made", "shared"] {
        counter!("listen_segment_requests_total", "outcome" => outcome).increment(0);
    }
    for name in ["listen_corrupt_blobs_total", "listen_plays_total"] {
        counter!(name).increment(0);
    }
    metrics::gauge!("listen_build_info", "version" => env!("CARGO_PKG_VERSION")).set(1.0);
}

/// All figures in Prometheus's text form.
pub(super) fn text() -> String {
    RECORDER.get().and_then(Option::as_ref).map(PrometheusHandle::render).unwrap_or_default()
}

/// Keeps the recorder small; ends when its task is ended.
pub(super) async fn upkeep() {
    let mut ticks = tokio::time::interval(UPKEEP_EVERY);
    loop {
        ticks.tick().await;
        if let Some(Some(recorder)) = RECORDER.get() {
            recorder.run_upkeep();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const REFERENCE: &str = include_str!("../../docs/metrics.md");

    #[test]
    fn every_figure_is_in_the_reference_and_nothing_else() {
        for figure in &FIGURES {
            assert!(REFERENCE.contains(&format!("`{}", figure.name)), "{} is not documented", figure.name);
        }
        for word in REFERENCE.split(|c: char| !c.is_ascii_alphanumeric() && c != '_') {
            let word = ["_bucket", "_sum", "_count"].iter().fold(word, |word, end| {
                word.strip_suffix(end).filter(|stem| FIGURES.iter().any(|f| f.name == *stem)).unwrap_or(word)
            });
            let known = !word.starts_with("listen_") || FIGURES.iter().any(|figure| figure.name == word);
            assert!(known, "docs/metrics.md names {word}, which does not exist");
        }
    }

    #[test]
    fn the_exposition_is_prometheus_text_with_buckets() {
        install();
        metrics::histogram!("listen_http_seconds", "route" => "/a").record(0.02);
        counter!("listen_http_requests_total", "route" => "/a", "status" => "200").increment(1);
        let text = text();
        for line in [
            "# HELP listen_http_requests_total Requests answered, by route and status.",
            "# TYPE listen_http_seconds histogram",
            "listen_segment_requests_total{outcome=\"made\"} 0",
            "listen_plays_total 0",
        ] {
            assert!(text.lines().any(|l| l == line), "{line} is missing in:\n{text}");
        }
        assert!(text.contains("listen_http_seconds_bucket{route=\"/a\",le=\"0.03\"}"), "{text}");
    }
}
