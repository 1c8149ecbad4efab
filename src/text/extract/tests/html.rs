use super::*;

/// A page with everything around its article that pages have.
const PAGE: &str = r#"<!DOCTYPE html>
<html lang="en-GB"><head>
<meta charset="utf-8">
<title>The bakers who start at midnight | Harbour Gazette</title>
<meta property="og:site_name" content="Harbour Gazette">
<meta property="og:title" content="The bakers who start at midnight">
<meta property="og:image" content="/pictures/bakers.jpg">
<meta name="description" content="A night with three people who make the bread of a whole town.">
<link rel="canonical" href="https://gazette.example/2024/bakers">
<script type="application/ld+json">
{"@context":"https://schema.org","@graph":[{"@type":"NewsArticle","headline":"The bakers who start at midnight",
"author":[{"@type":"Person","name":"Ana Torres"},{"@type":"Person","name":"Jo Lind"}],
"datePublished":"2024-03-05T06:30:00+01:00"}]}
</script>
</head><body>
<nav><ul><li><a href="/">Home</a></li><li><a href="/town">Town</a></li><li><a href="/sea">Sea</a></li></ul></nav>
<article>
<h1>The bakers who start at midnight</h1>
<p class="standfirst">A night with three people who make the bread of a whole town.</p>
<p class="byline">By Ana Torres and Jo Lind</p>
<figure><img src="/pictures/bakers.jpg"><figcaption>The oven at three in the morning. Photo: Ana Torres</figcaption></figure>
<p>The light in the bakery by the old pier goes on at midnight, when the last guests leave the inn across
the street and the rest of the town has been asleep for hours.</p>
<p>There are three of them: a master, his daughter and an apprentice who came for a summer and stayed for
six years. They hardly speak before two, because the dough, they say, wants quiet.</p>
<h2>Flour, water, patience</h2>
<p>Nothing in the room is new. The mixer is older than the apprentice, and the oven is older than the
master, who inherited it from a man who had inherited it as well.</p>
<blockquote><p>“You do not own an oven like this,” he says. “You look after it for a while.”</p></blockquote>
<p>What they bake has not changed much either, and the list on the wall is short:</p>
<ul><li>rye bread with caraway seeds,</li><li>white rolls for the inn,</li><li>a plaited loaf on Fridays.</li></ul>
<p data-listen-skip>Use the code BREAD for ten per cent off in our shop.</p>
<p>By six the shelves are full and the first customers knock at the window, as they have done for longer
than anybody in the room can remember.</p>
<div class="ad">Advertisement</div>
<p>Then the three go home. The price of a loaf is <span data-listen-say="three euros forty">€3.40</span>, and
nobody in the town thinks that this is too much.</p>
</article>
<aside><h3>Most read</h3><ul><li><a href="/a">Ferry sold</a></li><li><a href="/b">Pier closed</a></li></ul></aside>
<section id="comments"><h3>2 comments</h3><p>Lovely piece, thank you so much for writing it.</p></section>
<footer><p>© 2024 Harbour Gazette. All rights reserved.</p></footer>
</body></html>"#;

#[test]
fn a_page_gives_its_article_and_what_it_says_of_itself() {
    use BlockKind::{Dek, Heading, ListItem, Paragraph, Quote, Title};
    let article = read(PAGE, Format::Auto);
    assert_eq!(article.title.as_deref(), Some("The bakers who start at midnight"));
    assert_eq!(article.byline.as_deref(), Some("Ana Torres and Jo Lind"));
    assert_eq!(article.publisher.as_deref(), Some("Harbour Gazette"));
    assert_eq!(article.published.as_deref(), Some("2024-03-05T05:30:00Z"));
    assert_eq!(article.lang.as_str(), "en-gb");
    assert_eq!(article.url.as_deref(), Some("https://gazette.example/2024/bakers"));
    assert_eq!(
        kinds(&article),
        [
            Title, Dek, Paragraph, Paragraph, Heading, Paragraph, Quote, Paragraph, ListItem, ListItem,
            ListItem, Paragraph, Paragraph
        ],
        "{:?}",
        texts(&article)
    );
    let all = texts(&article).join("\n");
    for junk in ["Home", "Photo:", "BREAD", "Advertisement", "Most read", "Lovely piece", "©", "By Ana"] {
        assert!(!all.contains(junk), "{junk} in {all}");
    }
    assert_eq!((dropped(&article, "caption"), dropped(&article, "data-listen-skip")), (1, 1));
    let last = article.blocks.last().and_then(|block| block.say.as_deref()).unwrap_or_default();
    assert!(last.contains("is three euros forty, and"), "{last}");
}

/// The head of a page that says nothing of itself but its title, and an article.
fn bare(above: &str) -> String {
    let text = "<p>The harbour was quiet when the first boat came in, and nobody stood at the pier to take its \
                rope, because nobody had been told that it would come at all that morning.</p>";
    format!(
        "<html><head><title>A quiet harbour – The Quay</title></head><body><article>{above}{}</article></body></html>",
        text.repeat(2).replacen("quiet", "still", 1)
    )
}

#[test]
fn the_author_is_found_under_the_standfirst() {
    for (line, wanted) in [
        (
            "<div class=byline><span>By</span> <a href=/s>Ana Torres</a> <span>Harbour editor</span></div>",
            "Ana Torres",
        ),
        (
            "<p class=byline>By <a href=/s>Ana Torres</a> and <a href=/t>Jo Lind</a></p>",
            "Ana Torres and Jo Lind",
        ),
        ("<p>By Ana Torres</p>", "Ana Torres"),
        ("<div class=autor>Von Anna Weber</div>", "Anna Weber"),
        ("<span class=author>Words by Sam Okafor</span>", "Sam Okafor"),
        ("<p class=article-author>Ana de la Torre</p>", "Ana de la Torre"),
        ("<p>Interview by <a rel=author href=/f>Finn O'Dowd</a> · 12 min read</p>", "Finn O'Dowd"),
    ] {
        let above =
            "<h1>A quiet harbour</h1><p class=standfirst>A morning at the pier, and what came of it.</p>";
        let article = read(&bare(&format!("{above}{line}")), Format::Html);
        assert_eq!(article.byline.as_deref(), Some(wanted), "{line}");
        assert!(texts(&article).iter().all(|text| !text.contains(wanted)), "{line}: {:?}", article.blocks);
    }
    let nobody = bare("<h1>A quiet harbour</h1><p class=author-teaser>More from our writers</p>");
    assert_eq!(read(&nobody, Format::Html).byline, None);
}

#[test]
fn a_label_above_the_headline_is_not_read_and_the_headline_is_not_called_dropped() {
    let article = read(&bare("<p class=kicker>Interview</p><h1>A quiet harbour</h1>"), Format::Html);
    assert_eq!(texts(&article)[0], "A quiet harbour");
    assert!(texts(&article).iter().all(|text| *text != "Interview"), "{:?}", article.blocks);
    let told: Vec<&str> = article.notes.iter().map(|note| note.text.as_str()).collect();
    assert!(!told.contains(&"A quiet harbour"), "{told:?}");
}

#[test]
fn relative_addresses_are_resolved_against_the_pages_own() {
    let options =
        ExtractOptions { url: Some("https://gazette.example/x".to_owned()), ..ExtractOptions::default() };
    assert_eq!(extract(PAGE, &options).image.as_deref(), Some("https://gazette.example/pictures/bakers.jpg"));
    assert_eq!(read(PAGE, Format::Html).image, None);
}

#[test]
fn a_root_that_the_page_names_is_read_as_it_is() {
    let page = "<html><body><div><p>A long paragraph of another text, which nobody asked for, stands here.</p></div>
        <div data-listen-root><h2>Inside</h2><p>Short.</p><p>Photo: also read</p><pre>let x = 1;</pre></div></body></html>";
    let article = read(page, Format::Html);
    assert_eq!(texts(&article), ["Inside", "Short.", "Photo: also read"]);
    assert_eq!(dropped(&article, "code"), 1);
}

#[test]
fn a_fragment_with_little_text_is_read() {
    assert_eq!(texts(&read("<p>Only this.</p>", Format::Auto)), ["Only this."]);
    assert_eq!(
        texts(&read("<h1>A day</h1><p>It rained.</p><p>Then it stopped.</p>", Format::Auto)),
        ["A day", "It rained.", "Then it stopped."]
    );
}

#[test]
fn tables_of_data_are_left_out_and_tables_of_layout_are_read() {
    let text =
        "The harbour was quiet when the first boat came in, and nobody stood at the pier to take its rope.";
    let page = format!("<table><tr><td>{text}<br><br>{text} Again.</td></tr></table>");
    assert_eq!(texts(&read(&page, Format::Html)), [text, &format!("{text} Again.")]);
    let page = format!(
        "<p>{text}</p><table><tr><th>Boat</th><th>Time</th></tr><tr><td>One</td><td>9:00</td></tr></table>"
    );
    let article = read(&page, Format::Html);
    assert_eq!((texts(&article), dropped(&article, "table")), (vec![text], 1));
}

#[test]
fn preformatted_prose_is_read_when_a_page_holds_nothing_else() {
    let page = "<html><body><pre>The last boat came in late that night, and nobody\nstood at the pier to take its rope.</pre></body></html>";
    let article = read(page, Format::Html);
    assert_eq!((article.words(), article.blocks.len()), (18, 1), "{:?}", article.blocks);
}
