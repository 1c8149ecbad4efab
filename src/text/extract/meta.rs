//! What a page says about itself: JSON-LD, OpenGraph, `<meta>`, `<title>`, `<html lang>`.

use scraper::{Html, Selector};
use serde_json::Value;
use url::Url;

use super::{Found, fold_space, lines};
use crate::article::Lang;

/// Values looked at in a page's JSON-LD.
const JSON_VALUES_MAX: usize = 2_000;

/// Longest headline or name taken from a page, in characters.
const NAME_CHARS_MAX: usize = 400;

/// What a page says about itself.
#[derive(Debug, Default)]
pub(super) struct Meta {
    pub(super) title: Option<String>,
    /// Every text that the page calls its title.
    pub(super) titles: Vec<String>,
    pub(super) description: Option<String>,
    byline: Option<String>,
    publisher: Option<String>,
    published: Option<String>,
    lang: Option<Lang>,
    url: Option<String>,
    image: Option<String>,
}

impl Meta {
    pub(super) fn read(page: &Html, url: Option<&str>) -> Self {
        let tags = Tags::read(page);
        let data = LinkedData::read(page);
        let base = url.and_then(|url| Url::parse(url).ok());
        let address = |found: Option<String>| found.and_then(|found| absolute(&found, base.as_ref()));
        let publisher = name(tags.get(&["og:site_name", "application-name"])).or(data.publisher);
        let titles = [
            data.headline.clone(),
            tags.get(&["og:title"]),
            tags.get(&["twitter:title"]),
            only_heading(page),
        ];
        let named = tags.get(&["og:title", "twitter:title", "dc.title", "parsely-title"]);
        let title = [data.headline, named, only_heading(page), tags.title.clone()]
            .into_iter()
            .filter_map(name)
            .find(|title| Some(title) != publisher.as_ref());
        let author =
            tags.get(&["author", "article:author", "dc.creator", "parsely-author", "byl", "sailthru.author"]);
        Self {
            titles: titles.into_iter().chain([tags.title.clone()]).filter_map(name).collect(),
            title: title.map(|title| without_site(&title, publisher.as_deref())),
            description: name(tags.get(&["og:description", "description", "twitter:description"])),
            byline: name(data.author)
                .or_else(|| name(author).filter(|author| !author.starts_with("http")))
                .map(|name| lines::without_by(&name).to_owned()),
            publisher,
            published: data
                .published
                .or_else(|| {
                    tags.get(&[
                        "article:published_time",
                        "og:published_time",
                        "date",
                        "dc.date",
                        "pubdate",
                        "parsely-pub-date",
                    ])
                })
                .and_then(|date| date_of(&date))
                .or_else(|| time_element(page)),
            lang: tags.lang.as_deref().and_then(|lang| lang.parse().ok()),
            url: address(tags.canonical.clone()).or_else(|| address(tags.get(&["og:url"]))),
            image: address(tags.get(&["og:image", "og:image:url", "twitter:image"]).or(data.image)),
        }
    }

    pub(super) fn fill(self, found: &mut Found) {
        found.title = self.title.or_else(|| found.title.take());
        found.byline = self.byline.or_else(|| found.byline.take());
        found.publisher = self.publisher;
        found.published = self.published;
        found.lang = self.lang;
        found.url = self.url;
        found.image = self.image;
    }
}

fn select(selector: &str) -> Option<Selector> {
    Selector::parse(selector).ok()
}

/// The `<meta>` and `<link>` tags.
struct Tags {
    named: Vec<(String, String)>,
    canonical: Option<String>,
    title: Option<String>,
    lang: Option<String>,
}

impl Tags {
    fn read(page: &Html) -> Self {
        let mut tags = Self { named: Vec::new(), canonical: None, title: None, lang: None };
        tags.lang = page
            .root_element()
            .attr("lang")
            .or_else(|| page.root_element().attr("xml:lang"))
            .map(str::to_owned);
        let Some(selector) = select("meta, link[rel=canonical], head title") else {
            return tags;
        };
        for element in page.select(&selector) {
            match element.value().name() {
                "meta" => {
                    let names = ["property", "name", "itemprop"].iter().filter_map(|key| element.attr(key));
                    let Some(content) = element.attr("content") else {
                        continue;
                    };
                    tags.named.extend(names.map(|name| (name.to_ascii_lowercase(), content.to_owned())));
                }
                "link" => tags.canonical = tags.canonical.or_else(|| element.attr("href").map(str::to_owned)),
                _ => tags.title = tags.title.or_else(|| Some(element.text().collect())),
            }
        }
        tags
    }

    fn get(&self, names: &[&str]) -> Option<String> {
        names.iter().find_map(|name| {
            self.named
                .iter()
                .find(|(known, value)| known == name && !value.trim().is_empty())
                .map(|(_, value)| value.clone())
        })
    }
}

/// What schema.org data says of the article.
#[derive(Debug, Default)]
struct LinkedData {
    headline: Option<String>,
    author: Option<String>,
    publisher: Option<String>,
    published: Option<String>,
    image: Option<String>,
}

impl LinkedData {
    fn read(page: &Html) -> Self {
        let mut data = Self::default();
        let Some(selector) = select(r#"script[type="application/ld+json"]"#) else {
            return data;
        };
        for script in page.select(&selector) {
            let text: String = script.text().collect();
            if let Ok(value) = serde_json::from_str::<Value>(text.trim()) {
                data.take(&value);
            }
        }
        data
    }

    fn take(&mut self, value: &Value) {
        let mut open = vec![value];
        for _ in 0..JSON_VALUES_MAX {
            let Some(value) = open.pop() else { break };
            match value {
                Value::Array(items) => open.extend(items.iter().rev()),
                Value::Object(object) => {
                    if is_article(value) {
                        self.take_article(value);
                    }
                    open.extend(object.get("@graph"));
                    open.extend(object.get("mainEntity"));
                }
                _ => {}
            }
        }
    }

    fn take_article(&mut self, value: &Value) {
        let text = |key: &str| value.get(key).and_then(Value::as_str).map(str::to_owned);
        self.headline = self.headline.take().or_else(|| text("headline"));
        self.published = self.published.take().or_else(|| text("datePublished"));
        self.author = self.author.take().or_else(|| names(value.get("author")));
        self.publisher = self.publisher.take().or_else(|| names(value.get("publisher")));
        self.image = self.image.take().or_else(|| first_image(value.get("image")));
    }
}

fn is_article(value: &Value) -> bool {
    let is = |kind: &Value| {
        kind.as_str().is_some_and(|kind| {
            kind.ends_with("Article") || kind.ends_with("BlogPosting") || kind == "Report"
        })
    };
    match value.get("@type") {
        Some(Value::Array(kinds)) => kinds.iter().any(is),
        Some(kind) => is(kind),
        None => false,
    }
}

/// The names of one or several persons or organizations.
fn names(value: Option<&Value>) -> Option<String> {
    let one = |value: &Value| match value {
        Value::String(name) => Some(name.clone()),
        value => value.get("name").and_then(Value::as_str).map(str::to_owned),
    };
    let all: Vec<String> = match value? {
        Value::Array(values) => {
            values.iter().filter_map(one).filter(|name| !name.trim().is_empty()).collect()
        }
        value => one(value).into_iter().collect(),
    };
    let (last, rest) = all.split_last()?;
    Some(if rest.is_empty() { last.clone() } else { format!("{} and {last}", rest.join(", ")) })
}

fn first_image(value: Option<&Value>) -> Option<String> {
    match value? {
        Value::String(url) => Some(url.clone()),
        Value::Array(images) => first_image(images.first()),
        value => value.get("url").and_then(Value::as_str).map(str::to_owned),
    }
}

/// The page's `<h1>`, when there is only one.
fn only_heading(page: &Html) -> Option<String> {
    let selector = select("h1")?;
    let mut headings = page.select(&selector);
    let first = headings.next()?;
    headings.next().is_none().then(|| first.text().collect())
}

/// `A headline | The Paper` without the paper.
fn without_site(title: &str, publisher: Option<&str>) -> String {
    for separator in [" | ", " - ", " – ", " — ", " · ", " :: ", " » "] {
        if let Some((headline, site)) = title.rsplit_once(separator) {
            let is_site =
                publisher.is_some_and(|publisher| site.trim().eq_ignore_ascii_case(publisher.trim()));
            if is_site && !headline.trim().is_empty() {
                return headline.trim().to_owned();
            }
        }
    }
    title.to_owned()
}

fn name(found: Option<String>) -> Option<String> {
    let folded = fold_space(&super::repair(&found?).text);
    (!folded.is_empty() && folded.chars().count() <= NAME_CHARS_MAX).then_some(folded)
}

fn absolute(address: &str, base: Option<&Url>) -> Option<String> {
    let found = match base {
        Some(base) => base.join(address.trim()),
        None => Url::parse(address.trim()),
    };
    found.ok().filter(|url| matches!(url.scheme(), "http" | "https")).map(String::from)
}

/// The day of the page's `<time>`, when it has but one day in all.
fn time_element(page: &Html) -> Option<String> {
    const TIMES_MAX: usize = 20;
    let selector = select("time[datetime]")?;
    let times =
        page.select(&selector).take(TIMES_MAX).filter_map(|time| time.attr("datetime").and_then(date_of));
    let times: Vec<String> = times.collect();
    let first = times.first()?;
    times.iter().all(|time| time.get(..10) == first.get(..10)).then(|| first.clone())
}

/// RFC 3339, or the date alone when the time is not understood.
pub(super) fn date_of(text: &str) -> Option<String> {
    /// Content systems write year 1 or 1970 when they do not know.
    const YEAR_MIN: i16 = 1971;
    let text = text.trim();
    let day = text.get(..10)?.parse::<jiff::civil::Date>().ok().filter(|day| day.year() >= YEAR_MIN)?;
    text.parse::<jiff::Timestamp>().map_or_else(|_| Some(day.to_string()), |time| Some(time.to_string()))
}
