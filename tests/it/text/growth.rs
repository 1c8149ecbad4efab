//! Time grows as the input does: for four times as much of a hostile pattern, about four times as
//! long. Ratios of processor time are compared, so a slow or busy machine changes nothing.

use std::time::Duration;

use listen::article::{Article, Block, BlockKind, Lang};
use listen::text::{self, ExtractOptions, Format, ScriptOptions};

/// How much more there is of a pattern the second time.
const TIMES: usize = 4;

/// Squares would make it sixteen; what is left over four is caches and allocation.
const RATIO_MAX: f64 = 9.0;

/// Shorter times are of the clock's own size and prove nothing.
const TIME_MIN: Duration = Duration::from_millis(40);

/// The processor time of this thread; where a thread's own is not told, the time that passed.
fn clock() -> Duration {
    #[cfg(target_os = "linux")]
    {
        use nix::sys::resource::{UsageWho, getrusage};
        let usage = getrusage(UsageWho::RUSAGE_THREAD).expect("a thread has its times");
        let micros = |time: nix::sys::time::TimeVal| {
            Duration::new(time.tv_sec().unsigned_abs(), u32::try_from(time.tv_usec()).unwrap_or(0) * 1000)
        };
        micros(usage.user_time()) + micros(usage.system_time())
    }
    #[cfg(not(target_os = "linux"))]
    {
        use std::sync::OnceLock;
        use std::time::Instant;
        static START: OnceLock<Instant> = OnceLock::new();
        START.get_or_init(Instant::now).elapsed()
    }
}

fn time(work: &dyn Fn(&str), input: &str) -> Duration {
    let start = clock();
    work(input);
    clock().saturating_sub(start)
}

/// How much less a build without optimisation is given: it needs as long for it.
const UNOPTIMISED: usize = if cfg!(debug_assertions) { 10 } else { 1 };

/// Gives `work` some and then more of each pattern.
fn check(stage: &str, bytes: usize, patterns: &[&str], work: &dyn Fn(&str)) {
    let bytes = bytes / UNOPTIMISED;
    for pattern in patterns {
        let input = |bytes: usize| pattern.repeat(bytes / pattern.len());
        let long = time(work, &input(bytes * TIMES));
        let short = time(work, &input(bytes)).max(Duration::from_micros(500));
        let ratio = long.as_secs_f64() / short.as_secs_f64();
        // Other looks before a verdict: what else the machine does may have hit the first.
        let again = || {
            let long = time(work, &input(bytes * TIMES));
            long.as_secs_f64() / time(work, &input(bytes)).max(Duration::from_micros(500)).as_secs_f64()
        };
        let grows = long > TIME_MIN && ratio > RATIO_MAX && (0..3).all(|_| again() > RATIO_MAX);
        assert!(!grows, "{stage}: {pattern:?} took {short:?}, {TIMES} times as much {long:?}: {ratio:.1}");
    }
}

fn extract(format: Format) -> impl Fn(&str) {
    move |page| {
        let options = ExtractOptions { format, ..ExtractOptions::default() };
        std::hint::black_box(text::extract(page, &options));
    }
}

#[test]
fn html_is_read_in_linear_time() {
    let patterns = [
        "<div>",
        "<nav>x",
        "<figcaption>x",
        "<b>x",
        "<p>",
        "<p><b>x",
        "<a href=x>y",
        "<table><tr><td>x",
        "<ul><li>x",
        "<div data-listen-skip>x",
        "<div data-listen-say=y>x",
        "<aside>x",
        "<!--",
        "<",
        "&amp;",
        "</p>",
        "<br>x",
        "<p>A word and another, and then a full stop.</p>",
        "<h2>Twice</h2>",
        "<form>x",
        "<svg>x",
        "<pre>x",
        "<script type=application/ld+json>{\"@graph\":[{}]}</script>",
        "<meta name=a content=b>",
        "<p>By Ana Torres",
    ];
    check("html", 60_000, &patterns, &extract(Format::Html));
}

#[test]
fn markdown_and_dumps_are_read_in_linear_time() {
    let marks = [
        "> ", "[", "![", "*a_", "`", "|a", "- ", "1. a\n", "# a\n", "[a]: b\n", "<a>", "&amp;", "a\n\n", "\\",
    ];
    check("markdown", 60_000, &marks, &extract(Format::Markdown));
    let lines = [
        "A line that is prose and ends in a full stop.\n\n",
        "By Ana\n",
        "Advertisement\n",
        "Home\n",
        "x",
        "x ",
        ".\n",
        "Photo: a",
        "\u{3b2}\u{20ac}\u{201d}",
        "Ã©",
        "& ",
        "1 comment\n",
        "• item\n",
        "字。",
        "wrapped line of some words\n",
    ];
    check("dump", 100_000, &lines, &extract(Format::Text));
}

#[test]
fn text_is_repaired_split_and_said_in_linear_time() {
    let patterns = [
        "a",
        "a ",
        "a. ",
        "A. ",
        "U.S. ",
        "“",
        "\"",
        "(a. ",
        "1. ",
        "a) ",
        "‘a",
        "?a",
        "$1,",
        "1/2/",
        "1-",
        "1:00-",
        "www.",
        "http://a.b/",
        "@",
        "字",
        "字。",
        "「",
        "é",
        "Ã©",
        "â€",
        "β€",
        "a\u{301}",
        "\u{202E}",
        "🎧",
        "&#8",
        "Dr. ",
        "No. ",
        "3. Mai ",
        "12.03.",
        "z. ",
        "14h",
        "M. ",
        "1.000.",
        "XXI",
        "ا. ",
        "word; Word, ",
        "he said. \"No.\" ",
    ];
    check("repair", 200_000, &patterns, &|input| {
        std::hint::black_box(text::repair(input));
    });
    for lang in ["en", "de", "fr", "es", "it", "zh"] {
        let lang: Lang = lang.parse().expect("a tag");
        check(lang.as_str(), 60_000, &patterns, &|input| {
            let mut article = Article::empty(lang.clone());
            article.blocks.push(Block::new(BlockKind::Paragraph, input));
            std::hint::black_box(text::script(&article, &ScriptOptions::default()));
        });
    }
}
