use anyhow::ensure;
use serde_json::{Value, json};

use super::common::{self, Common};
use super::{log, out};
use crate::app::{Rebuilt, Studio, rebuild_articles, this_program};
use crate::article::ArticleId;

#[derive(Debug, clap::Args)]
#[command(
    after_help = "A new version of listen or of a voice never changes stored articles by itself; this does. \
Articles are queued, and a running `listen serve` makes their audio; until it is there the old audio is served. \
Sentences that stay the same are not made again.

Examples:
  listen rebuild night-ferry
  listen rebuild night-ferry harbour-news
  listen rebuild --all --db sqlite:/var/lib/listen/listen.db"
)]
pub(super) struct Args {
    /// The articles
    #[arg(value_name = "ID", required_unless_present = "all", conflicts_with = "all")]
    ids: Vec<ArticleId>,

    /// All that are stored
    #[arg(long)]
    all: bool,

    /// Print a JSON object: {"rebuilt": [...], "failed": [...]}
    #[arg(long)]
    json: bool,

    #[command(flatten)]
    common: Common,
}

pub(super) fn run(args: Args) -> anyhow::Result<()> {
    let config = args.common.load(&args.common.flags())?;
    log::start_quietly(&config)?;
    let (mut rebuilt, mut failed) = (Vec::<Rebuilt>::new(), Vec::<Value>::new());
    let ids = (!args.all).then_some(args.ids);
    common::runtime()?.block_on(async {
        let studio = Studio::open(config, this_program()?).await?;
        let done = rebuild_articles(&studio, ids, |id, result| match result {
            Ok(article) => {
                if !args.json {
                    out::say(&line(&article));
                }
                rebuilt.push(article);
            }
            Err(error) => {
                let message = out::chain(&error.into());
                if !args.json {
                    out::say(&format!("listen: {id}: {message}"));
                }
                failed.push(json!({ "id": id, "error": message }));
            }
        });
        let done = done.await;
        studio.close().await;
        done
    })?;
    if args.json {
        out::json(&json!({ "rebuilt": rebuilt, "failed": failed }))?;
    } else if !rebuilt.is_empty() {
        out::say(&format!("{} queued; a running `listen serve` makes the audio", count(rebuilt.len())));
    }
    ensure!(
        failed.is_empty(),
        "{} of {} could not be planned anew",
        failed.len(),
        count(rebuilt.len() + failed.len())
    );
    Ok(())
}

fn line(article: &Rebuilt) -> String {
    let Rebuilt { id, revision, changed, .. } = article;
    let what = if *changed { "new revision" } else { "unchanged, revision" };
    format!("{id}: {what} {revision}")
}

fn count(articles: usize) -> String {
    if articles == 1 { "1 article".to_owned() } else { format!("{articles} articles") }
}
