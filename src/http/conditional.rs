//! Conditional requests of RFC 9110 §13, pure: headers and validators in, a verdict out.

use std::time::{Duration, SystemTime};

use axum::http::Method;
use axum::http::header::{
    HeaderMap, HeaderName, IF_MATCH, IF_MODIFIED_SINCE, IF_NONE_MATCH, IF_RANGE, IF_UNMODIFIED_SINCE,
};

/// An entity tag (RFC 9110 §8.8.3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Etag {
    weak: bool,
    opaque: String,
}

impl Etag {
    /// A tag that changes with every byte; `opaque` is visible ASCII without quotes.
    pub(super) fn strong(opaque: impl Into<String>) -> Self {
        Self { weak: false, opaque: opaque.into() }
    }

    /// A tag of what is said, not of how it is coded: for bodies that may be compressed on the way.
    pub(super) fn weak(opaque: impl Into<String>) -> Self {
        Self { weak: true, opaque: opaque.into() }
    }

    /// The tag as it stands in a header.
    pub(super) fn header(&self) -> String {
        format!("{}\"{}\"", if self.weak { "W/" } else { "" }, self.opaque)
    }

    fn is_same_strongly(&self, other: &Self) -> bool {
        !self.weak && self == other
    }

    fn is_same_weakly(&self, other: &Self) -> bool {
        self.opaque == other.opaque
    }
}

/// What tells one state of a representation from another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Validators {
    /// Its entity tag.
    pub(super) etag: Etag,
    /// When it was last changed, in whole seconds.
    pub(super) last_modified: Option<SystemTime>,
    /// Something else may take its place under its address: twice in a second, or something older.
    replaceable: bool,
}

impl Validators {
    /// A tag, and a time in milliseconds since 1970 (cut to the second, as HTTP dates are).
    pub(super) fn new(etag: Etag, modified_ms: Option<i64>) -> Self {
        let last_modified = modified_ms
            .and_then(|ms| u64::try_from(ms).ok())
            .map(|ms| SystemTime::UNIX_EPOCH + Duration::from_secs(ms / 1000));
        Self { etag, last_modified, replaceable: false }
    }

    /// Of what may be replaced, a date tells less: it is no strong validator (RFC 9110 §8.8.2.2), and a
    /// later one may be that of a state which was taken back.
    pub(super) fn replaceable(self) -> Self {
        Self { replaceable: true, ..self }
    }

    /// Whether a client that has the state of a date has the current one.
    fn is_unmodified_since(&self, since: SystemTime) -> bool {
        self.last_modified.is_some_and(
            |modified| {
                if self.replaceable { modified == since } else { modified <= since }
            },
        )
    }
}

/// What the preconditions of a request come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Go on.
    Proceed,
    /// The client has it: 304.
    NotModified,
    /// A precondition is false: 412.
    Failed,
}

/// Evaluates the preconditions in the order of RFC 9110 §13.2.2.
pub(super) fn evaluate(method: &Method, headers: &HeaderMap, current: &Validators) -> Verdict {
    if headers.contains_key(IF_MATCH) {
        if !matches(headers, &IF_MATCH, |tag| tag.is_same_strongly(&current.etag)) {
            return Verdict::Failed;
        }
    } else if let (Some(since), Some(modified)) = (date(headers, &IF_UNMODIFIED_SINCE), current.last_modified)
        && modified > since
    {
        return Verdict::Failed;
    }
    let reads = matches!(*method, Method::GET | Method::HEAD);
    if headers.contains_key(IF_NONE_MATCH) {
        if matches(headers, &IF_NONE_MATCH, |tag| tag.is_same_weakly(&current.etag)) {
            return if reads { Verdict::NotModified } else { Verdict::Failed };
        }
    } else if reads
        && date(headers, &IF_MODIFIED_SINCE).is_some_and(|since| current.is_unmodified_since(since))
    {
        return Verdict::NotModified;
    }
    Verdict::Proceed
}

/// Whether a `Range` header may be followed: there is no `If-Range`, or it names exactly the current
/// state by a strong comparison (RFC 9110 §13.1.5). Of what never changes a date is as good as a tag.
pub(super) fn range_applies(headers: &HeaderMap, current: &Validators) -> bool {
    let Some(value) = headers.get(IF_RANGE) else { return true };
    match entity_tags(value.as_bytes()).as_deref() {
        Some([tag]) => tag.is_same_strongly(&current.etag),
        Some(_) => false,
        None => {
            let date = date(headers, &IF_RANGE);
            !current.replaceable && date.is_some() && date == current.last_modified
        }
    }
}

/// Whether a list of tags (over all lines of the header) is `*` or holds a tag that fits.
fn matches(headers: &HeaderMap, name: &HeaderName, fits: impl Fn(&Etag) -> bool) -> bool {
    headers.get_all(name).iter().any(|line| {
        line.as_bytes().trim_ascii() == b"*"
            || entity_tags(line.as_bytes()).is_some_and(|tags| tags.iter().any(&fits))
    })
}

/// `#entity-tag`; none when it is anything else. A tag may hold commas, so it is read left to right.
fn entity_tags(list: &[u8]) -> Option<Vec<Etag>> {
    let mut tags = Vec::new();
    let mut rest = list;
    loop {
        while let [b' ' | b'\t' | b',', tail @ ..] = rest {
            rest = tail;
        }
        if rest.is_empty() {
            return Some(tags);
        }
        let weak = rest.starts_with(b"W/");
        rest = rest.strip_prefix(b"W/").unwrap_or(rest).strip_prefix(b"\"")?;
        let end = rest.iter().position(|byte| *byte == b'"')?;
        let (opaque, tail) = rest.split_at(end);
        if !opaque.iter().all(|byte| matches!(byte, 0x21 | 0x23..=0x7E | 0x80..)) {
            return None;
        }
        tags.push(Etag { weak, opaque: String::from_utf8_lossy(opaque).into_owned() });
        rest = tail.get(1..).unwrap_or_default();
        if !matches!(rest, [] | [b' ' | b'\t' | b',', ..]) {
            return None;
        }
    }
}

/// An HTTP date in any of its three forms; one that is no date, or several, are as good as absent
/// (§13.1.3, §13.1.4).
fn date(headers: &HeaderMap, name: &HeaderName) -> Option<SystemTime> {
    let mut lines = headers.get_all(name).iter();
    let (line, None) = (lines.next()?, lines.next()) else { return None };
    httpdate::parse_http_date(line.to_str().ok()?).ok()
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    const MODIFIED_MS: i64 = 784_111_777_500;
    const DATE: &str = "Sun, 06 Nov 1994 08:49:37 GMT";
    const EARLIER: &str = "Sun, 06 Nov 1994 08:49:36 GMT";
    const LATER: &str = "Sun, 06 Nov 1994 08:49:38 GMT";

    fn headers(lines: &[(&'static str, &str)]) -> HeaderMap {
        let value = |text: &str| HeaderValue::from_bytes(text.as_bytes()).expect("a header value");
        lines.iter().map(|(name, text)| (HeaderName::from_static(name), value(text))).collect()
    }

    fn verdict(method: &Method, lines: &[(&'static str, &str)]) -> Verdict {
        evaluate(method, &headers(lines), &Validators::new(Etag::strong("v2"), Some(MODIFIED_MS)))
    }

    #[test]
    fn preconditions_follow_rfc_9110_13_1() {
        use Verdict::{Failed, NotModified, Proceed};
        for (lines, expected) in [
            (&[][..], Proceed),
            // §13.1.1 If-Match: strong comparison, or anything for "*"
            (&[("if-match", "\"v2\"")], Proceed),
            (&[("if-match", "\"v1\", \"v2\"")], Proceed),
            (&[("if-match", "*")], Proceed),
            (&[("if-match", "\"v1\"")], Failed),
            (&[("if-match", "W/\"v2\"")], Failed),
            (&[("if-match", "v2")], Failed),
            // §13.1.2 If-None-Match: weak comparison
            (&[("if-none-match", "\"v2\"")], NotModified),
            (&[("if-none-match", "W/\"v2\"")], NotModified),
            (&[("if-none-match", "\"a,b\" , \"v2\"")], NotModified),
            (&[("if-none-match", "*")], NotModified),
            (&[("if-none-match", "\"v1\"")], Proceed),
            (&[("if-none-match", "v2")], Proceed),
            (&[("if-none-match", "\"v2")], Proceed),
            // §13.1.3 If-Modified-Since, in the three forms of §5.6.7
            (&[("if-modified-since", DATE)], NotModified),
            (&[("if-modified-since", LATER)], NotModified),
            (&[("if-modified-since", EARLIER)], Proceed),
            (&[("if-modified-since", "Sunday, 06-Nov-94 08:49:37 GMT")], NotModified),
            (&[("if-modified-since", "Sun Nov  6 08:49:37 1994")], NotModified),
            (&[("if-modified-since", "yesterday")], Proceed),
            // §13.1.4 If-Unmodified-Since
            (&[("if-unmodified-since", EARLIER)], Failed),
            (&[("if-unmodified-since", DATE)], Proceed),
            (&[("if-unmodified-since", "yesterday")], Proceed),
        ] {
            assert_eq!(verdict(&Method::GET, lines), expected, "{lines:?}");
            assert_eq!(verdict(&Method::HEAD, lines), expected, "HEAD {lines:?}");
        }
    }

    #[test]
    fn preconditions_are_taken_in_the_order_of_13_2_2() {
        use Verdict::{Failed, NotModified, Proceed};
        for (lines, expected) in [
            // Step 1 over step 2: a true If-Match makes If-Unmodified-Since not be looked at.
            ([("if-match", "\"v2\""), ("if-unmodified-since", EARLIER)], Proceed),
            ([("if-match", "\"v1\""), ("if-none-match", "\"v2\"")], Failed),
            ([("if-match", "\"v2\""), ("if-none-match", "\"v2\"")], NotModified),
            // Step 3 over step 4: If-None-Match makes If-Modified-Since not be looked at.
            ([("if-none-match", "\"v1\""), ("if-modified-since", LATER)], Proceed),
            ([("if-unmodified-since", EARLIER), ("if-none-match", "\"v2\"")], Failed),
        ] {
            assert_eq!(verdict(&Method::GET, &lines), expected, "{lines:?}");
        }
        assert_eq!(verdict(&Method::PUT, &[("if-none-match", "\"v2\"")]), Failed, "13.1.2: not a read");
        assert_eq!(verdict(&Method::PUT, &[("if-modified-since", DATE)]), Proceed, "13.1.3: not a read");
    }

    #[test]
    fn several_lines_of_one_header_are_one_list() {
        let mut lines = headers(&[("if-none-match", "\"v1\"")]);
        lines.append(IF_NONE_MATCH, HeaderValue::from_static("\"v2\""));
        let current = Validators::new(Etag::strong("v2"), None);
        assert_eq!(evaluate(&Method::GET, &lines, &current), Verdict::NotModified);
    }

    #[test]
    fn without_a_date_the_date_conditions_are_not_looked_at() {
        let current = Validators::new(Etag::weak("v2"), None);
        for name in ["if-modified-since", "if-unmodified-since"] {
            assert_eq!(evaluate(&Method::GET, &headers(&[(name, DATE)]), &current), Verdict::Proceed);
        }
        assert_eq!(Validators::new(Etag::weak("x"), Some(-1)).last_modified, None);
    }

    #[test]
    fn of_what_may_be_replaced_a_date_is_no_strong_validator_8_8_2_2() {
        let current = Validators::new(Etag::strong("v2"), Some(MODIFIED_MS)).replaceable();
        for (value, applies) in [("\"v2\"", true), (DATE, false), (LATER, false)] {
            assert_eq!(range_applies(&headers(&[("if-range", value)]), &current), applies, "{value}");
        }
        // A later date is that of a state which was taken back since: the client has another one.
        for (since, expected) in
            [(DATE, Verdict::NotModified), (LATER, Verdict::Proceed), (EARLIER, Verdict::Proceed)]
        {
            let lines = headers(&[("if-modified-since", since)]);
            assert_eq!(evaluate(&Method::GET, &lines, &current), expected, "{since}");
        }
    }

    #[test]
    fn several_dates_are_none_13_1_3() {
        let mut lines = headers(&[("if-modified-since", DATE)]);
        lines.append(IF_MODIFIED_SINCE, HeaderValue::from_static(LATER));
        let current = Validators::new(Etag::strong("v2"), Some(MODIFIED_MS));
        assert_eq!(evaluate(&Method::GET, &lines, &current), Verdict::Proceed);
        let joined = format!("{DATE}, {LATER}");
        assert_eq!(verdict(&Method::GET, &[("if-unmodified-since", &joined)]), Verdict::Proceed);
    }

    #[test]
    fn if_range_compares_strongly_13_1_5() {
        let strong = Validators::new(Etag::strong("v2"), Some(MODIFIED_MS));
        let weak = Validators::new(Etag::weak("v2"), Some(MODIFIED_MS));
        for (value, applies) in [
            ("\"v2\"", true),
            ("\"v1\"", false),
            ("W/\"v2\"", false),
            ("\"v2\", \"v1\"", false),
            ("*", false),
            ("v2", false),
            ("", false),
            (DATE, true),
            (LATER, false),
            (EARLIER, false),
        ] {
            assert_eq!(range_applies(&headers(&[("if-range", value)]), &strong), applies, "{value}");
        }
        assert!(!range_applies(&headers(&[("if-range", "W/\"v2\"")]), &weak), "a weak tag never is strong");
        assert!(range_applies(&HeaderMap::new(), &strong));
    }

    #[test]
    fn a_tag_is_read_only_when_it_is_one() {
        let tags = |text: &str| entity_tags(text.as_bytes()).map(|tags| tags.len());
        for (text, expected) in [
            ("\"\"", Some(1)),
            ("\"a\",W/\"b\"", Some(2)),
            (", ,\"a\" ,", Some(1)),
            ("\"é\"", Some(1)),
            ("\"a b\"", None),
            ("\"a\"b", None),
            ("w/\"a\"", None),
            ("a", None),
        ] {
            assert_eq!(tags(text), expected, "{text}");
        }
    }
}
