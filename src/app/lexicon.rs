//! The publisher's lexicon: read, checked, put, and laid over the file of the configuration.

use std::path::Path;
use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};

use serde::Serialize;

use super::front_end::FrontEnd;
use super::{App, AppError, Kind};
use crate::article::{Article, ArticleId};
use crate::catalog::{ArticleQuery, Catalog, ErrorKind, StoredLexicon};
use crate::store::Digest;
use crate::text::{Lexicon, LexiconEntry, LexiconFile, lexicon_problems, mentions};

/// Largest lexicon as text, in bytes.
pub const LEXICON_BYTES_MAX: usize = 1_000_000;

/// Hex digits of a lexicon's tag.
const TAG_HEX: usize = 32;

/// Articles that are searched for what a change is about, and the longest time for it.
const SEARCHED_MAX: u64 = 2_000;
const SEARCH_TIME: Duration = Duration::from_secs(2);

/// Articles that are read at a time, and that are named in an answer.
const PAGE: u32 = 100;
const NAMED_MAX: usize = 50;

/// What a lexicon is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LexiconFormat {
    /// `{"entries": […]}`
    Json,
    /// `[[entry]]` tables.
    Toml,
}

/// The lexicon that was put.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublishersLexicon {
    /// What tells it from every other one.
    pub tag: String,
    /// Its entries.
    pub entries: Vec<LexiconEntry>,
}

/// What putting a lexicon did.
#[derive(Clone, Debug, Serialize)]
pub struct LexiconChange {
    /// What tells the new one from every other one.
    #[serde(skip)]
    pub tag: String,
    /// Entries it has now.
    pub entries: usize,
    /// Stored articles with a word or phrase of an entry that is new, changed or gone.
    pub articles: Mentioned,
    /// The command that has them read anew; none when there are none.
    pub rebuild: Option<String>,
}

/// Articles in which something was found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Mentioned {
    /// How many.
    pub affected: u64,
    /// How many were searched, the newest first.
    pub searched: u64,
    /// Those were all.
    pub complete: bool,
    /// The first of them by name.
    pub ids: Vec<ArticleId>,
}

/// Reads the entries of a lexicon.
///
/// # Errors
/// What is wrong with it, entry by entry.
pub fn read_lexicon(text: &str, format: LexiconFormat) -> Result<Vec<LexiconEntry>, AppError> {
    let bad =
        |why: String| AppError::new(Kind::Invalid, "bad_lexicon", format!("the lexicon does not fit: {why}"));
    if text.len() > LEXICON_BYTES_MAX {
        let message = format!("the lexicon has {} bytes; at most {LEXICON_BYTES_MAX}", text.len());
        return Err(AppError::new(Kind::TooLarge, "lexicon_too_large", message));
    }
    let file: LexiconFile = match format {
        // serde would take an array for an object by the order of its fields.
        LexiconFormat::Json if !text.trim_start().starts_with('{') => {
            return Err(bad("it is not a JSON object, {\"entries\": […]}".to_owned()));
        }
        LexiconFormat::Json => serde_json::from_str(text).map_err(|error| bad(error.to_string()))?,
        LexiconFormat::Toml => toml::from_str(text).map_err(|error: toml::de::Error| {
            let line = error.span().map(|span| text[..span.start].matches('\n').count() + 1);
            bad(format!(
                "{}{}",
                error.message(),
                line.map_or(String::new(), |line| format!(" at line {line}"))
            ))
        })?,
    };
    let problems = lexicon_problems(&file.entry);
    if problems.is_empty() {
        return Ok(file.entry);
    }
    let message = format!("the lexicon does not fit: {}", problems.join("; "));
    Err(AppError::new(Kind::Unprocessable, "bad_entry", message))
}

/// The entries of a lexicon's file: JSON when its name ends in `.json`, TOML otherwise.
pub(super) fn of_file(path: &Path) -> Result<Vec<LexiconEntry>, AppError> {
    let bad = |why: String| {
        AppError::new(Kind::Unprocessable, "bad_lexicon_file", format!("lexicon {}: {why}", path.display()))
    };
    let text = std::fs::read_to_string(path).map_err(|error| bad(error.to_string()))?;
    let is_json = path.extension().is_some_and(|ext| ext.eq_ignore_ascii_case("json"));
    let format = if is_json { LexiconFormat::Json } else { LexiconFormat::Toml };
    read_lexicon(&text, format).map_err(|error| bad(error.message))
}

impl PublishersLexicon {
    fn of(stored: Option<StoredLexicon>) -> Result<Self, AppError> {
        let Some(stored) = stored else { return Ok(Self::new(Vec::new())) };
        let entries = serde_json::from_str(&stored.entries)
            .map_err(|error| AppError::internal("reading the stored lexicon", error))?;
        Ok(Self { tag: stored.tag, entries })
    }

    fn new(entries: Vec<LexiconEntry>) -> Self {
        let tag = Digest::of(json(&entries).as_bytes()).to_string()[..TAG_HEX].to_owned();
        Self { tag, entries }
    }

    /// It in a format, to be edited and put again.
    ///
    /// # Errors
    /// When it cannot be written so: our fault.
    pub fn text(&self, format: LexiconFormat) -> Result<String, AppError> {
        let written = match format {
            LexiconFormat::Json => {
                serde_json::to_string_pretty(&serde_json::json!({ "entries": self.entries }))
                    .map_err(anyhow::Error::from)
            }
            LexiconFormat::Toml => {
                toml::to_string(&LexiconFile { entry: self.entries.clone() }).map_err(anyhow::Error::from)
            }
        };
        written.map_err(|error| AppError::internal("writing the lexicon", error))
    }
}

fn json(entries: &[LexiconEntry]) -> String {
    serde_json::to_string(entries).expect("plain data with string keys always has a JSON form")
}

/// What is said by: the lexicon that was put, over the one of the configuration's file.
pub(super) async fn in_force(front_end: &FrontEnd, catalog: &dyn Catalog) -> Result<Arc<Lexicon>, AppError> {
    Ok(over_file(front_end, PublishersLexicon::of(catalog.lexicon().await?)?.entries))
}

fn over_file(front_end: &FrontEnd, entries: Vec<LexiconEntry>) -> Arc<Lexicon> {
    let file = front_end.lexicon();
    if entries.is_empty() {
        return Arc::clone(file);
    }
    Arc::new(Lexicon::new(entries.into_iter().chain(file.entries().iter().cloned()).collect()))
}

impl App {
    /// The lexicon that was put; one without entries when none was.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub async fn lexicon(&self) -> Result<PublishersLexicon, AppError> {
        PublishersLexicon::of(self.inner.catalog.lexicon().await?)
    }

    /// Puts a lexicon in the place of `before`, and says which stored articles it is about. They stay
    /// as they are until they are planned anew.
    ///
    /// # Errors
    /// When it is no longer `before` that is there; none replaces whatever is there.
    pub async fn put_lexicon(
        &self,
        entries: Vec<LexiconEntry>,
        before: Option<&PublishersLexicon>,
    ) -> Result<LexiconChange, AppError> {
        let stored = self.inner.catalog.lexicon().await?;
        let there = stored.as_ref().map(|stored| stored.tag.clone());
        let old = PublishersLexicon::of(stored)?;
        if before.is_some_and(|before| before.tag != old.tag) {
            return Err(changed_meanwhile());
        }
        let new = PublishersLexicon::new(entries);
        let expected = before.map(|_| there.as_deref());
        match self.inner.catalog.put_lexicon(&new.tag, &json(&new.entries), expected).await {
            Err(error) if error.kind() == ErrorKind::Conflict => return Err(changed_meanwhile()),
            done => done?,
        }
        tracing::info!(entries = new.entries.len(), tag = new.tag, "the lexicon was put");
        let articles = self.mentioning(Lexicon::difference(&old.entries, &new.entries)).await?;
        let rebuild = command(&articles);
        Ok(LexiconChange { tag: new.tag, entries: new.entries.len(), articles, rebuild })
    }

    /// What is said by now, for an article that is planned; and when the publisher's part last changed.
    pub(super) async fn lexicon_in_force(&self) -> Result<(Arc<Lexicon>, i64), AppError> {
        let stored = self.inner.catalog.lexicon().await?;
        let (tag, changed_ms) = stored
            .as_ref()
            .map_or((String::new(), i64::MIN), |stored| (stored.tag.clone(), stored.changed_ms));
        let known = self.inner.lexicon.read().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some((_, lexicon)) = known.filter(|(known, _)| *known == tag) {
            return Ok((lexicon, changed_ms));
        }
        let lexicon = over_file(self.inner.studio.front_end(), PublishersLexicon::of(stored)?.entries);
        *self.inner.lexicon.write().unwrap_or_else(PoisonError::into_inner) =
            Some((tag, Arc::clone(&lexicon)));
        Ok((lexicon, changed_ms))
    }

    /// Stored articles, the newest first, in which a lexicon finds something: as many as can be
    /// searched in a short time.
    async fn mentioning(&self, lexicon: Lexicon) -> Result<Mentioned, AppError> {
        let (started, lexicon) = (Instant::now(), Arc::new(lexicon));
        let mut found = Mentioned { complete: true, ..Mentioned::default() };
        if lexicon.is_empty() {
            return Ok(found);
        }
        let mut query = ArticleQuery { limit: PAGE, ..ArticleQuery::default() };
        loop {
            let page = self.inner.catalog.articles(&query).await?;
            for row in page.articles {
                if found.searched >= SEARCHED_MAX || started.elapsed() > SEARCH_TIME {
                    found.complete = false;
                    return Ok(found);
                }
                let Some(stored) = self.inner.catalog.article(&row.id).await? else { continue };
                found.searched += 1;
                let (lexicon, read_byline) = (Arc::clone(&lexicon), self.config().read_byline);
                let searching =
                    tokio::task::spawn_blocking(move || is_about(&stored.article, &lexicon, read_byline));
                let about =
                    searching.await.map_err(|error| AppError::internal("searching an article", error))?;
                found.affected += u64::from(about);
                if about && found.ids.len() < NAMED_MAX {
                    found.ids.push(row.id);
                }
            }
            if page.next.is_none() {
                return Ok(found);
            }
            query.cursor = page.next;
        }
    }
}

fn changed_meanwhile() -> AppError {
    let message =
        "the lexicon was changed by somebody else meanwhile; get it again, and put your change into that one";
    AppError::new(Kind::Stale, "lexicon_changed", message)
}

fn is_about(article: &Article, lexicon: &Lexicon, read_byline: bool) -> bool {
    let said = article.blocks.iter().map(|block| block.say.as_deref().unwrap_or(&block.text));
    let byline = article.byline.as_deref().filter(|_| read_byline);
    said.chain(byline).any(|text| mentions(text, &article.lang, lexicon))
}

/// The command that plans the articles anew.
fn command(articles: &Mentioned) -> Option<String> {
    let named = articles.ids.len() as u64 == articles.affected;
    match (articles.complete, articles.affected) {
        (true, 0) => None,
        (true, _) if named => {
            let ids: Vec<&str> = articles.ids.iter().map(ArticleId::as_str).collect();
            Some(format!("listen rebuild {}", ids.join(" ")))
        }
        _ => Some("listen rebuild --all".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mistakes_are_told_with_their_line_or_entry() {
        for (text, format, code, words) in [
            ("[[entry]]\nwritten = \"a\"\nsays = \"b\"", LexiconFormat::Toml, "bad_lexicon", "`says`"),
            ("[[entry]]\nwritten = \"a\"\nsays = \"b\"", LexiconFormat::Toml, "bad_lexicon", "at line 3"),
            ("[[entry]\n", LexiconFormat::Toml, "bad_lexicon", "at line 1"),
            (
                "[[entry]]\nwritten = \"a\"\nsay = \"b\"\nlang = \"klingon-language\"",
                LexiconFormat::Toml,
                "bad_lexicon",
                "language",
            ),
            ("{\"entries\":[{\"written\":\"a\"}", LexiconFormat::Json, "bad_lexicon", "line 1"),
            ("[]", LexiconFormat::Json, "bad_lexicon", "JSON object"),
            ("{\"entries\":[{\"written\":\"a\"}]}", LexiconFormat::Json, "bad_entry", "entry 1 (\"a\")"),
        ] {
            let error = read_lexicon(text, format).expect_err(text);
            assert_eq!(error.code, code, "{text}: {error}");
            assert!(error.message.contains(words), "{text}: {error}");
        }
        let large = read_lexicon(&" ".repeat(LEXICON_BYTES_MAX + 1), LexiconFormat::Toml);
        assert_eq!(large.map_err(|error| error.code), Err("lexicon_too_large"));
    }

    #[test]
    fn both_formats_say_the_same_and_have_one_tag() {
        let entries = read_lexicon("[[entry]]\nwritten = \"Loire\"\nsay = \"Lwar\"\n", LexiconFormat::Toml)
            .expect("entries");
        let lexicon = PublishersLexicon::new(entries);
        for format in [LexiconFormat::Json, LexiconFormat::Toml] {
            let text = lexicon.text(format).expect("a text");
            assert_eq!(PublishersLexicon::new(read_lexicon(&text, format).expect("entries")), lexicon);
        }
        assert_ne!(PublishersLexicon::new(Vec::new()).tag, lexicon.tag);
    }

    #[test]
    fn the_command_names_the_articles_or_takes_all() {
        let ids = |n: usize| (0..n).map(|n| format!("a{n}").parse().expect("an id")).collect();
        let found =
            |affected, named, complete| Mentioned { affected, searched: 9, complete, ids: ids(named) };
        assert_eq!(command(&found(0, 0, true)), None);
        assert_eq!(command(&found(2, 2, true)).as_deref(), Some("listen rebuild a0 a1"));
        assert_eq!(command(&found(90, 50, true)).as_deref(), Some("listen rebuild --all"));
        assert_eq!(command(&found(0, 0, false)).as_deref(), Some("listen rebuild --all"));
    }
}
