use super::*;

const FORMATS: [Format; 4] = [Format::Auto, Format::Html, Format::Markdown, Format::Text];

/// Reads a body in every format; what comes out is always well-formed.
fn survives(body: &str) -> Vec<Article> {
    let check = |format: &Format| {
        let article = read(body, *format);
        for (at, block) in article.blocks.iter().enumerate() {
            assert!(!block.text.trim().is_empty() && !block.text.contains('\n'), "{:?}", block.text);
            assert_eq!(block.kind == BlockKind::Title, at == 0 && article.title.is_some());
        }
        assert!(article.notes.len() <= NOTES_MAX);
        article
    };
    FORMATS.iter().map(check).collect()
}

#[test]
fn nothing_gives_nothing() {
    for body in ["", " \n\t ", "\u{FEFF}", "\u{0}\u{1}", "&nbsp;", "🎧🎧🎧 🎉", "***"] {
        for article in survives(body) {
            assert_eq!(article.words(), 0, "{body:?} {:?}", article.blocks);
        }
    }
    assert_eq!(read("<html><body></body></html>", Format::Auto).blocks, Vec::new());
    assert_eq!(read("---\n---\n", Format::Markdown).blocks, Vec::new());
}

#[test]
fn odd_text_is_read_as_it_is() {
    for body in
        ["مرحبا hello 你好 привет שלום", "\u{202E}olleh\u{202C} world", "a\u{300}\u{301}\u{302}e\u{308}"]
    {
        for article in survives(body) {
            assert_eq!(texts(&article).concat(), body);
        }
    }
}

#[test]
fn a_word_of_100_kb_is_one_word() {
    let word = "x".repeat(100_000);
    for article in survives(&format!("It said {word} and stopped.")) {
        assert_eq!(article.words(), 5);
    }
}

#[test]
fn broken_markup_still_gives_its_text() {
    let page = "<html><body><div><p>One <b>bold <i>and italic</b> paragraph that never ends<p>Another one</div><<>><p attr='unclosed>Lost";
    let article = read(page, Format::Html);
    let all = texts(&article).join(" ");
    assert!(
        all.contains("One bold and italic paragraph that never ends") && all.contains("Another one"),
        "{all}"
    );
    for body in [
        "<",
        "<!--",
        "<p",
        "</p></p></p>",
        "<table><tr><td>x",
        "<svg><p>hi",
        "<script>",
        "]]>",
        "<![CDATA[x]]>",
        "[a](b",
    ] {
        survives(body);
    }
}

#[test]
fn nesting_without_end_does_not_exhaust_the_stack() {
    let depth = 10_000;
    let text =
        "The harbour was quiet when the first boat came in, and nobody stood at the pier to take its rope.";
    let page =
        format!("<html><body>{}<p>{text}</p>{}</body></html>", "<div>".repeat(depth), "</div>".repeat(depth));
    assert!(texts(&read(&page, Format::Html)).concat().contains(text));
    for (open, close) in
        [("<b>", "</b>"), ("<ul><li>", "</li></ul>"), ("<table><tr><td>", ""), ("<blockquote>", "")]
    {
        survives(&format!("{}{text}{}", open.repeat(depth), close.repeat(depth)));
    }
    survives(&format!("{}{text}", "> ".repeat(depth)));
    survives(&format!("{}{text}", "[".repeat(depth)));
    survives(&format!("{text} {}", "*a_".repeat(depth)));
}

#[test]
fn a_page_of_5_mb_is_read_to_its_end() {
    let paragraph = "<p>The harbour was quiet when the first boat came in, and nobody stood at the pier to take its rope number NUMBER.</p>\n";
    let mut page = String::from("<html><body><article>");
    let mut count = 0;
    while page.len() < 5_000_000 {
        page.push_str(&paragraph.replace("NUMBER", &count.to_string()));
        count += 1;
    }
    page.push_str("</article></body></html>");
    let article = read(&page, Format::Html);
    assert!(article.blocks.len() >= count, "{} of {count}", article.blocks.len());
    let text = page.replace("<p>", "").replace("</p>", "\n");
    assert!(read(&text, Format::Text).words() > count * 15);
}

#[test]
fn mojibake_without_end_is_mended_in_pieces() {
    let article = read(&"Ã©".repeat(200_000), Format::Text);
    assert_eq!(article.blocks.len(), 1);
    assert!(article.notes.len() <= NOTES_MAX);
    survives(&"â€".repeat(50_000));
    survives(&"Ã".repeat(50_000));
}

proptest::proptest! {
    #![proptest_config(proptest::test_runner::Config::with_cases(64))]

    #[test]
    fn no_soup_of_tags_panics(body in "(<[/!]?(p|div|b|br|h1|table|td|li|a href=x|script|pre|title)?>?|[a-zÉ€”. \n]|&[a-z#0-9]{0,4};?|\\*|#|\\[|\\]|\\||`|-){0,60}") {
        survives(&body);
    }
}
