//! What all pages have around them: head, style, navigation, and the policy that allows nothing else.

use std::fmt::Write as _;
use std::sync::LazyLock;

use axum::http::HeaderValue;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use quick_xml::escape::escape;
use sha2::{Digest, Sha256};

const STYLE: &str = include_str!("page.css");

/// Scripts of the service alone and none in the page (level 3 of CSP), the one style by its hash, and no
/// text that becomes markup in a script (Trusted Types). `blob:` is where the player puts sound that is
/// still being made.
pub(super) static POLICY: LazyLock<HeaderValue> = LazyLock::new(|| {
    let style = BASE64_STANDARD.encode(Sha256::digest(STYLE));
    let policy = format!(
        "default-src 'none'; script-src 'self'; style-src 'sha256-{style}'; connect-src 'self'; \
         media-src 'self' blob:; img-src 'self'; base-uri 'none'; form-action 'none'; \
         frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
    );
    HeaderValue::try_from(policy).unwrap_or(HeaderValue::from_static("default-src 'none'"))
});

/// The pages that the navigation leads to: name, address from the root.
const PLACES: &[(&str, &str)] =
    &[("Articles", "./"), ("Figures", "figures"), ("Docs", "docs"), ("Feed", "feeds/default.xml")];

/// What a page is made of.
pub(super) struct Page<'a> {
    /// Its title, as text.
    pub(super) title: &'a str,
    /// Its place in the navigation.
    pub(super) here: &'a str,
    /// How it leads to the root: `""`, or `"../"` for each level below.
    pub(super) root: &'a str,
    /// What stands in `main`, as HTML.
    pub(super) main: &'a str,
    /// Its scripts, by their addresses from the root.
    pub(super) scripts: &'a [&'a str],
}

/// The whole page.
pub(super) fn html(page: &Page<'_>) -> String {
    let Page { root, main, .. } = page;
    let title = escape(page.title);
    let mut html = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<title>{title}</title>\n\
         <link rel=\"icon\" href=\"{root}cover.png\">\n\
         <link rel=\"alternate\" type=\"application/rss+xml\" title=\"Podcast\" href=\"{root}feeds/default.xml\">\n\
         <style>{STYLE}</style>\n"
    );
    for script in page.scripts {
        let _ = writeln!(html, "<script type=\"module\" src=\"{root}{script}\"></script>");
    }
    let _ = write!(
        html,
        "</head>\n<body>\n<a class=\"skip\" href=\"#main\">Skip to the content</a>\n<header class=\"top\">\n\
         <a class=\"brand\" href=\"{root}./\"><span class=\"mark\" aria-hidden=\"true\">\
         <i></i><i></i><i></i><i></i><i></i></span>listen</a>\n<nav aria-label=\"Service\"><ul>\n"
    );
    for (name, address) in PLACES {
        let current = if *name == page.here { " aria-current=\"page\"" } else { "" };
        let _ = writeln!(html, "<li><a href=\"{root}{address}\"{current}>{name}</a></li>");
    }
    let _ = write!(html, "</ul></nav>\n</header>\n<main id=\"main\" tabindex=\"-1\">\n{main}</main>\n");
    let _ = write!(
        html,
        "<footer><ul>\n<li><a href=\"{root}readyz\">Status</a></li>\n\
         <li><a href=\"{root}metrics\">Metrics</a></li>\n</ul></footer>\n"
    );
    if !page.scripts.is_empty() {
        html.push_str(KEY_DIALOG);
    }
    html.push_str("</body>\n</html>\n");
    html
}

/// Asks for a publisher's key; `key.js` shows it when a key is needed.
const KEY_DIALOG: &str = "<dialog id=\"key\" aria-labelledby=\"key-title\"><form method=\"dialog\">\n\
    <h2 id=\"key-title\">Publisher’s key</h2>\n<p id=\"key-why\" role=\"status\"></p>\n\
    <p><label for=\"key-value\">Key</label>\
    <input id=\"key-value\" type=\"password\" autocomplete=\"current-password\" spellcheck=\"false\" \
    required maxlength=\"256\" aria-describedby=\"key-fine\"></p>\n\
    <p class=\"fine\" id=\"key-fine\">It stays in this tab and is forgotten when you close it. \
    <code>listen keys create</code> makes one.</p>\n\
    <p class=\"actions\"><button type=\"button\" id=\"key-cancel\">Cancel</button>\
    <button class=\"strong\">Use this key</button></p>\n</form></dialog>\n";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_policy_names_the_style_and_nothing_foreign_runs() {
        let policy = POLICY.to_str().expect("ASCII");
        assert!(policy.starts_with("default-src 'none'; script-src 'self'; style-src 'sha256-"), "{policy}");
        assert!(!policy.contains("unsafe") && !policy.contains("http"), "{policy}");
        assert!(!STYLE.contains("url(") && !STYLE.contains("@import") && !STYLE.contains("</"), "one style");
    }

    #[test]
    fn a_page_stands_on_its_own_at_any_depth() {
        let page =
            |root, scripts| html(&Page { title: "<b>", here: "Docs", root, main: "<p>text</p>", scripts });
        let plain = page("../", &[]);
        assert!(plain.contains("<title>&lt;b&gt;</title>") && plain.ends_with("</html>\n"), "{plain}");
        assert!(plain.contains("<a href=\"../docs\" aria-current=\"page\">"), "{plain}");
        assert!(!plain.contains("<script") && !plain.contains("<dialog"), "{plain}");
        let lively = page("", &["page/front.js"]);
        assert!(lively.contains("<script type=\"module\" src=\"page/front.js\"></script>"), "{lively}");
        assert!(lively.contains("<dialog id=\"key\""), "{lively}");
    }
}
