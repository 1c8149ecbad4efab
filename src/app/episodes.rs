use super::manifest::Next;
use super::types::{AudioFormat, Episode, EpisodeAudio, FeedPage};
use super::{App, AppError, Kind};
use crate::article::{Article, ArticleId, BlockKind, Lang};
use crate::audio::FRAME_MS;
use crate::catalog::{FeedItem, FeedQuery, FeedRendition, FeedState};

/// Episodes of one document of a feed; the older ones are on further pages.
pub const EPISODES_ON_PAGE: u32 = 300;

/// Longest summary, in characters.
const SUMMARY_CHARS_MAX: usize = 400;

impl App {
    /// How a feed stands: what was written of it is good for as long as this does not change.
    ///
    /// # Errors
    /// An unknown feed.
    pub async fn feed_state(&self, feed: &str) -> Result<FeedState, AppError> {
        self.check_feed(feed)?;
        Ok(self.inner.catalog.feed_state(feed).await?)
    }

    /// A page of the finished episodes of a feed, the newest first; pages count from 1.
    ///
    /// # Errors
    /// An unknown feed; a page that it does not have.
    pub async fn feed_page(&self, feed: &str, page: u32) -> Result<FeedPage, AppError> {
        self.check_feed(feed)?;
        let query = FeedQuery {
            feed: Some(feed.to_owned()),
            format: AudioFormat::Mp3.extension().to_owned(),
            limit: EPISODES_ON_PAGE,
            offset: page.saturating_sub(1).saturating_mul(EPISODES_ON_PAGE),
        };
        let episodes = self.inner.catalog.feed_len(&query).await?;
        let pages = u32::try_from(episodes.div_ceil(u64::from(EPISODES_ON_PAGE))).unwrap_or(u32::MAX).max(1);
        if !(1..=pages).contains(&page) {
            let message = format!("the feed has pages 1 to {pages}");
            return Err(AppError::new(Kind::NotFound, "no_such_page", message).about("page"));
        }
        let items = self.inner.catalog.feed(&query).await?;
        Ok(FeedPage { page, pages, episodes: items.into_iter().map(episode).collect() })
    }

    /// The private feed that an article belongs to, if it does.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub async fn private_feed_of(&self, id: &ArticleId) -> Result<Option<String>, AppError> {
        if self.config().private_feeds().next().is_none() {
            return Ok(None);
        }
        let feed = self.inner.catalog.feed_of(id).await?;
        Ok(feed.filter(|feed| self.config().is_private(feed)))
    }

    /// What a listener of an article may go on with: what stands under it in its feed, as lists are read
    /// from the top. Nothing in a private feed: its addresses need a key that the player does not have.
    pub(super) async fn follows(&self, id: &ArticleId) -> Result<Option<Next>, AppError> {
        if self.private_feed_of(id).await?.is_some() {
            return Ok(None);
        }
        let next = self.inner.catalog.follows(id).await?;
        Ok(next.map(|(id, title)| Next { title: title.unwrap_or_else(|| id.to_string()), id }))
    }

    fn check_feed(&self, feed: &str) -> Result<(), AppError> {
        if self.config().feed(feed).is_some() {
            return Ok(());
        }
        let message = format!("there is no feed \"{feed}\"");
        Err(AppError::new(Kind::NotFound, "unknown_feed", message).about("feed"))
    }
}

fn episode(item: FeedItem) -> Episode {
    let FeedItem { summary, article, .. } = item;
    let published_ms = article.published.as_deref().and_then(published_ms).unwrap_or(summary.created_ms);
    Episode {
        title: article.title.clone().unwrap_or_else(|| summary_of(&article)),
        byline: article.byline.clone(),
        summary: summary_of(&article),
        url: article.url.as_deref().and_then(web_address),
        image: article.image.as_deref().and_then(web_address),
        lang: summary.lang.parse().unwrap_or_else(|_| Lang::english()),
        has_headings: article.blocks.iter().any(|block| block.kind == BlockKind::Heading),
        id: summary.id,
        revision: item.revision,
        published_ms,
        digest: item.digest,
        bytes: item.bytes,
        duration_ms: item.frames * FRAME_MS,
        audio: item.renditions.into_iter().filter_map(audio).collect(),
    }
}

/// A rendition in a format of this build.
fn audio(rendition: FeedRendition) -> Option<EpisodeAudio> {
    let FeedRendition { digest, format, bytes, sha384 } = rendition;
    let format = AudioFormat::named(&format).filter(|format| format.is_built())?;
    Some(EpisodeAudio { format, digest, bytes, sha384 })
}

/// An http or https address in plain ASCII, as apps take it.
fn web_address(address: &str) -> Option<String> {
    let url = url::Url::parse(address.trim()).ok()?;
    (matches!(url.scheme(), "http" | "https") && url.has_host()).then(|| url.to_string())
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

    #[test]
    fn addresses_are_ascii_and_of_the_web() {
        for (address, taken) in [
            ("https://paper.example/a?b=1", Some("https://paper.example/a?b=1")),
            ("https://päper.example/käse brot", Some("https://xn--pper-loa.example/k%C3%A4se%20brot")),
            ("javascript:alert(1)", None),
            ("/relative", None),
        ] {
            assert_eq!(web_address(address).as_deref(), taken, "{address}");
        }
    }
}
