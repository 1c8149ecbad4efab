use std::fmt::Write as _;

use super::lines::flat;
use super::{Cue, clock, cues, seconds};
use crate::article::{Article, BlockKind};
use crate::render::{Plan, Timeline};

/// A transcript as a page of its own, block by block: the time a block starts at in a `<time>`, each
/// sentence in a `<span>` with its times in seconds.
#[must_use]
pub fn html(article: &Article, plan: &Plan, timeline: &Timeline, ai_note: &str) -> String {
    let title = escaped(article.title.as_deref().unwrap_or_default());
    let direction = if article.lang.is_rtl() { "rtl" } else { "ltr" };
    let mut out = format!(
        "<!doctype html>\n<html lang=\"{}\" dir=\"{direction}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <title>{title}</title>\n</head>\n<body>\n<article>\n",
        escaped(article.lang.as_str())
    );
    let cues: Vec<Cue<'_>> = cues(plan, timeline).collect();
    let mut in_list = false;
    for block in cues.chunk_by(|a, b| a.block == b.block) {
        let kind = article.blocks.get(block[0].block as usize).map(|block| block.kind);
        let is_item = kind == Some(BlockKind::ListItem);
        if is_item != in_list {
            out.push_str(if is_item { "<ul>\n" } else { "</ul>\n" });
            in_list = is_item;
        }
        write_block(&mut out, kind, block);
    }
    if in_list {
        out.push_str("</ul>\n");
    }
    let _ = write!(out, "</article>\n<footer><p>{}</p></footer>\n</body>\n</html>\n", escaped(ai_note));
    out
}

fn write_block(out: &mut String, kind: Option<BlockKind>, block: &[Cue<'_>]) {
    let (open, close) = match kind {
        Some(BlockKind::Title) => ("<h1>", "</h1>"),
        Some(BlockKind::Heading) => ("<h2>", "</h2>"),
        Some(BlockKind::Quote) => ("<blockquote><p>", "</p></blockquote>"),
        Some(BlockKind::ListItem) => ("<li>", "</li>"),
        Some(BlockKind::Dek | BlockKind::Paragraph) | None => ("<p>", "</p>"),
    };
    let start_ms = block[0].start_ms;
    let (shown, exact) = (clock(start_ms, '.'), seconds(start_ms));
    let shown = shown.split('.').next().unwrap_or_default();
    let _ = write!(out, "{open}<time datetime=\"PT{exact:.3}S\">{shown}</time>");
    for cue in block {
        let (start, end) = (seconds(cue.start_ms), seconds(cue.end_ms));
        let text = escaped(&flat(cue.text));
        let _ = write!(out, " <span data-start=\"{start:.3}\" data-end=\"{end:.3}\">{text}</span>");
    }
    let _ = writeln!(out, "{close}");
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
