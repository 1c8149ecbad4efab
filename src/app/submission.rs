use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{AppError, Kind};
use crate::article::{Lang, Note};
use crate::text::Format;

/// Speeds a publisher may ask for, against the voice's house pace.
pub const RATES: std::ops::RangeInclusive<f32> = 0.5..=2.0;

/// An article as a publisher hands it over: exactly one of `html`, `markdown`, `text` (or `url`
/// alone), and what the publisher knows better than the page does.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Submission {
    /// The page as HTML.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub html: Option<String>,
    /// The article as Markdown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub markdown: Option<String>,
    /// The article as plain text, or a text dump of its page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// The page's address; fetched only when there is no `html`, `markdown` or `text`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// The headline, over the page's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Who wrote it, over the page's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub byline: Option<String>,
    /// When it was published: RFC 3339 or `YYYY-MM-DD`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub published: Option<String>,
    /// Its language.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lang: Option<Lang>,
    /// The voice that reads it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub voice: Option<String>,
    /// The feed it is an episode of; `default` when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub feed: Option<String>,
    /// Address of its lead image.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image: Option<String>,
    /// Speed against the voice's house pace, 0.5–2.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rate: Option<f32>,
    /// What was guessed or replaced when its bytes were decoded; never part of a request.
    #[serde(skip)]
    pub notes: Vec<Note>,
    /// Only to be heard: in no list and no feed, and deleted after a day.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub trial: bool,
}

impl Submission {
    /// A body sent as it is, of one format.
    #[must_use]
    pub fn of_body(format: Format, body: String) -> Self {
        let mut submission = Self::default();
        match format {
            Format::Html => submission.html = Some(body),
            Format::Markdown => submission.markdown = Some(body),
            Format::Text | Format::Auto => submission.text = Some(body),
        }
        submission
    }

    /// The body and its format.
    ///
    /// # Errors
    /// When there is none, or more than one.
    pub fn body(&self) -> Result<(Format, &str), AppError> {
        let bodies: Vec<(Format, &str)> =
            [(Format::Html, &self.html), (Format::Markdown, &self.markdown), (Format::Text, &self.text)]
                .into_iter()
                .filter_map(|(format, body)| body.as_deref().map(|body| (format, body)))
                .collect();
        match (bodies.as_slice(), &self.url) {
            ([one], _) => Ok(*one),
            ([], Some(_)) => Err(AppError::new(
                Kind::NotBuilt,
                "fetch_not_built",
                "fetching a page by its address is not built yet; send the page as `html`, `markdown` or `text`",
            )
            .about("url")),
            ([], None) => {
                Err(AppError::new(Kind::Invalid, "no_body", "send one of `html`, `markdown` or `text`").about("html"))
            }
            _ => Err(AppError::new(
                Kind::Invalid,
                "several_bodies",
                "send only one of `html`, `markdown` and `text`",
            )
            .about("html")),
        }
    }

    /// Checks the fields that need no look at the article.
    ///
    /// # Errors
    /// The first field that does not fit, and what fits.
    pub fn check(&self) -> Result<(), AppError> {
        if let Some(rate) = self.rate
            && !RATES.contains(&rate)
        {
            return Err(unfit("rate", "bad_rate", format!("rate {rate} is out of range; use 0.5 to 2.0")));
        }
        if let Some(published) = &self.published
            && published.parse::<jiff::Timestamp>().is_err()
            && published.parse::<Date>().is_err()
        {
            let message = format!("published \"{published}\" is not a date; use RFC 3339 or YYYY-MM-DD");
            return Err(unfit("published", "bad_date", message));
        }
        for (name, address) in [("url", &self.url), ("image", &self.image)] {
            if let Some(address) = address
                && !is_web_address(address)
            {
                return Err(unfit(
                    name,
                    "bad_url",
                    format!("{name} \"{address}\" is not an http(s) address"),
                ));
            }
        }
        Ok(())
    }
}

fn is_web_address(address: &str) -> bool {
    address.len() <= 2048
        && url::Url::parse(address)
            .is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
}

fn unfit(param: &'static str, code: &'static str, message: String) -> AppError {
    AppError::new(Kind::Unprocessable, code, message).about(param)
}
