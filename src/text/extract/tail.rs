//! What stands below the last paragraph of an article without being part of it.

use std::sync::LazyLock;

use regex::Regex;

use super::Found;
use super::format::pattern;
use crate::article::{BlockKind, count_words};

/// Blocks at the end that are looked at.
const TAIL_BLOCKS_MAX: usize = 12;

/// Longest line about the author, in words.
const BIO_WORDS_MAX: usize = 60;

static BIO: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"^(?:(?:\p{Lu}[\p{L}.'’-]+ ){1,4}(?:is|was|writes|covers|reports|has been|joined)\b.*\b",
        r"(?:reporter|writer|editor|correspondent|journalist|columnist|contributor|producer|fellow|freelancer?|author|curator|blogger|staff|covers|covering|writes|newsletter)\b",
        r"|(?:Write to|Contact|Reach|Email|E-mail) .{2,60}\b(?:at|via|on)\b.*[\w.+-]+@[\w-]+\.\w+",
        r"|(?:Follow|Contact|Reach|Email) (?:\p{Lu}[\p{L}.'’-]+ ?){1,3}(?:on|at|via)\b",
        r"|(?:Interview|Text|Words|Pictures|Photos?|Photographs?|Illustrations?|Translation|Fotos?|Übersetzung|Protokoll|Propos recueillis par|Entretien)(?: by)?\s*:? (?:\p{Lu}[\p{L}.'’-]+[ ,&]*(?:and |und |et )?){1,4}$",
        r"|\(?(?:(?:Additional )?[Rr]eporting|Writing|Editing|Compiled|Translated|Edited) (?:by|and)\b)"
    ))
});

/// Blocks at the end among which a mailing says why it was sent; nothing of the letter follows.
const FOOTER_BLOCKS_MAX: usize = 8;

static MAILING: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?i)^you(?:.re| are) (?:receiving|getting) this (?:e-?mail|newsletter|message)\b")
});

/// Compiles the pattern of lines about the author, a large one, before it is needed.
pub(super) fn warm_up() {
    LazyLock::force(&BIO);
}

/// Takes off what stands below a mailing's "You are receiving this email": addresses, small print.
pub(super) fn trim_mailing(found: &mut Found) {
    let from = found.blocks.len().saturating_sub(FOOTER_BLOCKS_MAX);
    let footer = found.blocks[from..].iter().position(|block| MAILING.is_match(&block.text));
    if let Some(at) = footer.map(|at| at + from).filter(|at| *at > 0) {
        for block in found.blocks.split_off(at) {
            found.drop_text("mailing footer", &block.text);
        }
    }
}

/// Takes headings without text, lines about the author and agencies' credits off the end.
pub(super) fn trim(found: &mut Found) {
    for _ in 0..TAIL_BLOCKS_MAX {
        let Some(last) = found.blocks.last() else { return };
        let reason = if last.kind == BlockKind::Heading {
            "heading without text"
        } else if count_words(&last.text) <= BIO_WORDS_MAX && BIO.is_match(&last.text) {
            "about the author"
        } else {
            return;
        };
        if found.blocks.len() <= 1 {
            return;
        }
        if let Some(block) = found.blocks.pop() {
            found.drop_text(reason, &block.text);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_about_the_author_are_told_from_the_end_of_the_text() {
        for (line, wanted) in [
            ("Ana Torres is a reporter at the Harbour Gazette.", true),
            ("Jean-Luc O’Brien Smith de Vries was our Brussels correspondent for ten years.", false),
            ("Jean-Luc O’Brien Smith Vries was our Brussels correspondent for ten years.", true),
            ("Write to Ana Torres at ana.torres@harbour.example", true),
            ("Contact Ana Torres on the usual number.", true),
            ("Photos: Ana Torres and Çelik Åberg", true),
            ("Übersetzung: Zoë Müller", true),
            ("(Reporting by Ana Torres; editing by Ben Ode)", true),
            ("In March, Ana Torres was a reporter for one day.", false),
            ("The ferry was sold to a writer of children's books.", false),
            ("Pictures of the ferry still hang in the ticket office.", false),
            ("Contact between the two towns ended on Monday.", false),
        ] {
            assert_eq!(BIO.is_match(line), wanted, "{line}");
        }
    }
}
