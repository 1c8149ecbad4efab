use anyhow::bail;
use clap::{Args as ClapArgs, Subcommand};

use super::common::{self, Shown, size_bytes};
use super::{log, out, progress};
use crate::app::{Cache, CacheStats};
use crate::config::Config;

#[derive(Debug, ClapArgs)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "All of it works beside a running service. Deleting the whole folder is safe too: it costs only time.

Examples:
  listen cache                              what is kept, and how large it is
  listen cache verify                       is every file what it should be?
  listen cache gc --cache-limit 5GB         remove what was used least recently
  listen cache stats --cache /var/cache/listen --json"
)]
pub(super) struct Args {
    #[command(subcommand)]
    work: Option<Work>,
    #[command(flatten)]
    stats: Shown,
}

#[derive(Debug, Subcommand)]
enum Work {
    /// Count what is kept (the default)
    #[command(after_help = "Examples:
  listen cache stats
  listen cache stats --json | jq .blob_bytes")]
    Stats(Shown),
    /// Hash every blob and look at every record; exit code 1 when something is wrong
    #[command(
        after_help = "What is damaged is moved to quarantine/ and made again when it is asked for (a file younger than an \
hour stays until it is written over).

Examples:
  listen cache verify
  listen cache verify --json | jq -r '.findings[].file'"
    )]
    Verify(Shown),
    /// Remove what was used least recently until the cache is under its limit
    #[command(
        after_help = "Files younger than an hour stay. The audio of the newest episodes of the feeds goes last.

Examples:
  listen cache gc
  listen cache gc --cache-limit 500MB"
    )]
    Gc(GcOptions),
}

#[derive(Debug, ClapArgs)]
struct GcOptions {
    /// What may remain, such as 20GB [default: limits.cache_bytes, or the smaller of 20 GB and 80 % of
    /// the disk]
    #[arg(long, value_name = "SIZE", value_parser = size_bytes)]
    cache_limit: Option<u64>,
    #[command(flatten)]
    options: Shown,
}

pub(super) fn run(args: Args) -> anyhow::Result<()> {
    let work = args.work.unwrap_or(Work::Stats(args.stats));
    let (options, limit) = match &work {
        Work::Stats(options) | Work::Verify(options) => (options, None),
        Work::Gc(gc) => (&gc.options, gc.cache_limit),
    };
    let mut flags = options.common.flags();
    flags.limits.cache_bytes = limit;
    let config = options.common.load(&flags)?;
    log::start_quietly(&config)?;
    common::runtime()?.block_on(async {
        let cache = Cache::open(&config).await?;
        match work {
            Work::Stats(options) => stats(&cache, &config, options.json).await,
            Work::Verify(options) => verify(&cache, options.json).await,
            Work::Gc(gc) => collect(&cache, gc.options.json).await,
        }
    })
}

async fn stats(cache: &Cache, config: &Config, json: bool) -> anyhow::Result<()> {
    let stats = cache.stats().await?;
    if json { out::json(&stats) } else { out::text(&shown(&stats, &config.cache)) }
}

fn shown(stats: &CacheStats, name: &str) -> String {
    let total = stats.total;
    let row = |what: &str, files: u64, bytes: u64| [what.to_owned(), files.to_string(), out::size(bytes)];
    let mut rows = vec![row("records", total.records, total.record_bytes)];
    rows.extend(
        stats.blobs_by_ext.iter().map(|(ext, files)| row(&format!("blobs .{ext}"), files.files, files.bytes)),
    );
    rows.push(row("quarantine", total.quarantined, total.quarantined_bytes));
    rows.push(row("all", total.records + total.blobs + total.quarantined, total.total_bytes()));
    let mut text = out::table([name, "FILES", "SIZE"], &rows);
    let free = total
        .disk_free_bytes
        .map_or_else(String::new, |free| format!(", {} free on its disk", out::size(free)));
    text.push_str(&format!("limit {}{free}\n", out::size(total.limit_bytes)));
    text
}

async fn verify(cache: &Cache, json: bool) -> anyhow::Result<()> {
    let stats = cache.stats().await?.total;
    let bar = progress::bar(stats.blobs + stats.records, "files", json);
    let report = cache.verify(|progress| bar.set(progress.files)).await?;
    bar.done();
    let wrong = report.corrupt_blobs + report.corrupt_records + report.incomplete_records;
    if json {
        out::json(&report)?;
    } else {
        for finding in &report.findings {
            out::line(&format!("{}: {}", finding.file, finding.problem))?;
        }
        let (blobs, records) = (report.blobs, report.records);
        out::say(&format!("{blobs} blobs ({}) and {records} records were checked", out::size(report.bytes)));
    }
    if wrong > 0 {
        bail!(
            "{wrong} files of the cache are not as they should be; they are made again when they are asked for"
        );
    }
    Ok(())
}

async fn collect(cache: &Cache, json: bool) -> anyhow::Result<()> {
    let report = cache.gc().await?;
    if json {
        return out::json(&report);
    }
    let (before, after) = (out::size(report.before_bytes), out::size(report.after_bytes));
    out::line(&format!(
        "{} records, {} blobs and {} quarantined files were removed: {before} before, {after} now",
        report.records, report.blobs, report.quarantined
    ))
}
