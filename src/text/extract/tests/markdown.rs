use super::*;

#[test]
fn markdown_is_read_without_its_marks() {
    use BlockKind::{Heading, ListItem, Paragraph, Quote, Title};
    let page = "\
---
title: \"A day at the pier\"
author: Ana Torres
date: 2024-03-05
lang: en-GB
---

# A day at the pier

It *rained*, as the [forecast](https://example.org/w) said.[^1] ![a wet pier](pier.jpg)

## Noon

> Nobody came.

1. first boat
2. second boat

```sh
make tea
```

| boat | time |
|------|------|
| one  | 9:00 |

Fish &amp; chips `now`.

[^1]: It always does.
";
    let article = read(page, Format::Auto);
    assert_eq!(article.title.as_deref(), Some("A day at the pier"));
    assert_eq!(article.byline.as_deref(), Some("Ana Torres"));
    assert_eq!((article.published.as_deref(), article.lang.as_str()), (Some("2024-03-05"), "en-gb"));
    assert_eq!(kinds(&article), [Title, Paragraph, Heading, Quote, ListItem, ListItem, Paragraph]);
    assert_eq!(article.blocks[1].text, "It rained, as the forecast said.");
    assert_eq!(article.blocks[6].text, "Fish & chips now.");
    for reason in ["code", "table", "footnote", "picture"] {
        assert_eq!(dropped(&article, reason), 1, "{reason}: {:?}", article.notes);
    }
}

#[test]
fn a_byline_under_the_headline_is_not_read() {
    let page = "# A day at the pier\n\nBy Ana Torres | Updated March 5, 2024, 4:31 p.m. ET\n\nIt rained on the pier.\n";
    let article = read(page, Format::Markdown);
    assert_eq!(article.byline.as_deref(), Some("Ana Torres"));
    assert_eq!(texts(&article), ["A day at the pier", "It rained on the pier."]);
    assert_eq!(dropped(&article, "byline"), 1);
    let page = "# A pier\n\n*It rained.*\n\nBy Ana Torres\n\nPublished 5 March 2024\n\nThe pier is open. Published or not.\n";
    let article = read(page, Format::Markdown);
    assert_eq!(article.byline.as_deref(), Some("Ana Torres"));
    assert_eq!(texts(&article), ["A pier", "It rained.", "The pier is open. Published or not."]);
    assert_eq!(dropped(&article, "byline"), 2);
}

#[test]
fn a_heading_later_on_is_no_title() {
    let article = read("Some words first.\n\n# Then a heading\n\nAnd more.", Format::Markdown);
    assert_eq!(article.title, None);
    assert_eq!(kinds(&article), [BlockKind::Paragraph, BlockKind::Heading, BlockKind::Paragraph]);
}
