use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::article::{Article, BlockKind, Lang, Sound};
use crate::audio::{FRAME_MS, HOUSE_VERSION};
use crate::engine::{Request, Voice, engine_info};
use crate::store::{Key, KeyBuilder};
use crate::text::{FRONT_END_VERSION, Script, Utterance};

/// Version of the segment key's fields; raise it when one is added or changes its meaning.
const SEGMENT_KEY_VERSION: u32 = 1;

/// Version of the revision name's fields.
const REVISION_VERSION: u32 = 1;

/// Slowest and fastest a voice is ever driven, against the engine's own pace.
const ENGINE_RATE: (f32, f32) = (0.3, 4.0);

/// Who says it, and how: everything besides the text that makes the sound of a segment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Casting {
    /// The voice's id.
    pub voice: String,
    /// The engine it belongs to.
    pub engine: String,
    /// Digest of the library or model the engine ran when this was planned.
    pub engine_revision: String,
    /// The engine's own name of the voice.
    pub engine_voice: String,
    /// The voice's fingerprint.
    pub fingerprint: String,
    /// Gain of the voice, in dB.
    pub gain_db: f32,
    /// Speed against the engine's own pace: the voice's house rate times the asked one.
    pub rate: f32,
    /// The language that is spoken.
    pub lang: Lang,
    /// The pace to estimate with, in words a minute.
    pub words_per_minute: f32,
}

impl Casting {
    /// A voice for a language at `rate` times its house pace, said by this revision of its engine
    /// (empty while the engine is not there).
    #[must_use]
    pub fn new(voice: &Voice, engine_revision: &str, lang: &Lang, rate: f32) -> Self {
        Self {
            voice: voice.id.clone(),
            engine: voice.engine.clone(),
            engine_revision: engine_revision.to_owned(),
            engine_voice: voice.name.clone(),
            fingerprint: voice.fingerprint(),
            gain_db: voice.gain_db as f32,
            rate: (voice.rate * rate).clamp(ENGINE_RATE.0, ENGINE_RATE.1),
            lang: lang.clone(),
            words_per_minute: voice.words_per_minute as f32 * rate,
        }
    }

    /// The key of the segment that says an utterance.
    #[must_use]
    pub fn key(&self, utterance: &Utterance) -> Key {
        let key = KeyBuilder::new("listen-segment", SEGMENT_KEY_VERSION)
            .field("engine", self.engine.as_bytes())
            .field("engine_revision", self.engine_revision.as_bytes())
            .field("voice", self.fingerprint.as_bytes())
            .field("rate", self.rate.to_bits().to_be_bytes())
            .field("lang", self.lang.as_str().as_bytes())
            .field("spoken", utterance.spoken.as_bytes())
            .field("house", HOUSE_VERSION.to_be_bytes());
        match self.sounds(utterance) {
            [] => key.finish(),
            sounds => key.field("sounds", json(&sounds)).finish(),
        }
    }

    /// The given sounds of an utterance, when the engine takes any.
    fn sounds<'a>(&self, utterance: &'a Utterance) -> &'a [Sound] {
        let takes = engine_info(&self.engine).is_ok_and(|engine| engine.takes_sounds);
        if takes { &utterance.sounds } else { &[] }
    }

    /// What the engine is asked for a part of an utterance's spoken text.
    #[must_use]
    pub fn request(&self, utterance: &Utterance, part: Range<usize>) -> Request {
        let inside =
            |sound: &&Sound| part.start <= sound.text.start as usize && sound.text.end as usize <= part.end;
        let start = u32::try_from(part.start).unwrap_or(u32::MAX);
        let shifted = |sound: &Sound| Sound {
            text: sound.text.start - start..sound.text.end - start,
            ipa: sound.ipa.clone(),
        };
        Request {
            text: utterance.spoken[part.clone()].to_owned(),
            sounds: self.sounds(utterance).iter().filter(inside).map(shifted).collect(),
            voice: self.engine_voice.clone(),
            lang: self.lang.clone(),
            rate: self.rate,
        }
    }

    /// How many frames `source` will take, going by the voice's pace.
    #[must_use]
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "an estimate"
    )]
    pub fn estimate_frames(&self, source: &str) -> u64 {
        let words = crate::article::count_words(source).max(1) as f32;
        let ms = words * 60_000.0 / self.words_per_minute.max(1.0);
        (ms as u64 / FRAME_MS).max(1)
    }
}

/// What a revision will be made of, and under which keys. Made without audio, and frozen with the
/// revision.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// Who says it, but for what others say.
    pub casting: Casting,
    /// Others, who say the blocks of some kinds.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub others: Vec<Casting>,
    /// Who says each utterance: 0 is `casting`, `n` is the `n`th of `others`. Empty when there are none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub said_by: Vec<u8>,
    /// The script's utterances; their index is the sentence index `i`.
    pub utterances: Vec<Utterance>,
    /// The segment key of each utterance.
    pub keys: Vec<Key>,
}

#[cfg(test)]
impl Casting {
    /// One for tests: beeps at an even pace.
    pub(crate) fn beeps() -> Self {
        Self {
            voice: "tone".to_owned(),
            engine: "tone".to_owned(),
            engine_revision: "1".to_owned(),
            engine_voice: "tone".to_owned(),
            fingerprint: "f".to_owned(),
            gain_db: 0.0,
            rate: 1.0,
            lang: Lang::english(),
            words_per_minute: 155.0,
        }
    }
}

#[cfg(test)]
impl Plan {
    /// One for tests: these utterances, beeped.
    pub(crate) fn of_beeps(utterances: impl IntoIterator<Item = Utterance>) -> Self {
        let script = Script { utterances: utterances.into_iter().collect(), notes: Vec::new() };
        Self::new(script, Casting::beeps())
    }
}

impl Plan {
    /// Plans a script for one voice.
    #[must_use]
    pub fn new(script: Script, casting: Casting) -> Self {
        Self::without_keys(script, casting).with_keys()
    }

    fn without_keys(script: Script, casting: Casting) -> Self {
        let (others, said_by, keys) = (Vec::new(), Vec::new(), Vec::new());
        Self { casting, others, said_by, utterances: script.utterances, keys }
    }

    /// Plans the script of an article for a voice, and others for the blocks of some kinds. Those who
    /// would say nothing, or as the first does, are left out.
    #[must_use]
    pub fn cast(
        script: Script,
        article: &Article,
        casting: Casting,
        by_kind: impl IntoIterator<Item = (BlockKind, Casting)>,
    ) -> Self {
        let mut plan = Self::without_keys(script, casting);
        let kind =
            |utterance: &Utterance| article.blocks.get(utterance.block as usize).map(|block| block.kind);
        let mut said_by = vec![0; plan.len()];
        for (of, casting) in by_kind {
            let theirs: Vec<usize> =
                (0..plan.len()).filter(|i| kind(&plan.utterances[*i]) == Some(of)).collect();
            if theirs.is_empty() || casting == plan.casting {
                continue;
            }
            let known = plan.others.iter().position(|other| *other == casting);
            let n = known.unwrap_or_else(|| {
                plan.others.push(casting);
                plan.others.len() - 1
            });
            theirs.into_iter().for_each(|i| said_by[i] = n as u8 + 1);
        }
        if !plan.others.is_empty() {
            plan.said_by = said_by;
        }
        plan.with_keys()
    }

    /// The same words said by others, who stand in the order of the plan's own; what one who is missing
    /// would say is the first one's.
    #[must_use]
    pub fn recast(&self, casting: Casting, others: Vec<Casting>) -> Self {
        Self { casting, others, ..self.clone() }.with_keys()
    }

    /// The same plan under the keys of other revisions of its engines, one for each of `castings`.
    #[must_use]
    pub fn for_engines(&self, revisions: &[String]) -> Self {
        let mut now = self
            .castings()
            .zip(revisions)
            .map(|(casting, revision)| Casting { engine_revision: revision.clone(), ..casting.clone() });
        let casting = now.next().unwrap_or_else(|| self.casting.clone());
        let others = now.collect();
        self.recast(casting, others)
    }

    fn with_keys(mut self) -> Self {
        self.keys = (0..self.len()).map(|i| self.casting_of(i).key(&self.utterances[i])).collect();
        self
    }

    /// Everybody who says something, the voice of the article first.
    pub fn castings(&self) -> impl Iterator<Item = &Casting> {
        std::iter::once(&self.casting).chain(&self.others)
    }

    /// What all of them ran on when this was planned.
    #[must_use]
    pub fn engine_revisions(&self) -> String {
        self.castings().map(|casting| casting.engine_revision.as_str()).collect::<Vec<_>>().join(" ")
    }

    /// Who says utterance `i`.
    #[must_use]
    pub fn casting_of(&self, i: usize) -> &Casting {
        let n = usize::from(self.said_by.get(i).copied().unwrap_or(0));
        n.checked_sub(1).and_then(|n| self.others.get(n)).unwrap_or(&self.casting)
    }

    /// Who says utterance `i`, and that.
    ///
    /// # Panics
    /// When there is no such utterance.
    #[must_use]
    pub fn said(&self, i: usize) -> (&Casting, &Utterance) {
        (self.casting_of(i), &self.utterances[i])
    }

    /// Number of utterances.
    #[must_use]
    pub fn len(&self) -> usize {
        self.utterances.len()
    }

    /// Whether there is nothing to say.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.utterances.is_empty()
    }

    /// Silent frames after utterance `i`.
    #[must_use]
    pub fn pause_frames(&self, i: usize) -> u32 {
        pause_frames(self.utterances[i].pause_ms)
    }

    /// The name of the revision this plan belongs to: the first 16 hex digits of a hash over the
    /// cleaned content, the voices, the rate, the front end's version and the script. The engine's
    /// own revision is no part of it: an updated library changes no article.
    #[must_use]
    pub fn revision(&self, article: &Article) -> String {
        let content =
            (&article.title, &article.byline, &article.publisher, &article.published, &article.lang);
        let page = (&article.url, &article.image, &article.blocks);
        let lasting = |casting: &Casting| Casting { engine_revision: String::new(), ..casting.clone() };
        let mut key = KeyBuilder::new("listen-revision", REVISION_VERSION)
            .field("content", json(&content))
            .field("page", json(&page))
            .field("front_end", FRONT_END_VERSION.to_be_bytes())
            .field("casting", json(&lasting(&self.casting)))
            .field("script", json(&self.utterances));
        if !self.others.is_empty() {
            let others: Vec<Casting> = self.others.iter().map(lasting).collect();
            key = key.field("others", json(&others)).field("said_by", &self.said_by);
        }
        key.finish().to_string()[..16].to_owned()
    }
}

/// Silent frames of a pause, rounded to the nearest.
#[must_use]
pub fn pause_frames(pause_ms: u32) -> u32 {
    let frame_ms = FRAME_MS as u32;
    (pause_ms + frame_ms / 2) / frame_ms
}

fn json<T: Serialize>(value: &T) -> Vec<u8> {
    serde_json::to_vec(value).expect("plain data with string keys always has a JSON form")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article::Block;

    #[test]
    fn the_segment_key_differs_in_each_field_and_in_nothing_else() {
        let base = Casting::beeps();
        let key = base.key(&Utterance::plain("Hello."));
        assert_eq!(key, Casting::beeps().key(&Utterance::plain("Hello.")));
        assert_ne!(key, base.key(&Utterance::plain("Hello!")));
        let changed: [fn(&mut Casting); 5] = [
            |c| c.engine.push('x'),
            |c| c.engine_revision.push('x'),
            |c| c.fingerprint.push('x'),
            |c| c.rate = 1.2,
            |c| c.lang = "de".parse().expect("a tag"),
        ];
        for (n, change) in changed.iter().enumerate() {
            let mut other = Casting::beeps();
            change(&mut other);
            assert_ne!(key, other.key(&Utterance::plain("Hello.")), "field {n}");
        }
        let mut renamed = Casting::beeps();
        renamed.voice.push('x');
        renamed.words_per_minute = 100.0;
        assert_eq!(key, renamed.key(&Utterance::plain("Hello.")), "what makes no sound makes no key");
    }

    #[test]
    fn a_given_sound_counts_only_where_the_engine_takes_it() {
        let sound = |text| Sound { text, ipa: "ʃɪˈvɔːn".to_owned() };
        let plain = Utterance::plain("It is Siobhan who came.");
        let given = Utterance { sounds: vec![sound(6..13)], ..plain.clone() };
        let beeps = Casting::beeps();
        assert_eq!(beeps.key(&given), beeps.key(&plain));
        assert_eq!(beeps.request(&given, 0..23).sounds, []);
        let piper = Casting { engine: "piper".to_owned(), ..beeps };
        assert_ne!(piper.key(&given), piper.key(&plain));
        assert_eq!(piper.request(&given, 0..23).sounds, [sound(6..13)]);
        // Of an utterance in pieces, where its words are.
        assert_eq!(piper.request(&given, 5..17).sounds, [sound(1..8)]);
        assert_eq!(piper.request(&given, 13..23).sounds, []);
    }

    /// An article of a title, a paragraph and a quote, a sentence each.
    fn of_three() -> (Article, Script) {
        let kinds = [BlockKind::Title, BlockKind::Paragraph, BlockKind::Quote];
        let blocks = kinds.map(|kind| Block::new(kind, "One.".to_owned()));
        let article = Article { blocks: blocks.into(), ..Article::empty(Lang::english()) };
        let of_block = |block| Utterance { block, ..Utterance::plain("One.") };
        (article, Script { utterances: (0..3).map(of_block).collect(), notes: Vec::new() })
    }

    fn beeps_of(voice: &str) -> Casting {
        let voice = voice.to_owned();
        Casting { engine_voice: voice.clone(), fingerprint: voice.clone(), voice, ..Casting::beeps() }
    }

    #[test]
    fn blocks_are_said_by_the_voice_of_their_kind_under_its_keys() {
        let (article, script) = of_three();
        let cast = |by_kind: &[(BlockKind, &str)]| {
            let by_kind = by_kind.iter().map(|(kind, voice)| (*kind, beeps_of(voice)));
            Plan::cast(script.clone(), &article, beeps_of("a"), by_kind)
        };
        let plan = cast(&[
            (BlockKind::Title, "b"),
            (BlockKind::Heading, "c"),
            (BlockKind::Paragraph, "a"),
            (BlockKind::Quote, "b"),
        ]);
        let voices: Vec<&str> = (0..3).map(|i| plan.casting_of(i).voice.as_str()).collect();
        assert_eq!((voices, plan.others.len()), (vec!["b", "a", "b"], 1), "who says nothing is left out");
        let key = |voice: &str| beeps_of(voice).key(&Utterance::plain("One."));
        assert_eq!(plan.keys, [key("b"), key("a"), key("b")]);
        assert_eq!(cast(&[]), Plan::new(script.clone(), beeps_of("a")));
        let now = plan.for_engines(&["2".to_owned(), "3".to_owned()]);
        assert_eq!(now.engine_revisions(), "2 3");
        assert_eq!(
            now.keys[0],
            Casting { engine_revision: "3".to_owned(), ..beeps_of("b") }.key(&Utterance::plain("One."))
        );
        let stored: Plan =
            serde_json::from_str(&serde_json::to_string(&plan).expect("JSON")).expect("a plan");
        assert_eq!(stored, plan);
    }

    #[test]
    fn who_says_what_is_part_of_a_revision_and_what_they_run_on_is_not() {
        let (article, script) = of_three();
        let named = |by_kind: &[(BlockKind, &str)]| {
            let by_kind = by_kind.iter().map(|(kind, voice)| (*kind, beeps_of(voice)));
            let plan = Plan::cast(script.clone(), &article, beeps_of("a"), by_kind);
            assert_eq!(
                plan.for_engines(&["2".to_owned(), "2".to_owned()]).revision(&article),
                plan.revision(&article)
            );
            plan.revision(&article)
        };
        let names = [
            named(&[]),
            named(&[(BlockKind::Title, "b")]),
            named(&[(BlockKind::Title, "c")]),
            named(&[(BlockKind::Quote, "b")]),
            named(&[(BlockKind::Title, "b"), (BlockKind::Quote, "b")]),
        ];
        let different: std::collections::BTreeSet<_> = names.iter().collect();
        assert_eq!(different.len(), names.len(), "{names:?}");
        assert_eq!(names[0], Plan::new(script.clone(), beeps_of("a")).revision(&article));
    }

    #[test]
    fn pauses_round_to_whole_frames() {
        assert_eq!([0, 11, 12, 120, 350, 1000].map(pause_frames), [0, 0, 1, 5, 15, 42]);
    }

    #[test]
    fn going_back_to_an_old_text_gives_the_old_name() {
        let article = Article::empty(Lang::english());
        let plan = |spoken| Plan::of_beeps([Utterance::plain(spoken)]);
        let name = |spoken| plan(spoken).revision(&article);
        assert_eq!(name("One."), name("One."));
        assert_ne!(name("One."), name("Two."));
        assert_eq!(name("One.").len(), 16);
        let retitled = Article { title: Some("T".to_owned()), ..article.clone() };
        assert_ne!(name("One."), plan("One.").revision(&retitled));
    }
}
