//! What a line of a page is, by its words alone: advertisement, byline, invitation to comment or
//! subscribe, caption, or text. Shared by the readers of plain text and of HTML.

use std::sync::LazyLock;

use regex::Regex;

use super::format::pattern;
use crate::article::count_words;

/// What a line is that is not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Junk {
    Advertisement,
    Byline,
    Comments,
    Related,
    Share,
    Newsletter,
    Caption,
    Copyright,
    Address,
    Navigation,
}

impl Junk {
    /// The reason a note gives.
    pub(super) fn reason(self) -> &'static str {
        match self {
            Self::Advertisement => "advertisement",
            Self::Byline => "byline",
            Self::Comments => "comments",
            Self::Related => "related links",
            Self::Share => "share buttons",
            Self::Newsletter => "newsletter prompt",
            Self::Caption => "caption",
            Self::Copyright => "copyright",
            Self::Address => "address",
            Self::Navigation => "navigation",
        }
    }
}

/// Longest line that can be an advertisement's label, an invitation or a caption, in words.
const LABEL_WORDS_MAX: usize = 30;

/// Longest caption, in words.
const CAPTION_WORDS_MAX: usize = 90;

static ADVERTISEMENT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)^(?:advertisements?|advert|ads?|sponsored(?: (?:content|links?|post|stories|by .{1,40}))?|paid (?:content|post|partnership)|promoted(?: content| stories)?|",
        r"(?:story|article) continues (?:below|after) (?:the )?advert[a-z]*|continue reading the main story|scroll to continue|",
        r"anzeige|werbung|publicité|publicidad|publicidade|pubblicità|реклама|advertentie|reklama|annonce|广告|広告)",
        r"(?:$|\s*[:.–—|-]\s*\S{0,40}$|\s*$)"
    ))
});
/// What a site says of its links for money.
static DISCLOSURE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)^(?:this|our|some of the|the) (?:post|page|article|site|story|links?)s? .{0,40}\b(?:affiliate|paid) links?\b.*|",
        r"^(?:we|i) (?:may )?(?:earn|receive|get) (?:a |an |some )?(?:small )?(?:affiliate )?commissions?\b.*|^(?:disclosure|disclaimer): .*(?:affiliate|commission|sponsor).*"
    ))
});
/// `Advertisement` and the name of its slot run together, as text of a page's DOM has it.
static GLUED_SLOT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"^(?:Advertisement|ADVERTISEMENT|Ad|AD|Sponsored)[a-z0-9]*[_-][0-9A-Za-z_-]+$")
});
static COMMENTS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)^(?:(?:discussion|comments?|responses?|kommentare?|commentaires?|comentarios|comentários|комментарии)\s*\(?[0-9]*\)?:?|",
        r"[0-9][0-9.,]*\s+(?:comments?|responses?|replies|thoughts on\b.*|kommentare?|commentaires?|comentarios|comentários|комментари[а-яё]*)|",
        r"(?:view|show|read|see|load|hide|join|add|post|write|leave|submit)\s+(?:all\s+|the\s+|more\s+|your\s+|an?\s+)?(?:[0-9]+\s+)?(?:comments?|repl(?:y|ies)|conversation|discussion)\b.{0,20}|",
        r"be the first to comment\.?|no comments(?: yet)?\.?|(?:please )?(?:log|sign) in to (?:leave a |post a )?comment.{0,20}|leave a reply.{0,40}|",
        r".{2,60} (?:on|at) .{4,40}[0-9].{0,20} (?:says?|said|wrote):?|(?:blog )?comments powered by .{1,40}|as you comment, please.*|reply|permalink|добавить комментарий.{0,40}|комментарий|оставить комментарий|",
        r"your email address will not be published.*|kommentar schreiben|laisser un commentaire|deja un comentario|deixe um comentário)$"
    ))
});
static RELATED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)^(?:(?:related|recommended|popular|trending|most (?:read|popular|viewed|shared)|more (?:from|on|in|like this|stories|news|about)|you (?:may|might) (?:also )?(?:like|enjoy|be interested in)|",
        r"see also|also (?:read|see|on)|read (?:next|also|on)|read (?:more|the full (?:story|article|report))(?:$|\s*[:…»›→>]| (?:about|from|on|here|at|in|stories|articles)\b)|up next|don.?t miss|editor.?s picks?|top stories|latest (?:news|stories|posts|from)|what to read next|",
        r"lesen sie auch|mehr zum thema|à lire aussi|lire aussi|lea también|leia também|leia mais|veja também|saiba mais|leggi anche|читайте также)\b.*|",
        r"more .{0,40}: ?https?://.*|",
        r"(?-i:More (?:\p{Lu}\S* ?){1,3})|more .{0,30}\bstories|explore further|something to consider|\p{L}+ more:.*|also on \S+\b.*|",
        r"(?:previous|next)(?: (?:post|article|story|page))?(?:\s*[:»›→].*)?)$"
    ))
});
static SHARE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)^(?:share(?: (?:this|on|via|the|with)\b.*|:.{0,40})?|tweet(?: this)?|pin it|print(?: this)?(?: (?:page|article))?|email(?: this)?(?: (?:page|article))?|",
        r"(?:facebook|twitter|linkedin|whatsapp|pinterest|reddit|tumblr|email|telegram|google\+?|flipboard|pocket|print|copy link|save|link|share|more|x|,|\||·|/|\s)+|",
        r"like (?:us|this).{0,30}|follow (?:us|me|him|her|them|@[0-9a-z_]+)\b.*|click to (?:share|print|email)\b.*|teilen|partager|compartir|compartilhe?|condividi|поделиться)$"
    ))
});
static NEWSLETTER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)^(?:(?:sign[ -]?up|signup|subscribe|register|join)\b(?: (?:now|today|here|free|to|for|with|and|our|us)\b|:|!|$).*|",
        r"(?:our |free |daily |weekly |the )*newsletters?\b.*|get (?:our|the|daily|breaking|more|your)\b.*\b(?:newsletter|inbox|email|e-mail|alerts?)\b.*|",
        r"enter your (?:e-?mail|name)\b.*|.*\b(?:delivered|sent|straight) (?:straight |directly |right )?to your inbox\b.{0,40}|",
        r"thank(?:s| you) for (?:subscribing|signing up|registering)\b.*|(?:by (?:signing up|subscribing|clicking|submitting|registering))\b.*|",
        r"let our news meet your inbox.*|keep an eye on your inbox.*|there was (?:an error|a problem) (?:processing|subscribing|with) your?\b.*|you have (?:been )?successfully subscribed.{0,30}|",
        r"if you (?:enjoyed|liked|like) (?:this|what)\b.*|(?:like|enjoy|love) (?:this|what)\b.{0,40}\?.*|(?:please )?(?:support|donate to) (?:our|us)\b.*|do you rely on\b.*|",
        r"(?:you(?:.re| are)|why am i) (?:receiving|getting|reading) this (?:e-?mail|newsletter|message)\b.*|(?:view|read|open) (?:this|it|the) (?:e-?mail|newsletter)?.{0,8}in (?:your|a|the) browser.{0,20}|",
        r"(?:unsubscribe|manage (?:your )?(?:preferences|subscription))\b.{0,60}|",
        r"newsletter abonnieren.{0,40}|(?:s.abonner|inscrivez-vous|abonnez-vous)\b.*|suscr[ií]b[a-zá-ú]+\b.*)$"
    ))
});
static SITE_WORD: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)\b(?:newsletters?|e-?mails?|inbox|alerts?|accounts?|member(?:ship)?|trial|subscri[a-z]+|daily|weekly|briefing|app|whatsapp|telegram|twitter|facebook|instagram|",
        r"channel|podcasts?|articles?|stor(?:y|ies)|here|read(?:ers?|ing)?|browser|processing|website|site|report)\b"
    ))
});
static CAPTION: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)^(?:(?:photo|image|picture|foto|bild|photograph|illustration|graphic|video|media caption|image (?:caption|copyright|source|credit)|photo (?:by|credit|courtesy)|",
        r"credit|source|quelle|crédito|crédit)s?(?: credit| by| courtesy(?: of)?)?\s*[:/©]\s*.*|(?:photo|image|picture|photograph|illustration|video) (?:by|via|courtesy(?: of)?|credit)\b.*|",
        r"(?:file|stock|handout) (?:photo|image|picture)\b.*|(?:enlarge|view|open|close|show|play)(?: this| full| larger)? (?:image|photo|video|gallery|caption|slideshow).{0,40}|",
        r".*/\s*(?:getty(?: images)?|ap|afp|reuters|shutterstock|epa|alamy|istock|dpa|bloomberg)(?:\b.{0,40})?|.*\bgetty images\b.{0,20}|\((?:photo|image|picture|foto|ap photo)\b.*\))$"
    ))
});
/// Captions that are whole sentences show it by the picture's source, or by "file photo".
static LONG_CAPTION: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)(?:\((?:(?:ap |file |pool )?(?:photo|image|picture|credit|courtesy)\b|via )[^)]{0,100}\)\.?$|\b(?:photo|image|picture|credit|courtesy)s?(?: credit)?\s*[:©]\s*[^.]{1,60}\.?$|",
        r"^(?:in this|this|an?)\b.*\b(?:file|handout|undated) (?:photo|image|picture)|\bphoto by [^.]{1,60}\.?$|",
        r"[/|]\s*(?:getty(?: images)?|ap|afp|reuters|shutterstock|epa|alamy|istock|dpa|bloomberg|staff)(?: photo)?\)?$|^(?:image|photo|slide)?\s*[0-9]+ ?of ?/? ?[0-9]+)"
    ))
});
static COPYRIGHT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^(?:(?:copyright|©|\(c\))\s.*|.*\ball rights reserved\b.*|©.*|this material may not be published.*|this document is subject to copyright.*)$",
    )
});
static ADDRESS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^(?:(?:e-?mail|twitter|contact)\s*:?\s*)?(?:https?://\S+|www\.\S+|(?-i:[\w.+-]+@[\w-]+(?:\.[\w-]+)+)|@[0-9A-Za-z_]{2,30}|(?:twitter|facebook|instagram)\.com/\S+)$",
    )
});
static NAVIGATION: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)^(?:(?:back to )?top|home|menu|search|close|skip to (?:main )?content|log ?in|sign in|log ?out|my account|register|loading\.{0,3}|",
        r"tags?:.*|filed under:?.*|posted in:?.*|categor(?:y|ies):.*|topics?:.*|(?:listen|play|pause|mute|watch)(?: (?:now|live|to this article))?|",
        r"privacy policy|terms (?:of (?:use|service)|and conditions)|cookie (?:policy|settings)|about us|contact us|advertise(?: with us)?|click here.*|show more|load more|see more|view all|continue reading\b.{0,10})$"
    ))
});
static COUNT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)\b(?:[0-9]+\s*(?:min(?:ute)?s?)(?:\s+(?:read|listen))|[0-9.,]+[km]?\s+(?:views?|comments?|shares?|reads?|likes?)|[0-9]+\s*(?:h|hrs?|hours?|d|days?|m|mins?|minutes?|w|weeks?|months?|years?)\s+ago|",
        r"(?:last )?(?:updated|published|posted|modified)(?:\s+(?:on|at))?\b|first published)"
    ))
});
static DATE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)\b(?:(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?\s+[0-9]{1,2}(?:st|nd|rd|th)?,?\s+[0-9]{4}|",
        r"[0-9]{1,2}(?:st|nd|rd|th)?\.?\s+[A-Za-zÀ-\u{1FFF}]{3,10}\.?,?\s+[0-9]{4}|[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{1,2}[./][0-9]{1,2}[./][0-9]{2,4}|[0-9]{4}年[0-9]{1,2}月)\b?"
    ))
});
static BY: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^(?:[Bb]y|BY|[Vv]on|[Pp]ar|[Pp]or|(?i:written|posted|reported|reporting|story|words|text|analysis|review|interview|recipe) (?i:by)|Author:)\s+\p{Lu}",
    )
});
static BY_WORD: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^(?i:(?:(?:written|posted|reported|reporting|story|analysis|review|interview|opinion|words|text|recipe) )?by|von|par|por|author|text)\b\s*:?\s+",
    )
});
static HOUR: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?i)\b[0-9]{1,2}[:.][0-9]{2}\s*(?:[ap]\.?m\b|gmt|utc|e[sd]t|p[sd]t|ist|cet|uhr)?")
});
static CALENDAR: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?|jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec|on|at|published|updated|posted|last updated)\b\.?[\s,]*(?:on|at)?$",
    )
});
static SEPARATOR: LazyLock<Regex> = LazyLock::new(|| pattern(r"\s[·|•–—/-]\s|·|\|"));

/// What a line is that is not read; `None` for text.
pub(super) fn junk(line: &str) -> Option<Junk> {
    let words = count_words(line);
    if ADVERTISEMENT.is_match(line) || GLUED_SLOT.is_match(line) || is_disclosure(line, words) {
        return Some(Junk::Advertisement);
    }
    if words <= CAPTION_WORDS_MAX && LONG_CAPTION.is_match(line) {
        return Some(Junk::Caption);
    }
    if words > LABEL_WORDS_MAX {
        return [(&COMMENTS, Junk::Comments), (&COPYRIGHT, Junk::Copyright)]
            .into_iter()
            .find(|(pattern, _)| pattern.is_match(line))
            .map(|(_, junk)| junk);
    }
    if COMMENTS.is_match(line) {
        return Some(Junk::Comments);
    }
    if is_byline(line, words) {
        return Some(Junk::Byline);
    }
    [
        (&COPYRIGHT, Junk::Copyright),
        (&NEWSLETTER, Junk::Newsletter),
        (&RELATED, Junk::Related),
        (&SHARE, Junk::Share),
        (&CAPTION, Junk::Caption),
        (&ADDRESS, Junk::Address),
        (&NAVIGATION, Junk::Navigation),
    ]
    .into_iter()
    .find(|(pattern, _)| pattern.is_match(line))
    .map(|(_, junk)| junk)
    .filter(|junk| !is_sentence_of_the_text(line, words, *junk))
}

fn is_disclosure(line: &str, words: usize) -> bool {
    words <= CAPTION_WORDS_MAX && DISCLOSURE.is_match(line)
}

/// Whether an invitation is a whole sentence that speaks of nothing a site invites to: "Join us or
/// leave, the rebels said to the villagers on Friday."
fn is_sentence_of_the_text(line: &str, words: usize, junk: Junk) -> bool {
    const LABEL_WORDS: usize = 8;
    matches!(junk, Junk::Newsletter | Junk::Related | Junk::Share)
        && words > LABEL_WORDS
        && ends_sentence(line)
        && !SITE_WORD.is_match(line)
}

/// A line of author, date and counters: two of them, one beside a separator, or one alone.
fn is_byline(line: &str, words: usize) -> bool {
    if ends_sentence(line) && words > 8 {
        return false;
    }
    let counts = COUNT.find_iter(line).take(2).count();
    let date = DATE.find(line);
    let by = BY.is_match(line) && words <= 14;
    let facts = counts + usize::from(date.is_some()) + usize::from(by);
    let alone = (by && words <= 8) || words <= 4 || date.is_some_and(|date| date.len() * 2 >= line.len());
    facts >= 2 || (facts == 1 && (SEPARATOR.is_match(line) || alone) && words <= 20)
}

/// Whether a headline runs into the text below it without a space, as the text of a card of a list of
/// articles has it: "Ferry Sold to the Highest BidderNobody else came."
pub(super) fn is_teaser(line: &str) -> bool {
    const HEAD_WORDS_MIN: usize = 4;
    const HEAD_CHARS_MAX: usize = 160;
    let mut head_end = None;
    let mut last = ' ';
    for (at, c) in line.char_indices().take(HEAD_CHARS_MAX) {
        if matches!(c, '.' | '…') && !last.is_uppercase() {
            return false;
        }
        let glued = (last.is_lowercase() || last.is_ascii_digit()) && c.is_uppercase();
        let starts = line[at + c.len_utf8()..].starts_with(|c: char| c.is_lowercase() || c == ' ');
        if glued && starts && line[at..].contains(' ') {
            head_end = Some(at);
            break;
        }
        last = c;
    }
    let Some(head) = head_end.map(|at| &line[..at]) else { return false };
    let words = head.split_whitespace().filter(|word| word.len() > 3);
    let (all, capitals) = words.fold((0, 0), |(all, capitals), word| {
        (all + 1, capitals + usize::from(word.starts_with(char::is_uppercase)))
    });
    all >= HEAD_WORDS_MIN && capitals * 10 >= all * 9
}

/// Whether a line names a day or an hour.
pub(super) fn has_date(line: &str) -> bool {
    DATE.is_match(line) || COUNT.is_match(line) || HOUR.is_match(line)
}

/// Who wrote it, of a line that [`junk`] calls a byline.
pub(super) fn author(byline: &str) -> Option<String> {
    let first = byline.split(['·', '|', '•']).next().unwrap_or(byline).trim();
    let first = [&*DATE, &*COUNT, &*HOUR]
        .iter()
        .filter_map(|pattern| pattern.find(first).map(|found| found.start()))
        .min()
        .map_or(first, |end| &first[..end]);
    let name = without_by(first);
    let words = count_words(name);
    let fits = (1..=10).contains(&words)
        && name.chars().any(char::is_uppercase)
        && !name.contains(|c: char| c.is_ascii_digit());
    // One word alone is a name only where "by" says so.
    let told = words > 1 || name.len() < first.trim().len();
    (fits && told && !CALENDAR.is_match(name)).then(|| name.to_owned())
}

/// A name without the "By" before it and the signs around it.
pub(super) fn without_by(name: &str) -> &str {
    let name = name.trim();
    let name = BY_WORD.find(name).map_or(name, |by| &name[by.end()..]);
    name.trim_matches(|c: char| c.is_whitespace() || matches!(c, ',' | '-' | '–' | '—' | ':' | '/'))
}

/// Whether a line ends as a sentence does, closing quotes and brackets aside.
pub(super) fn ends_sentence(line: &str) -> bool {
    line.trim_end_matches(['"', '\'', '”', '’', '»', '›', ')', ']', '“', '」', '』', '）', '*'])
        .ends_with(['.', '!', '?', '…', '。', '！', '？', '؟', '۔', '।', '．', '։', ':'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_are_not_read_say_what_they_are() {
        for (line, wanted) in [
            ("Advertisement", Junk::Advertisement),
            ("Advertisementsport_top_article_2", Junk::Advertisement),
            ("Anzeige", Junk::Advertisement),
            ("Harbour Gazette Staff · · 3h ago · 120 views · 6 min read", Junk::Byline),
            ("By Ana Torres | March 3, 2024", Junk::Byline),
            ("Published 12 June 2023", Junk::Byline),
            ("Discussion (0)", Junk::Comments),
            ("14 comments", Junk::Comments),
            ("Be the first to comment.", Junk::Comments),
            ("Leave a reply", Junk::Comments),
            ("Related articles", Junk::Related),
            ("Read more: why the ferries stopped", Junk::Related),
            ("Share this on Facebook", Junk::Share),
            ("Sign up for our morning briefing", Junk::Newsletter),
            ("Photo: Ana Torres", Junk::Caption),
            ("A ferry leaves the harbour. Ana Torres/Getty Images", Junk::Caption),
            ("© 2024 Harbour Gazette. All rights reserved.", Junk::Copyright),
            ("Tags: ferries, harbour", Junk::Navigation),
            ("@harbour_gazette", Junk::Address),
            ("редакция@порт.example", Junk::Address),
            ("12 июня 2023", Junk::Byline),
            ("3 février 2021", Junk::Byline),
        ] {
            assert_eq!(junk(line), Some(wanted), "{line}");
        }
    }

    #[test]
    fn a_headline_that_runs_into_its_text_is_a_teaser() {
        for (line, wanted) in [
            ("Ferry Sold to the Highest Bidder in TownNobody else came to the sale.", true),
            ("Council Votes Against Parking Fees 9-8The mayor went home early on Tuesday.", true),
            ("The Story of Ronald McDonald is older than the company.", false),
            ("He bought an iPhone from the man who had sold him the last one.", false),
            ("Old Town Council Votes to Keep Its Last Boat.", false),
        ] {
            assert_eq!(is_teaser(line), wanted, "{line}");
        }
    }

    #[test]
    fn text_is_not_taken_for_junk() {
        for line in [
            "By the time the council met, the ferry had already been sold.",
            "Share prices fell by a third on Monday.",
            "He was born on March 3, 1924, in a village that no longer exists.",
            "Advertisements on the ferry will be banned, the council decided.",
            "Read more carefully, the letter says the opposite.",
            "The Long Way Home",
            "Join us or leave, the rebels told the people of the village on Friday.",
            "Register to vote before the fifth of May or you will lose your voice.",
            "The photo shows a ferry. Nobody knows who took it.",
        ] {
            assert_eq!(junk(line), None, "{line}");
        }
    }

    #[test]
    fn the_author_stands_before_the_counters() {
        for (line, wanted) in [
            ("Harbour Gazette Staff · · 3h ago · 6 min read", Some("Harbour Gazette Staff")),
            ("By Ana Torres | March 3, 2024", Some("Ana Torres")),
            ("3h ago · 6 min read", None),
        ] {
            assert_eq!(author(line).as_deref(), wanted, "{line}");
        }
    }
}
