//! What a page is written in, when nobody says.

use std::sync::LazyLock;

use regex::Regex;

use crate::text::Format;

/// Bytes looked at.
const SAMPLE_BYTES_MAX: usize = 64 * 1024;

/// Marks of Markdown that must be there before text counts as such; an asterisk proves nothing.
const MARKDOWN_MARKS_MIN: usize = 2;

static HTML_START: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?is)\A\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body|article|main|div|section|p|h1|meta|title)\b",
    )
});
static HTML_BLOCK: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?i)</(?:p|div|article|h[1-6]|li|body|section|blockquote)\s*>|<p\b[^>]*>|<br\s*/?>")
});
static FRONT_MATTER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"\A\s*(?:---[ \t]*\n(?:[A-Za-z_][\w-]*:|#)|\+\+\+[ \t]*\n[A-Za-z_][\w-]*\s*=)")
});
static MARKDOWN_MARK: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?m)^#{1,6} \S|^```|^> \S|\[[^\]\n]+\]\([^)\s]+[^)\n]*\)|\*\*\S[^*\n]*\*\*|^[*+-] \S|^\[[^\]\n]+\]: \S|^={3,}$|^-{3,}$",
    )
});
static MARKDOWN_HEADING: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?m)\A\s*# \S|^#{1,6} \S.*\n\n|\]\(https?://"));

#[expect(clippy::expect_used, reason = "the patterns are constants and a test compiles them")]
pub(super) fn pattern(source: &str) -> Regex {
    Regex::new(source).expect("a constant pattern that the tests compile")
}

/// What a text is written in, going by what it looks like.
#[must_use]
pub fn detect(text: &str) -> Format {
    let mut end = text.len().min(SAMPLE_BYTES_MAX);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let sample = &text[..end];
    if HTML_START.is_match(sample) || HTML_BLOCK.find_iter(sample).take(3).count() == 3 {
        return Format::Html;
    }
    let marks = MARKDOWN_MARK.find_iter(sample).take(MARKDOWN_MARKS_MIN).count();
    if FRONT_MATTER.is_match(sample) || (marks >= MARKDOWN_MARKS_MIN && MARKDOWN_HEADING.is_match(sample)) {
        return Format::Markdown;
    }
    Format::Text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_tells_what_it_is_written_in() {
        for (page, format) in [
            ("<!DOCTYPE html><html><body>Hi", Format::Html),
            ("\n<!-- made by hand --><article><p>Hi</p></article>", Format::Html),
            ("Some words <br> and <br> and <br>", Format::Html),
            ("---\ntitle: A day\n---\n\nText", Format::Markdown),
            ("# A day\n\nIt **rained**.", Format::Markdown),
            ("A day\n\n[It](https://example.org/a) rained. **Much**", Format::Markdown),
            ("A day. It rained, and 3 < 4 > 2.", Format::Text),
            ("* one line with an asterisk\n* and another", Format::Text),
            ("", Format::Text),
        ] {
            assert_eq!(detect(page), format, "{page}");
        }
    }
}
