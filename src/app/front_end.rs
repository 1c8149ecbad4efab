use std::sync::Arc;

use tokio::sync::Semaphore;

use super::{AppError, HOUSE_WORDS_PER_MINUTE, Kind, Prepared, Preview, Submission, lexicon, preview};
use crate::article::{Article, Block, BlockKind, Lang};
use crate::config::{Config, VoiceByKind};
use crate::engine::{Voice, Voices};
use crate::text::{ExtractOptions, Lexicon, ScriptOptions, extract, repair, script};

/// Pages that are read at the same time; each may take a core for a moment.
const PAGES_AT_ONCE: usize = 4;

/// What is read of a page, and by which voice: the part of a [`super::Studio`] that makes no sound and
/// keeps nothing.
#[derive(Clone)]
pub struct FrontEnd {
    config: Arc<Config>,
    voices: Arc<Voices>,
    lexicon: Arc<Lexicon>,
    pages: Arc<Semaphore>,
}

impl FrontEnd {
    /// Reads the voices and the lexicon's file.
    ///
    /// # Errors
    /// A voice's file or a lexicon that cannot be read; a voice of the configuration that is not there.
    pub fn open(config: Config) -> Result<Self, AppError> {
        let dir = Some(config.voices.as_path()).filter(|dir| dir.is_dir());
        let voices = Voices::load(dir)
            .map_err(|error| AppError::new(Kind::Unprocessable, "bad_voice_file", error.to_string()))?;
        for id in named_voices(&config) {
            voices
                .get(id)
                .map_err(|error| AppError::new(Kind::Unprocessable, "unknown_voice", error.to_string()))?;
        }
        let entries = config.lexicon.as_deref().map(lexicon::of_file).transpose()?;
        Ok(Self {
            config: Arc::new(config),
            voices: Arc::new(voices),
            lexicon: Arc::new(Lexicon::new(entries.unwrap_or_default())),
            pages: Arc::new(Semaphore::new(PAGES_AT_ONCE)),
        })
    }

    /// The configuration it goes by.
    #[must_use]
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// The voices that are there.
    #[must_use]
    pub fn voices(&self) -> &Voices {
        &self.voices
    }

    /// The lexicon of the configuration's file; empty without one.
    #[must_use]
    pub fn lexicon(&self) -> &Arc<Lexicon> {
        &self.lexicon
    }

    /// Finds the article in a submission and writes its script.
    ///
    /// # Errors
    /// A submission that does not fit; an article in which nothing can be read, or too much.
    pub async fn prepare(
        &self,
        submission: &Submission,
        lexicon: &Arc<Lexicon>,
    ) -> Result<Prepared, AppError> {
        let prepared = self.read(submission, lexicon).await?;
        if prepared.script.utterances.is_empty() {
            let (_, body) = submission.body()?;
            return Err(nothing(if body.trim().is_empty() {
                "the text is empty"
            } else if !body.chars().any(char::is_alphanumeric) {
                "it has no letter or digit, only symbols or emoji"
            } else if prepared.article.blocks.is_empty() {
                "there is no article text in it"
            } else {
                "it has no sentence that can be spoken, only symbols or emoji"
            }));
        }
        let (words, most) = (prepared.article.words(), self.config.limits.article_words);
        if words > most {
            let message =
                format!("the article has {words} words; {most} are the limit (limits.article_words)");
            return Err(AppError::new(Kind::TooLarge, "too_many_words", message));
        }
        Ok(prepared)
    }

    /// The voice for a text: the asked one, or the language's.
    ///
    /// # Errors
    /// An unknown voice, or a language no voice speaks; the message names what there is.
    pub fn voice(&self, lang: &Lang, asked: Option<&str>) -> Result<Arc<Voice>, AppError> {
        self.voice_in(None, lang, asked)
    }

    /// The voice for an article of a feed: the asked one, or the feed's when it speaks the language, or
    /// the language's.
    ///
    /// # Errors
    /// See [`FrontEnd::voice`].
    pub fn voice_in(
        &self,
        feed: Option<&str>,
        lang: &Lang,
        asked: Option<&str>,
    ) -> Result<Arc<Voice>, AppError> {
        let of_feed = feed.and_then(|feed| self.config.feed(feed)?.voice.as_deref());
        if let (None, Some(voice)) = (asked, of_feed.and_then(|id| self.speaking(id, lang))) {
            return Ok(voice);
        }
        let by_lang = &self.config.speech.voice_by_lang;
        let configured =
            by_lang.get(lang.as_str()).or_else(|| by_lang.get(lang.primary())).map(String::as_str);
        if let Some(id) = asked.or(configured) {
            let voice = self.voices.get(id).map_err(|error| {
                AppError::new(Kind::Unprocessable, "unknown_voice", error.to_string()).about("voice")
            })?;
            return Ok(Arc::clone(voice));
        }
        let voice = self.voices.for_lang(lang).map_err(|error| {
            AppError::new(Kind::Unprocessable, "unsupported_language", error.to_string()).about("lang")
        })?;
        Ok(Arc::clone(voice))
    }

    /// The voices for blocks of some kinds, as the feed or else the configuration has them, of those that
    /// speak the language.
    #[must_use]
    pub fn voices_by_kind(&self, feed: Option<&str>, lang: &Lang) -> Vec<(BlockKind, Arc<Voice>)> {
        let of_feed = feed.and_then(|feed| self.config.feed(feed)).map(|feed| &feed.voice_by_kind);
        let of_all = &self.config.speech.voice_by_kind;
        let voice = |kind: BlockKind| {
            let id = of_feed.and_then(|voices| of_kind(voices, kind)).or_else(|| of_kind(of_all, kind))?;
            Some((kind, self.speaking(id, lang)?))
        };
        KINDS_WITH_VOICES.into_iter().filter_map(voice).collect()
    }

    /// A voice of the configuration, if it speaks a language.
    fn speaking(&self, id: &str, lang: &Lang) -> Option<Arc<Voice>> {
        self.voices.get(id).ok().filter(|voice| voice.speaks(lang)).cloned()
    }

    /// What would be read of a submission, and what was dropped and why; no audio is made. A page of
    /// which nothing would be read is no error: the notes say why.
    ///
    /// # Errors
    /// A submission that does not fit; an unknown voice.
    pub async fn preview(
        &self,
        input: &str,
        submission: &Submission,
        lexicon: &Arc<Lexicon>,
    ) -> Result<Preview, AppError> {
        let prepared = self.read(submission, lexicon).await?;
        let pace = match self.voice_in(
            submission.feed.as_deref(),
            &prepared.article.lang,
            submission.voice.as_deref(),
        ) {
            Ok(voice) => voice.words_per_minute,
            // Nobody reads this language here; what would be read can be shown all the same.
            Err(error) if error.code == "unsupported_language" => HOUSE_WORDS_PER_MINUTE,
            Err(error) => return Err(error),
        };
        let pace = pace as f32 * submission.rate.unwrap_or(1.0);
        Ok(preview(input, &prepared.article, &prepared.script, pace))
    }

    /// The script of a text that is all to be read, as it stands: blank lines part its paragraphs.
    ///
    /// # Errors
    /// A text in which nothing can be said.
    pub async fn prose(&self, text: &str, lang: &Lang, lexicon: &Arc<Lexicon>) -> Result<Prepared, AppError> {
        let _place =
            self.pages.acquire().await.map_err(|error| AppError::internal("reading the text", error))?;
        let (text, lang, lexicon) = (text.to_owned(), lang.clone(), Arc::clone(lexicon));
        let prepared = tokio::task::spawn_blocking(move || paragraphs(&text, lang, lexicon))
            .await
            .map_err(|error| AppError::internal("reading the text", error))?;
        if prepared.script.utterances.is_empty() {
            let message = "nothing to say: the text has no word, only white space, symbols or emoji";
            return Err(AppError::new(Kind::Invalid, "nothing_to_say", message));
        }
        Ok(prepared)
    }

    async fn read(&self, submission: &Submission, lexicon: &Arc<Lexicon>) -> Result<Prepared, AppError> {
        submission.check()?;
        submission.body()?;
        let _place =
            self.pages.acquire().await.map_err(|error| AppError::internal("reading the page", error))?;
        let submission = submission.clone();
        let options = ScriptOptions {
            read_byline: self.config.read_byline,
            lexicon: Some(Arc::clone(lexicon)).filter(|lexicon| !lexicon.is_empty()),
        };
        tokio::task::spawn_blocking(move || read(&submission, &options))
            .await
            .map_err(|error| AppError::internal("reading the page", error))?
    }
}

fn read(submission: &Submission, options: &ScriptOptions) -> Result<Prepared, AppError> {
    let (format, body) = submission.body()?;
    let extraction = ExtractOptions { format, url: submission.url.clone(), lang: submission.lang.clone() };
    let mut article = extract(body, &extraction);
    article.notes.splice(0..0, submission.notes.iter().cloned());
    if !article.blocks.is_empty() {
        overrule(&mut article, submission);
    }
    let script = script(&article, options);
    Ok(Prepared { article, script })
}

fn paragraphs(text: &str, lang: Lang, lexicon: Arc<Lexicon>) -> Prepared {
    let repaired = repair(text);
    let mut article = Article::empty(lang);
    let mut block = String::new();
    for line in repaired.text.lines().chain([""]) {
        if !line.trim().is_empty() {
            block.push_str(line);
            block.push('\n');
        } else if !block.is_empty() {
            let whole = std::mem::take(&mut block);
            article.blocks.push(Block::new(BlockKind::Paragraph, whole.trim().to_owned()));
        }
    }
    let lexicon = Some(lexicon).filter(|lexicon| !lexicon.is_empty());
    let script = script(&article, &ScriptOptions { read_byline: false, lexicon });
    Prepared { article, script }
}

/// The voices that the configuration names.
fn named_voices(config: &Config) -> impl Iterator<Item = &String> {
    let speech = &config.speech;
    let of_feeds = config.feeds.values().flat_map(|feed| feed.voice.iter().chain(feed.voice_by_kind.ids()));
    let of_all = speech.voice_by_lang.values().chain(speech.voice_aliases.values());
    of_all.chain(speech.voice_by_kind.ids()).chain(&config.renditions.voices).chain(of_feeds)
}

/// The kinds of blocks that may have a voice of their own; paragraphs are what the article's own reads.
const KINDS_WITH_VOICES: [BlockKind; 5] =
    [BlockKind::Title, BlockKind::Dek, BlockKind::Heading, BlockKind::Quote, BlockKind::ListItem];

fn of_kind(voices: &VoiceByKind, kind: BlockKind) -> Option<&str> {
    match kind {
        BlockKind::Title => voices.title.as_deref(),
        BlockKind::Dek => voices.dek.as_deref(),
        BlockKind::Heading => voices.heading.as_deref(),
        BlockKind::Quote => voices.quote.as_deref(),
        BlockKind::ListItem => voices.list_item.as_deref(),
        BlockKind::Paragraph => None,
    }
}

fn nothing(why: &str) -> AppError {
    let message =
        format!("nothing to read: {why}; `listen script` and POST /v1/preview show what was dropped and why");
    AppError::new(Kind::Unprocessable, "nothing_to_read", message)
}

/// What the publisher states wins over what the page says.
fn overrule(article: &mut Article, submission: &Submission) {
    if let Some(title) = submission.title.as_deref().map(fold).filter(|title| !title.is_empty()) {
        match article.blocks.first_mut().filter(|block| block.kind == BlockKind::Title) {
            Some(block) => *block = Block::new(BlockKind::Title, title.clone()),
            None => article.blocks.insert(0, Block::new(BlockKind::Title, title.clone())),
        }
        article.title = Some(title);
    }
    let given = |value: &Option<String>| value.as_deref().map(fold).filter(|value| !value.is_empty());
    for (place, stated) in [
        (&mut article.byline, &submission.byline),
        (&mut article.published, &submission.published),
        (&mut article.url, &submission.url),
        (&mut article.image, &submission.image),
    ] {
        if let Some(stated) = given(stated) {
            *place = Some(stated);
        }
    }
}

/// One line, its white space folded.
fn fold(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_voice_that_the_configuration_names_and_nobody_has_is_told_at_the_start() {
        type Name = fn(&mut Config);
        let names: [Name; 5] = [
            |config| drop(config.speech.voice_by_lang.insert("en".to_owned(), "x".to_owned())),
            |config| config.speech.voice_by_kind.title = Some("x".to_owned()),
            |config| config.renditions.voices.push("x".to_owned()),
            |config| config.feeds.entry("a".to_owned()).or_default().voice = Some("x".to_owned()),
            |config| {
                config.feeds.entry("a".to_owned()).or_default().voice_by_kind.quote = Some("x".to_owned());
            },
        ];
        for name in names {
            let mut config = Config { voices: "none".into(), ..Config::default() };
            name(&mut config);
            let error = FrontEnd::open(config).err().expect("an unknown voice");
            assert_eq!(error.code, "unknown_voice", "{error}");
        }
    }
}
