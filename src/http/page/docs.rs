//! The documentation of the repository, as pages.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::LazyLock;

use pulldown_cmark::{CowStr, Event, HeadingLevel, Options, Parser, Tag, TagEnd};
use quick_xml::escape::escape;

use super::shell::{self, Page};

/// The documents, the first one at `/docs`: name in addresses, name in the menu, text.
const DOCUMENTS: &[(&str, &str, &str)] = &[
    ("http", "HTTP reference", include_str!("../../../docs/http.md")),
    ("player", "The player", include_str!("../../../docs/player.md")),
    ("lexicon", "Lexicon", include_str!("../../../docs/lexicon.md")),
    ("languages", "Languages", include_str!("../../../docs/languages.md")),
    ("voices", "Voices", include_str!("../../../docs/voices.md")),
    ("config", "Configuration", include_str!("../../../docs/config.md")),
    ("metrics", "Metrics", include_str!("../../../docs/metrics.md")),
    ("privacy", "Privacy", include_str!("../../../docs/privacy.md")),
    ("engines", "Programs and servers", include_str!("../../../docs/engines.md")),
    ("worker-protocol", "Worker protocol", include_str!("../../../docs/worker-protocol.md")),
];

/// The pages, ready to be sent. They are the same for everybody.
static PAGES: LazyLock<BTreeMap<&str, String>> = LazyLock::new(|| {
    DOCUMENTS.iter().map(|(name, title, text)| (*name, page(name, title, text, "../"))).collect()
});

/// `/docs`: the first document, one level further up.
static FIRST: LazyLock<String> = LazyLock::new(|| {
    let (name, title, text) = DOCUMENTS[0];
    page(name, title, text, "")
});

/// The page of a document; none when there is no such document.
pub(super) fn html(name: Option<&str>) -> Option<&'static str> {
    match name {
        None => Some(FIRST.as_str()),
        Some(name) => PAGES.get(name).map(String::as_str),
    }
}

fn page(name: &str, title: &str, text: &str, root: &str) -> String {
    let (body, headings) = render(text, root);
    let mut main =
        String::from("<div class=\"reading\">\n<nav class=\"menu\" aria-label=\"Documents\"><ul>\n");
    for (other, title, _) in DOCUMENTS {
        let current = if *other == name { " aria-current=\"page\"" } else { "" };
        let _ = write!(main, "<li><a href=\"{root}docs/{other}\"{current}>{title}</a>");
        if *other == name && !headings.is_empty() {
            main.push_str("<ul>\n");
            for (id, heading) in &headings {
                let _ = writeln!(main, "<li><a href=\"#{id}\">{}</a></li>", escape(heading.as_str()));
            }
            main.push_str("</ul>");
        }
        main.push_str("</li>\n");
    }
    let _ = write!(main, "</ul></nav>\n<article class=\"reference\">\n{body}</article>\n</div>\n");
    shell::html(&Page { title: &format!("{title} · listen"), here: "Docs", root, main: &main, scripts: &[] })
}

/// A text as HTML, and its second-level headings with their ids. Every heading can be linked to, a wide
/// table scrolls by itself, and links between documents lead to their pages.
fn render(text: &str, root: &str) -> (String, Vec<(String, String)>) {
    let events: Vec<Event<'_>> = Parser::new_ext(text, Options::ENABLE_TABLES).collect();
    let mut ids: BTreeMap<String, usize> = BTreeMap::new();
    let mut headings = Vec::new();
    let mut out = Vec::with_capacity(events.len() + 16);
    for (at, event) in events.iter().enumerate() {
        match event {
            Event::Start(Tag::Heading { level, .. }) => {
                let heading = heading_text(&events[at + 1..]);
                let id = unique(&mut ids, slug(&heading));
                out.push(Event::Html(format!("<{level} id=\"{id}\">").into()));
                if *level == HeadingLevel::H2 {
                    headings.push((id, heading));
                }
            }
            Event::End(TagEnd::Heading(level)) => out.push(Event::Html(format!("</{level}>\n").into())),
            Event::Start(Tag::Table(_)) => {
                out.push(Event::Html(
                    "<div class=\"wide\" tabindex=\"0\" role=\"group\" aria-label=\"Table\">".into(),
                ));
                out.push(event.clone());
            }
            Event::End(TagEnd::Table) => {
                out.push(event.clone());
                out.push(Event::Html("</div>\n".into()));
            }
            Event::Start(Tag::CodeBlock(_)) => {
                out.push(Event::Html(
                    "<div class=\"wide\" tabindex=\"0\" role=\"group\" aria-label=\"Example\">".into(),
                ));
                out.push(event.clone());
            }
            Event::End(TagEnd::CodeBlock) => {
                out.push(event.clone());
                out.push(Event::Html("</div>\n".into()));
            }
            Event::Start(Tag::Link { link_type, dest_url, title, id }) => out.push(Event::Start(Tag::Link {
                link_type: *link_type,
                dest_url: address(dest_url, root),
                title: title.clone(),
                id: id.clone(),
            })),
            other => out.push(other.clone()),
        }
    }
    let mut html = String::new();
    pulldown_cmark::html::push_html(&mut html, out.into_iter());
    // A heading that heads nothing is none.
    (html.replace("<th></th>", "<td></td>"), headings)
}

fn heading_text(events: &[Event<'_>]) -> String {
    let inside = events.iter().take_while(|event| !matches!(event, Event::End(TagEnd::Heading(_))));
    inside
        .filter_map(|event| match event {
            Event::Text(text) | Event::Code(text) => Some(text.as_ref()),
            _ => None,
        })
        .collect()
}

/// A heading as a fragment: what GitHub makes of it, so that links in the documents work in both places.
fn slug(heading: &str) -> String {
    let kept = heading.chars().flat_map(char::to_lowercase);
    let kept = kept.filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.map(|c| if c == ' ' { '-' } else { c }).collect()
}

fn unique(ids: &mut BTreeMap<String, usize>, slug: String) -> String {
    let seen = ids.entry(slug.clone()).or_insert(0);
    *seen += 1;
    if *seen == 1 { slug } else { format!("{slug}-{}", *seen - 1) }
}

/// `config.md#limits` is the page `docs/config#limits`; other links stay.
fn address<'a>(link: &CowStr<'a>, root: &str) -> CowStr<'a> {
    let (path, fragment) = link.split_once('#').map_or((link.as_ref(), ""), |(path, id)| (path, id));
    let name = path.trim_start_matches("docs/").strip_suffix(".md");
    let Some(name) = name.filter(|name| DOCUMENTS.iter().any(|(known, ..)| known == name)) else {
        return link.clone();
    };
    let hash = if fragment.is_empty() { "" } else { "#" };
    format!("{root}docs/{name}{hash}{fragment}").into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_document_of_the_repository_has_its_page() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs");
        let files = std::fs::read_dir(folder).expect("a folder");
        let names = files.filter_map(|file| file.ok()?.file_name().into_string().ok());
        for name in names.filter_map(|name| name.strip_suffix(".md").map(str::to_owned)) {
            let html = html(Some(&name)).unwrap_or_else(|| panic!("docs/{name}.md has no page"));
            assert!(html.contains("aria-current=\"page\"") && !html.contains(".md\""), "{name}");
        }
        assert_eq!(PAGES.len(), DOCUMENTS.len(), "each document stands in the menu once");
        assert!(html(None).is_some_and(|html| html.contains("/v1/articles/{id}")));
        assert_eq!(html(Some("passwd")), None);
    }

    #[test]
    fn headings_and_links_lead_somewhere() {
        let text = "# A\n\n## In `common`\n\n## In common\n\n[a](config.md#x) [b](https://a.example/)\n\n|a||\n|-|-|\n|b|c|\n";
        let (html, headings) = render(text, "../");
        let headings: Vec<_> = headings.iter().map(|(id, text)| (id.as_str(), text.as_str())).collect();
        assert_eq!(headings, [("in-common", "In common"), ("in-common-1", "In common")]);
        assert!(html.contains("<h2 id=\"in-common\">In <code>common</code></h2>"), "{html}");
        assert!(html.contains("<a href=\"../docs/config#x\">"), "{html}");
        assert!(html.contains("<a href=\"https://a.example/\">"), "{html}");
        assert!(html.contains("aria-label=\"Table\"><table><thead><tr><th>a</th><td></td></tr>"), "{html}");
    }
}
