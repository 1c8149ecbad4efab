use super::*;
use crate::text::Format;

mod hostile;
mod html;
mod markdown;
mod pages;

fn read(body: &str, format: Format) -> Article {
    extract(body, &ExtractOptions { format, ..ExtractOptions::default() })
}

fn kinds(article: &Article) -> Vec<BlockKind> {
    article.blocks.iter().map(|block| block.kind).collect()
}

fn texts(article: &Article) -> Vec<&str> {
    article.blocks.iter().map(|block| block.text.as_str()).collect()
}

fn dropped(article: &Article, reason: &str) -> usize {
    article.notes.iter().filter(|note| note.kind == NoteKind::Dropped && note.reason == reason).count()
}

/// The text of a page's DOM, as publishers paste it: chips, counters, slots of advertisements, a
/// comment box, dashes misread in windows-1253.
const DUMP: &str = "\
Live
HB

Old Ferry Town Votes to Keep Its Last Boat, and Pays for It With Parking Fees

Harbour Gazette Staff · · 9h ago · 132 views · 3 min read · 🎧 4 min listen
Advertisementtown_harbour_article_top

The ferry will run for ten more years β€” and everybody who pays for parking near the harbour will keep it alive.

On Tuesday night the council of a town that has lost its cannery, its cinema and its railway decided that it would not lose its ferry as well.

The decision was close. Nine members voted for it and eight against, after five hours in a hall without heating. The mayor, who had called the boat \"a museum that burns diesel\" in spring, abstained and went home before the count was read out.

A Boat With a Past

The ferry was built in 1961 for a route that no longer exists. It carried islanders to market, then tourists to the lighthouse, and for one winter nobody at all. Its captain, the third of his family, says it has never missed a crossing because of its engine, only because of the ice.

Advertisementtown_harbour_article_mid

Keeping it is not cheap. The hull has to come out of the water every second year β€” a job that only one yard on this coast still does, and that yard is for sale.

What Drivers Will Pay

From May an hour by the harbour will cost twice as much as today. Shopkeepers fear that visitors will turn around at the first sign, while the council points to the full car parks of last summer and expects no change at all.

Advertisementtown_harbour_article_bottom

Discussion (0)

Be the first to comment.

Leave a comment

Advertisementfooter_banner";

#[test]
fn a_dump_of_a_page_gives_its_article_and_nothing_else() {
    use BlockKind::{Dek, Heading, Paragraph, Title};
    let article = read(DUMP, Format::Auto);
    let title = "Old Ferry Town Votes to Keep Its Last Boat, and Pays for It With Parking Fees";
    assert_eq!(article.title.as_deref(), Some(title));
    assert_eq!(article.byline.as_deref(), Some("Harbour Gazette Staff"));
    assert_eq!(
        kinds(&article),
        [Title, Dek, Paragraph, Paragraph, Heading, Paragraph, Paragraph, Heading, Paragraph]
    );
    assert_eq!(article.blocks[4].text, "A Boat With a Past");
    assert!(article.blocks[1].text.contains("ten more years — and everybody"), "{}", article.blocks[1].text);
    assert_eq!(article.notes.iter().filter(|note| note.reason == "mojibake").count(), 2);
    assert_eq!((dropped(&article, "advertisement"), dropped(&article, "comments")), (4, 3));
    assert_eq!((dropped(&article, "byline"), dropped(&article, "navigation")), (1, 2));
    assert_eq!(article.lang, Lang::english());
}

#[test]
fn an_article_as_somebody_typed_it_is_read_whole() {
    for (text, blocks) in [
        ("One sentence is an article too.", 1),
        ("no full stop and no capital", 1),
        ("The first paragraph is short.\n\nSo is the second one.\n\nAnd the third.", 3),
        ("Gestern hat der Rat beschlossen, die Brücke zu schließen.\n\nNiemand weiß, für wie lange.", 2),
        ("昨天下午下雨了。\n\n我们没有出门，一直在家里看书。\n\n今天天气很好。", 3),
        ("昨日は雨が降りました。\n今日は晴れています。", 2),
        ("ذهبنا أمس إلى السوق واشترينا خبزا.\n\nثم عدنا إلى البيت قبل المساء.", 2),
        ("אתמול ירד גשם כל היום.\n\nהיום השמש זורחת.", 2),
        ("Мост закрыли вчера вечером.\n\nКогда его откроют, никто не знает.", 2),
        ("Roses are red\nViolets are blue\nThe ferry is late\nAnd so are you", 4),
    ] {
        let article = read(text, Format::Text);
        assert_eq!(article.blocks.len(), blocks, "{text}\n{:?}", article.blocks);
        let read: String = texts(&article).concat();
        let wanted: String = text.split('\n').collect();
        assert_eq!(read, wanted);
    }
}

#[test]
fn lines_wrapped_by_hand_are_one_paragraph() {
    let text = "The harbour was quiet when the first boat came in, and nobody\n\
                stood at the pier to take its rope. Only later did somebody ask\n\
                where the others were.\n\n\
                They came at noon.";
    let article = read(text, Format::Text);
    assert_eq!(article.blocks.len(), 2, "{:?}", article.blocks);
    assert!(article.blocks[0].text.contains("nobody stood"));
}

#[test]
fn entities_left_in_a_text_are_read_and_told() {
    let article = read("Fish &amp;amp; chips&#8230; and a pint.", Format::Html);
    assert_eq!(texts(&article), ["Fish & chips… and a pint."]);
    assert!(article.notes.iter().any(|note| note.reason == "HTML entities"));
}
