//! Pages of many kinds, of our own writing, and what is read of each: `tests/fixtures/pages/X.html`
//! and beside it `X.txt`, a line for the byline and one for each block.

use super::*;

fn outline(page: &str) -> String {
    let article = read(page, Format::Auto);
    let mut lines = vec![format!("byline: {}", article.byline.as_deref().unwrap_or("none"))];
    for block in &article.blocks {
        let kind = format!("{:?}", block.kind).to_lowercase();
        lines.push(format!("{kind}: {}", block.say.as_deref().unwrap_or(&block.text)));
    }
    lines.join("\n")
}

macro_rules! pages {
    ($($test:ident: $name:literal,)*) => {$(
        #[test]
        fn $test() {
            let page = include_str!(concat!("../../../../tests/fixtures/pages/", $name, ".html"));
            let expected = include_str!(concat!("../../../../tests/fixtures/pages/", $name, ".txt"));
            assert_eq!(outline(page), expected.trim_end());
        }
    )*};
}

pages! {
    a_live_blog_is_read_entry_by_entry: "live-blog",
    a_recipe_is_read_without_its_votes_and_comments: "recipe",
    an_interview_is_read_without_its_pull_quotes: "question-and-answers",
    a_list_of_places_keeps_its_numbered_headings: "listicle",
    a_letter_laid_out_in_tables_is_read_without_its_footer: "newsletter",
    comments_longer_than_the_article_are_left_out: "comments-longer-than-article",
    cookie_notices_and_teasers_are_left_out: "cookies-and-teasers",
    an_amp_page_says_what_it_is_told_to_say: "amp-and-listen-hints",
    a_german_page_is_read_without_its_advertisements: "german-daily",
    a_japanese_page_is_read: "japanese-blog",
}
