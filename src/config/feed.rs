//! A podcast feed as it is configured, and what directories take.

use serde::{Deserialize, Serialize};

use super::VoiceByKind;

/// A podcast feed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Feed {
    /// Its title.
    pub title: String,
    /// What it is about (at most 4000 bytes).
    pub description: String,
    /// Its language.
    pub language: String,
    /// Who makes it.
    pub author: String,
    /// The site's address; the service's own when absent.
    pub link: Option<String>,
    /// Address that podcast directories write to.
    pub owner_email: Option<String>,
    /// Apple's category, and optionally its subcategory after ` / `.
    pub category: String,
    /// Address of a square cover, 1400–3000 px, JPEG or PNG.
    pub image: Option<String>,
    /// Articles' images are square covers of 1400–3000 px too, and may be shown as episodes' covers.
    pub episode_images: bool,
    /// Whether it is for adults only.
    pub explicit: bool,
    /// What it is, in the words of the podcast namespace.
    pub medium: String,
    /// Who holds the rights.
    pub copyright: Option<String>,
    /// The `podcast:guid` it has had elsewhere; made from its address when absent.
    pub guid: Option<String>,
    /// Where it has moved to.
    pub new_feed_url: Option<String>,
    /// Only for listeners who have a key.
    pub private: bool,
    /// The voice of its articles that name none, of those in a language that it speaks.
    pub voice: Option<String>,
    /// Voice by kind of block, over [`super::Speech::voice_by_kind`].
    pub voice_by_kind: VoiceByKind,
}

impl Default for Feed {
    fn default() -> Self {
        Self {
            title: "Listen".to_owned(),
            description: "Articles, read aloud.".to_owned(),
            language: "en".to_owned(),
            author: String::new(),
            link: None,
            owner_email: None,
            category: "News".to_owned(),
            image: None,
            episode_images: false,
            explicit: false,
            medium: "podcast".to_owned(),
            copyright: None,
            guid: None,
            new_feed_url: None,
            private: false,
            voice: None,
            voice_by_kind: VoiceByKind::default(),
        }
    }
}

/// Longest description, in bytes (Apple, PSP-1).
const DESCRIPTION_BYTES_MAX: usize = 4000;

/// Longest title and author, in characters (feed validators complain above 255).
const NAME_CHARS_MAX: usize = 255;

/// Longest address (what browsers and directories take without trouble).
const ADDRESS_BYTES_MAX: usize = 2048;

/// `podcast:medium` of feeds whose items are episodes (podcast namespace 1.0, "Medium").
const MEDIA: &[&str] = &["podcast", "music", "video", "film", "audiobook", "newsletter", "blog", "course"];

/// Apple's categories and their subcategories (Apple Podcasts, "Podcast categories", since 2019).
const CATEGORIES: &[(&str, &[&str])] = &[
    ("Arts", &["Books", "Design", "Fashion & Beauty", "Food", "Performing Arts", "Visual Arts"]),
    ("Business", &["Careers", "Entrepreneurship", "Investing", "Management", "Marketing", "Non-Profit"]),
    ("Comedy", &["Comedy Interviews", "Improv", "Stand-Up"]),
    ("Education", &["Courses", "How To", "Language Learning", "Self-Improvement"]),
    ("Fiction", &["Comedy Fiction", "Drama", "Science Fiction"]),
    ("Government", &[]),
    (
        "Health & Fitness",
        &["Alternative Health", "Fitness", "Medicine", "Mental Health", "Nutrition", "Sexuality"],
    ),
    ("History", &[]),
    ("Kids & Family", &["Education for Kids", "Parenting", "Pets & Animals", "Stories for Kids"]),
    (
        "Leisure",
        &[
            "Animation & Manga",
            "Automotive",
            "Aviation",
            "Crafts",
            "Games",
            "Hobbies",
            "Home & Garden",
            "Video Games",
        ],
    ),
    ("Music", &["Music Commentary", "Music History", "Music Interviews"]),
    (
        "News",
        &[
            "Business News",
            "Daily News",
            "Entertainment News",
            "News Commentary",
            "Politics",
            "Sports News",
            "Tech News",
        ],
    ),
    (
        "Religion & Spirituality",
        &["Buddhism", "Christianity", "Hinduism", "Islam", "Judaism", "Religion", "Spirituality"],
    ),
    (
        "Science",
        &[
            "Astronomy",
            "Chemistry",
            "Earth Sciences",
            "Life Sciences",
            "Mathematics",
            "Natural Sciences",
            "Nature",
            "Physics",
            "Social Sciences",
        ],
    ),
    (
        "Society & Culture",
        &["Documentary", "Personal Journals", "Philosophy", "Places & Travel", "Relationships"],
    ),
    (
        "Sports",
        &[
            "Baseball",
            "Basketball",
            "Cricket",
            "Fantasy Sports",
            "Football",
            "Golf",
            "Hockey",
            "Rugby",
            "Running",
            "Soccer",
            "Swimming",
            "Tennis",
            "Volleyball",
            "Wilderness",
            "Wrestling",
        ],
    ),
    ("Technology", &[]),
    ("True Crime", &[]),
    ("TV & Film", &["After Shows", "Film History", "Film Interviews", "Film Reviews", "TV Reviews"]),
];

impl Feed {
    /// Its category, and the one inside it.
    #[must_use]
    pub fn categories(&self) -> (&str, Option<&str>) {
        match self.category.split_once('/') {
            None => (self.category.trim(), None),
            Some((outer, inner)) => (outer.trim(), Some(inner.trim())),
        }
    }

    /// What keeps directories from taking it, with what they take.
    pub(super) fn problem(&self, name: &str) -> Option<String> {
        if !is_name(name) {
            return Some("is not a name; use 1 to 64 of a-z 0-9 _ - (it stands in its address)".to_owned());
        }
        for (key, text, most) in
            [("title", &self.title, NAME_CHARS_MAX), ("description", &self.description, usize::MAX)]
        {
            if text.trim().is_empty() || text.chars().count() > most {
                return Some(format!("{key} is empty or over {NAME_CHARS_MAX} characters"));
            }
        }
        if self.description.len() > DESCRIPTION_BYTES_MAX {
            return Some(format!("description has over {DESCRIPTION_BYTES_MAX} bytes"));
        }
        if self.author.chars().count() > NAME_CHARS_MAX {
            return Some(format!("author has over {NAME_CHARS_MAX} characters"));
        }
        if !is_language(&self.language) {
            return Some(format!(
                "language \"{}\" is no language tag; use one such as en or de-AT",
                self.language
            ));
        }
        if let Some(email) = self.owner_email.as_deref().filter(|email| !is_email(email)) {
            return Some(format!("owner_email \"{email}\" is no address for mail"));
        }
        if !MEDIA.contains(&self.medium.as_str()) {
            return Some(format!("medium \"{}\" is not known; use one of {}", self.medium, MEDIA.join(", ")));
        }
        if let Some(guid) = self.guid.as_deref().filter(|guid| uuid::Uuid::parse_str(guid).is_err()) {
            return Some(format!("guid \"{guid}\" is no UUID"));
        }
        self.category_problem().or_else(|| self.address_problem())
    }

    fn category_problem(&self) -> Option<String> {
        let (outer, inner) = self.categories();
        let Some((outer, below)) = CATEGORIES.iter().find(|(name, _)| *name == outer) else {
            let names: Vec<&str> = CATEGORIES.iter().map(|(name, _)| *name).collect();
            return Some(format!("category \"{outer}\" is none of Apple's: {}", names.join(", ")));
        };
        let inner = inner.filter(|inner| !below.contains(inner))?;
        Some(match below {
            [] => format!("category \"{outer}\" has no subcategories, so not \"{inner}\""),
            below => format!("category \"{outer}\" has no \"{inner}\" in it, only {}", below.join(", ")),
        })
    }

    fn address_problem(&self) -> Option<String> {
        for (key, address) in
            [("link", &self.link), ("image", &self.image), ("new_feed_url", &self.new_feed_url)]
        {
            if let Some(address) = address.as_deref().filter(|address| !is_web_address(address)) {
                return Some(format!("{key} \"{address}\" is not an http(s) address in plain ASCII"));
            }
        }
        let image = self.image.as_deref().filter(|image| !is_cover_image(image))?;
        Some(format!("image \"{image}\" does not end in .jpg, .jpeg or .png, and apps take no others"))
    }
}

/// Whether an address names a JPEG or PNG, the only images that podcast apps take.
#[must_use]
pub fn is_cover_image(address: &str) -> bool {
    let path = address.split(['?', '#']).next().unwrap_or_default().to_ascii_lowercase();
    [".jpg", ".jpeg", ".png"].iter().any(|end| path.ends_with(end))
}

/// Whether an address is one that podcast apps and directories take: http or https, ASCII.
pub(super) fn is_web_address(address: &str) -> bool {
    address.is_ascii()
        && address.len() <= ADDRESS_BYTES_MAX
        && !address.contains(char::is_whitespace)
        && url::Url::parse(address)
            .is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
}

fn is_name(name: &str) -> bool {
    let fits = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'_' | b'-');
    (1..=64).contains(&name.len()) && name.bytes().all(fits)
}

fn is_language(tag: &str) -> bool {
    let mut subtags = tag.split('-');
    let primary = subtags.next().unwrap_or_default();
    (2..=3).contains(&primary.len())
        && primary.bytes().all(|b| b.is_ascii_alphabetic())
        && subtags.all(|s| (1..=8).contains(&s.len()) && s.bytes().all(|b| b.is_ascii_alphanumeric()))
}

fn is_email(address: &str) -> bool {
    let odd = |c: char| c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | ',' | ';');
    let parts = address.split_once('@');
    parts.is_some_and(|(who, host)| !who.is_empty() && host.contains('.') && !host.contains('@'))
        && !address.contains(odd)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(change: impl FnOnce(&mut Feed)) -> String {
        let mut feed = Feed::default();
        change(&mut feed);
        feed.problem("news").unwrap_or_default()
    }

    #[test]
    fn a_category_is_one_of_apples() {
        for good in
            ["News", "News / Tech News", "TV & Film/After Shows", "Technology", "Arts / Fashion & Beauty"]
        {
            assert_eq!(problem(|feed| feed.category = good.to_owned()), "", "{good}");
        }
        for (bad, words) in [
            ("news", "Apple's: Arts, Business"),
            ("News & Politics", "none of Apple's"),
            ("News / Weather", "only Business News, Daily News"),
            ("Technology / Gadgets", "has no subcategories"),
            ("", "none of Apple's"),
        ] {
            let told = problem(|feed| feed.category = bad.to_owned());
            assert!(told.contains(words), "{bad}: {told}");
        }
    }

    #[test]
    fn what_a_directory_would_refuse_is_refused_at_the_start() {
        type Change = fn(&mut Feed);
        let table: [(Change, &str); 12] = [
            (|f| f.title = " ".into(), "title"),
            (|f| f.title = "x".repeat(256), "title"),
            (|f| f.description = "ж".repeat(2001), "description"),
            (|f| f.author = "x".repeat(256), "author"),
            (|f| f.language = "English".into(), "language"),
            (|f| f.owner_email = Some("nobody".into()), "owner_email"),
            (|f| f.owner_email = Some("Ada <a@b.example>".into()), "owner_email"),
            (|f| f.medium = "newspaper".into(), "medium"),
            (|f| f.guid = Some("1234".into()), "guid"),
            (|f| f.link = Some("paper.example".into()), "link"),
            (|f| f.image = Some("https://paper.example/cover.webp".into()), "image"),
            (|f| f.new_feed_url = Some("https://päper.example/feed".into()), "new_feed_url"),
        ];
        for (change, key) in table {
            let told = problem(change);
            assert!(told.starts_with(key), "{key}: {told}");
        }
        assert!(Feed::default().problem("../etc").is_some());
        assert_eq!(Feed::default().problem("tech-2_x"), None);
    }
}
