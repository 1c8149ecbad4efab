use super::types::Episode;
use super::{App, AppError, Kind};
use crate::article::{Article, BlockKind, Lang};
use crate::audio::FRAME_MS;
use crate::catalog::{FeedItem, FeedQuery};

/// Episodes of a feed that are shown; older ones stay on their pages.
const EPISODES_MAX: u32 = 300;

/// Longest summary, in characters.
const SUMMARY_CHARS_MAX: usize = 400;

impl App {
    /// Finished episodes of a feed, the newest first.
    ///
    /// # Errors
    /// An unknown feed.
    pub async fn episodes(&self, feed: &str) -> Result<Vec<Episode>, AppError> {
        if self.config().feed(feed).is_none() {
            let message = format!("there is no feed \"{feed}\"");
            return Err(AppError::new(Kind::NotFound, "unknown_feed", message).about("feed"));
        }
        let query = FeedQuery {
            feed: Some(feed.to_owned()),
            format: "mp3".to_owned(),
            limit: EPISODES_MAX,
            offset: 0,
        };
        Ok(self.inner.catalog.feed(&query).await?.into_iter().map(episode).collect())
    }
}

fn episode(item: FeedItem) -> Episode {
    let FeedItem { summary, article, .. } = item;
    let published_ms = article.published.as_deref().and_then(published_ms).unwrap_or(summary.created_ms);
    Episode {
        title: article.title.clone().unwrap_or_else(|| summary_of(&article)),
        byline: article.byline.clone(),
        summary: summary_of(&article),
        url: article.url.clone(),
        image: article.image.clone(),
        lang: summary.lang.parse().unwrap_or_else(|_| Lang::english()),
        id: summary.id,
        published_ms,
        digest: item.digest,
        bytes: item.bytes,
        duration_ms: item.frames * FRAME_MS,
    }
}

/// The standfirst, or the first paragraph.
fn summary_of(article: &Article) -> String {
    let of = |kind| article.blocks.iter().find(|block| block.kind == kind);
    let block = of(BlockKind::Dek).or_else(|| of(BlockKind::Paragraph)).or(article.blocks.first());
    let text = block.map_or("", |block| block.text.as_str());
    let mut cut: String = text.chars().take(SUMMARY_CHARS_MAX).collect();
    if cut.len() < text.len() {
        cut.truncate(cut.rfind(' ').unwrap_or(cut.len()));
        cut.push('…');
    }
    cut
}

/// Milliseconds since 1970 of an RFC 3339 time, or of a date's start in UTC.
fn published_ms(published: &str) -> Option<i64> {
    if let Ok(time) = published.parse::<jiff::Timestamp>() {
        return Some(time.as_millisecond());
    }
    let date: jiff::civil::Date = published.parse().ok()?;
    date.to_zoned(jiff::tz::TimeZone::UTC).ok().map(|start| start.timestamp().as_millisecond())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_counts_from_its_start() {
        assert_eq!(published_ms("1970-01-02"), Some(86_400_000));
        assert_eq!(published_ms("1970-01-01T01:00:00+01:00"), Some(0));
        assert_eq!(published_ms("yesterday"), None);
    }
}
