use anyhow::bail;
use clap::{Args as ClapArgs, Subcommand};
use serde::Serialize;

use super::common::{self, Shown};
use super::{log, out};
use crate::app::{self, PublisherKey};
use crate::config::Config;

#[derive(Debug, ClapArgs)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "A publisher sends its key as `Authorization: Bearer …`. A key made with --feed opens that private feed \
and nothing else: a listener's app has it in the feed's address. All of it works beside a running service, which knows \
at once.

Examples:
  listen keys create newsroom               prints the key, this once
  KEY=$(listen keys create newsroom)
  listen keys create ada --feed members     the address of a private feed, for one listener
  listen keys                               which keys there are
  listen keys revoke 3fa1b2c4"
)]
pub(super) struct Args {
    #[command(subcommand)]
    work: Option<Work>,
    #[command(flatten)]
    list: Shown,
}

#[derive(Debug, Subcommand)]
enum Work {
    /// Make a key for a publisher, or for a listener of a private feed; it is printed this once
    #[command(after_help = "Examples:
  listen keys create newsroom
  KEY=$(listen keys create newsroom)
  listen keys create ada --feed members")]
    Create(Create),
    /// List the keys, revoked ones too (the default)
    #[command(after_help = "Examples:
  listen keys list
  listen keys list --json | jq -r '.keys[] | select(.revoked == null) | .prefix'")]
    List(Shown),
    /// Revoke a key for good
    #[command(after_help = "Examples:
  listen keys revoke 3fa1b2c4")]
    Revoke(Revoke),
}

#[derive(Debug, ClapArgs)]
struct Create {
    /// What its owner calls it, such as newsroom
    name: String,
    /// A key that only opens this private feed; the feed's address with the key is printed
    #[arg(long, value_name = "NAME")]
    feed: Option<String>,
    #[command(flatten)]
    options: Shown,
}

#[derive(Debug, ClapArgs)]
struct Revoke {
    /// The eight characters behind `lk_` that `listen keys list` shows
    prefix: String,
    #[command(flatten)]
    options: Shown,
}

/// A key as programs read it.
#[derive(Serialize)]
struct Listed<'a> {
    prefix: &'a str,
    name: &'a str,
    feed: Option<&'a str>,
    created: String,
    revoked: Option<String>,
}

pub(super) fn run(args: Args) -> anyhow::Result<()> {
    let work = args.work.unwrap_or(Work::List(args.list));
    let (Work::Create(Create { options, .. }) | Work::List(options) | Work::Revoke(Revoke { options, .. })) =
        &work;
    let config = options.common.load(&options.common.flags())?;
    log::start_quietly(&config)?;
    common::runtime()?.block_on(async {
        match &work {
            Work::Create(create) => make(&config, create).await,
            Work::List(options) => list(&config.db, options.json).await,
            Work::Revoke(revoke) => end(&config.db, revoke).await,
        }
    })
}

async fn make(config: &Config, create: &Create) -> anyhow::Result<()> {
    if let Some(feed) = &create.feed {
        private_feed(config, feed)?;
    }
    let made = app::create_key(&config.db, &create.name, create.feed.as_deref()).await?;
    let token = made.token.reveal();
    let address = create.feed.as_ref().map(|feed| {
        let base = config.public_url.clone().unwrap_or_else(|| format!("http://{}", config.bind));
        format!("{base}/feeds/{feed}.xml?key={token}")
    });
    if create.options.json {
        let mut object = serde_json::to_value(listed(&made.key))?;
        object["token"] = token.into();
        object["address"] = address.into();
        return out::json(&object);
    }
    out::line(address.as_deref().unwrap_or(token))?;
    let (name, prefix) = (&made.key.name, &made.key.prefix);
    out::say(&format!("This is the key of {name}. It is kept nowhere: it cannot be shown again."));
    out::say(&format!("To end it: listen keys revoke {prefix}"));
    Ok(())
}

/// A key of a feed that everybody may hear would be no key.
fn private_feed(config: &Config, name: &str) -> anyhow::Result<()> {
    match config.feed(name) {
        Some(feed) if feed.private => Ok(()),
        Some(_) => bail!(
            "the feed \"{name}\" is open to everybody; write `private = true` under [feeds.{name}] first"
        ),
        None => bail!("the configuration has no feed \"{name}\"; write [feeds.{name}] with `private = true`"),
    }
}

async fn list(db: &str, json: bool) -> anyhow::Result<()> {
    let keys = app::keys(db).await?;
    if json {
        let keys: Vec<_> = keys.iter().map(listed).collect();
        return out::json(&serde_json::json!({ "keys": keys }));
    }
    if keys.is_empty() {
        out::say(&format!("no keys in {db}; `listen keys create NAME` makes one"));
        return Ok(());
    }
    let rows: Vec<[String; 5]> = keys
        .iter()
        .map(|key| {
            let Listed { prefix, name, feed, created, revoked } = listed(key);
            let or_none = |text: Option<String>| text.unwrap_or_else(|| "-".to_owned());
            [prefix.to_owned(), created, or_none(revoked), or_none(feed.map(str::to_owned)), name.to_owned()]
        })
        .collect();
    out::text(&out::table(["PREFIX", "CREATED", "REVOKED", "FEED", "NAME"], &rows))
}

async fn end(db: &str, revoke: &Revoke) -> anyhow::Result<()> {
    let prefix = prefix_of(&revoke.prefix);
    if !app::revoke_key(db, prefix).await? {
        bail!("{db} has no key \"{prefix}\" in force; `listen keys list` shows those there are");
    }
    if revoke.options.json {
        return out::json(&serde_json::json!({ "prefix": prefix, "revoked": true }));
    }
    out::say(&format!("{prefix} is revoked"));
    Ok(())
}

/// The public part of what was typed: a prefix, or a whole key.
fn prefix_of(typed: &str) -> &str {
    typed.trim().strip_prefix("lk_").and_then(|rest| rest.split('_').next()).unwrap_or(typed.trim())
}

fn listed(key: &PublisherKey) -> Listed<'_> {
    let at = |ms: i64| jiff::Timestamp::from_millisecond(ms).map_or_else(|_| ms.to_string(), seconds);
    Listed {
        prefix: &key.prefix,
        name: &key.name,
        feed: key.feed.as_deref(),
        created: at(key.created_ms),
        revoked: key.revoked_ms.map(at),
    }
}

/// RFC 3339, in whole seconds.
fn seconds(time: jiff::Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_named_by_its_prefix_or_by_all_of_it() {
        for typed in ["3fa1b2c4", " 3fa1b2c4\n", "lk_3fa1b2c4", "lk_3fa1b2c4_AAAA_BBB"] {
            assert_eq!(prefix_of(typed), "3fa1b2c4", "{typed}");
        }
    }

    #[test]
    fn times_are_in_whole_seconds_of_utc() {
        let time = jiff::Timestamp::from_millisecond(1_764_000_000_999).unwrap();
        assert_eq!(seconds(time), "2025-11-24T16:00:00Z");
    }
}
