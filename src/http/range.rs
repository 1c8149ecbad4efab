//! Byte ranges of RFC 9110 §14, pure: a `Range` header and a length in, what to send out.

use std::ops::Range;

/// Most parts of one answer; a request for more gets the whole (RFC 9110 §14.2 allows to ignore it).
pub(super) const PARTS_MAX: usize = 8;

/// Most ranges that are looked at in one header; a header with more is ignored.
const SPECS_MAX: usize = 64;

/// Ranges that are nearer to each other than the head of a part costs are sent as one
/// (RFC 9110 §15.3.7.2).
const PART_HEAD_BYTES: u64 = 120;

/// What of a representation is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Selection {
    /// All of it: the header is absent, of another unit, malformed, or not worth it.
    Whole,
    /// One range, not empty, inside the length.
    One(Range<u64>),
    /// Two to [`PARTS_MAX`] ranges, apart from each other, in the order in which they were asked for.
    Several(Vec<Range<u64>>),
    /// Well-formed, but nothing of it lies inside the length: 416.
    Unsatisfiable,
}

/// Reads a `Range` header against a representation of `length` bytes.
pub(super) fn select(header: &str, length: u64) -> Selection {
    let Some(set) = header.split_once('=').and_then(|(unit, set)| {
        // Range units are case-insensitive (§14.1); an unknown one is ignored (§14.2).
        unit.eq_ignore_ascii_case("bytes").then_some(set)
    }) else {
        return Selection::Whole;
    };
    let specs: Vec<&str> = list_members(set).take(SPECS_MAX + 1).collect();
    if specs.is_empty() || specs.len() > SPECS_MAX {
        return Selection::Whole;
    }
    let mut wanted = Vec::with_capacity(specs.len());
    for spec in specs {
        match resolve(spec, length) {
            Spec::Malformed => return Selection::Whole,
            Spec::Outside => {}
            Spec::Inside(range) => wanted.push(range),
        }
    }
    choose(coalesce(wanted))
}

fn choose(mut ranges: Vec<Range<u64>>) -> Selection {
    match ranges.len() {
        0 => Selection::Unsatisfiable,
        1 => Selection::One(ranges.remove(0)),
        2..=PARTS_MAX => Selection::Several(ranges),
        _ => Selection::Whole,
    }
}

/// Members of a comma-separated list without the empty ones (RFC 9110 §5.6.1.2).
fn list_members(list: &str) -> impl Iterator<Item = &str> {
    list.split(',').map(|member| member.trim_matches([' ', '\t'])).filter(|member| !member.is_empty())
}

enum Spec {
    Malformed,
    Outside,
    Inside(Range<u64>),
}

/// One `int-range` or `suffix-range` (RFC 9110 §14.1.2).
fn resolve(spec: &str, length: u64) -> Spec {
    let Some((first, last)) = spec.split_once('-') else { return Spec::Malformed };
    match (position(first), position(last)) {
        (None, Some(suffix)) if first.is_empty() => {
            let start = length.saturating_sub(suffix);
            if start < length { Spec::Inside(start..length) } else { Spec::Outside }
        }
        (Some(start), None) if last.is_empty() => inside(start, length, length),
        (Some(start), Some(last)) if start <= last => inside(start, last.saturating_add(1), length),
        _ => Spec::Malformed,
    }
}

fn inside(start: u64, end: u64, length: u64) -> Spec {
    if start < length { Spec::Inside(start..end.min(length)) } else { Spec::Outside }
}

/// `1*DIGIT`; a number beyond 64 bits is as good as the largest one.
fn position(digits: &str) -> Option<u64> {
    let fits = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    fits.then(|| digits.parse().unwrap_or(u64::MAX))
}

/// Joins ranges that overlap or nearly touch. What is joined stands where its first member stood
/// (RFC 9110 §15.3.7.2).
fn coalesce(ranges: Vec<Range<u64>>) -> Vec<Range<u64>> {
    let mut placed: Vec<(usize, Range<u64>)> = ranges.into_iter().enumerate().collect();
    placed.sort_unstable_by_key(|(_, range)| range.start);
    let mut apart: Vec<(usize, Range<u64>)> = Vec::with_capacity(placed.len());
    for (place, range) in placed {
        match apart.last_mut() {
            Some((first, before)) if range.start <= before.end.saturating_add(PART_HEAD_BYTES) => {
                before.end = before.end.max(range.end);
                *first = place.min(*first);
            }
            _ => apart.push((place, range)),
        }
    }
    apart.sort_unstable_by_key(|(place, _)| *place);
    apart.into_iter().map(|(_, range)| range).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn one_range_of_rfc_9110_14_1_2() {
        for (header, length, expected) in [
            ("bytes=0-499", 10_000, 0..500),
            ("bytes=500-999", 10_000, 500..1000),
            ("bytes=-500", 10_000, 9500..10_000),
            ("bytes=9500-", 10_000, 9500..10_000),
            ("bytes=0-0", 10_000, 0..1),
            ("bytes=0-", 1, 0..1),
            // "if the last-pos … is greater than or equal to the current length, … the remainder"
            ("bytes=9990-20000", 10_000, 9990..10_000),
            ("bytes=0-99999999999999999999999999", 10_000, 0..10_000),
            // "If the selected representation is shorter than the … suffix-length, the entire …"
            ("bytes=-99999999", 10_000, 0..10_000),
            ("bytes=-99999999999999999999999999", 10_000, 0..10_000),
            // §14.1: "Range units … case-insensitive"; §5.6.1.2: empty members and OWS
            ("Bytes=0-1", 10_000, 0..2),
            ("bytes= , 0-1 ,\t,", 10_000, 0..2),
            // Satisfiable members count, the others do not (§14.1.2)
            ("bytes=0-1,20000-", 10_000, 0..2),
        ] {
            assert_eq!(select(header, length), Selection::One(expected), "{header}");
        }
    }

    #[test]
    fn what_is_malformed_or_of_another_unit_is_ignored_14_2() {
        for header in [
            "seconds=0-1",
            "bytes",
            "bytes=",
            "bytes=,",
            "bytes=abc",
            "bytes=5-2",
            "bytes=--5",
            "bytes=-",
            "bytes=1-2-3",
            "bytes=+1-2",
            "bytes=0-1,x",
            "bytes =0-1",
            "bytes=0 -1",
            "bytes=0x0-1",
            "",
            "=0-1",
        ] {
            assert_eq!(select(header, 10_000), Selection::Whole, "{header}");
        }
    }

    #[test]
    fn what_lies_outside_is_unsatisfiable_15_5_17() {
        for (header, length) in [
            ("bytes=10000-", 10_000),
            ("bytes=-0", 10_000),
            ("bytes=20000-20001,-0", 10_000),
            ("bytes=0-", 0),
        ] {
            assert_eq!(select(header, length), Selection::Unsatisfiable, "{header}");
        }
    }

    #[test]
    fn several_ranges_are_coalesced_bounded_and_in_the_order_asked_for_15_3_7_2() {
        assert_eq!(select("bytes=0-9,5000-5009", 10_000), Selection::Several(vec![0..10, 5000..5010]));
        assert_eq!(select("bytes=5000-5009,0-9", 10_000), Selection::Several(vec![5000..5010, 0..10]));
        // The joined one stands where the first of its members stood; what lies outside leaves no gap.
        assert_eq!(
            select("bytes=9000-9009,20000-,50-59,5000-5009,0-9,-1", 10_000),
            Selection::Several(vec![9000..9010, 0..60, 5000..5010, 9999..10_000])
        );
        assert_eq!(select("bytes=0-9,5-19", 10_000), Selection::One(0..20));
        assert_eq!(select("bytes=0-9,20-29", 10_000), Selection::One(0..30), "nearer than a part's head");
        assert_eq!(select("bytes=0-9,-10,0-", 10_000), Selection::One(0..10_000));
        let of = |n: usize| {
            let ranges: Vec<String> = (0..n).map(|i| format!("{0}-{0}", i * 1000)).collect();
            format!("bytes={}", ranges.join(","))
        };
        assert!(
            matches!(select(&of(PARTS_MAX), 1 << 20), Selection::Several(parts) if parts.len() == PARTS_MAX)
        );
        assert_eq!(select(&of(PARTS_MAX + 1), 1 << 20), Selection::Whole);
        assert_eq!(select(&format!("bytes={}", "0-1,".repeat(10_000)), 100), Selection::Whole);
    }

    /// The bytes a set of specs asks for, straight from §14.1.2, one byte at a time.
    fn model(specs: &[(Option<u64>, Option<u64>)], length: u64) -> Vec<u64> {
        let asked = |byte: u64| {
            specs.iter().any(|spec| match *spec {
                (Some(first), Some(last)) => (first..=last).contains(&byte),
                (Some(first), None) => byte >= first,
                (None, Some(suffix)) => byte + suffix >= length,
                (None, None) => false,
            })
        };
        (0..length).filter(|byte| asked(*byte)).collect()
    }

    fn spec() -> impl Strategy<Value = (Option<u64>, Option<u64>)> {
        prop_oneof![
            (0..600u64, 0..600u64).prop_map(|(a, b)| (Some(a.min(b)), Some(a.max(b)))),
            (0..600u64).prop_map(|first| (Some(first), None)),
            (0..600u64).prop_map(|suffix| (None, Some(suffix))),
        ]
    }

    proptest! {
        #[test]
        fn every_byte_asked_for_is_sent(specs in prop::collection::vec(spec(), 1..12), length in 0..500u64) {
            let text = |n: Option<u64>| n.map(|n| n.to_string()).unwrap_or_default();
            let set: Vec<String> = specs.iter().map(|(a, b)| format!("{}-{}", text(*a), text(*b))).collect();
            let asked = model(&specs, length);
            let sent = match select(&format!("bytes={}", set.join(",")), length) {
                Selection::Unsatisfiable => { prop_assert!(asked.is_empty()); return Ok(()); }
                Selection::Whole => std::iter::once(0..length).collect(),
                Selection::One(range) => vec![range],
                Selection::Several(ranges) => ranges,
            };
            prop_assert!(!asked.is_empty());
            prop_assert!(sent.len() <= PARTS_MAX);
            prop_assert!(sent.iter().all(|r| r.start < r.end && r.end <= length));
            let mut rising = sent.clone();
            rising.sort_by_key(|range| range.start);
            prop_assert!(rising.windows(2).all(|w| w[0].end + PART_HEAD_BYTES < w[1].start));
            prop_assert!(asked.iter().all(|byte| sent.iter().any(|range| range.contains(byte))));
            // Nothing is sent that was not asked for, but for gaps too small to be worth a part.
            let extra: u64 = sent.iter().map(|r| r.end - r.start).sum::<u64>() - asked.len() as u64;
            prop_assert!(extra <= PART_HEAD_BYTES * specs.len() as u64);
        }

        #[test]
        fn no_header_panics(header in ".{0,80}", length in any::<u64>()) {
            let _ = select(&header, length);
            let _ = select(&format!("bytes={header}"), length);
        }
    }
}
