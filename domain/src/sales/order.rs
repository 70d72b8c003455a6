//! In which order the comments of a paste were written, as far as the ages and times that stand in it tell.

use super::CommentOrder;
use super::layout::heads::{self, Stamp};
use super::layout::lines::{Line, LineKind, lines};
use super::layout::tails::{self, Moment};

/// An order that a paste shows by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InferredOrder {
    /// Never [`CommentOrder::Unordered`].
    pub order: CommentOrder,
    /// Why, as a sentence for the seller.
    pub reason: String,
}

/// The order of a paste, if all its ages and times agree on one. Ages that go up and down tell nothing: threads are
/// open, or the platform has sorted the comments by what it likes best.
pub fn infer_order(paste: &str) -> Option<InferredOrder> {
    let mut found = Found::default();
    for line in lines(paste, 0) {
        found.line(&line);
    }
    found.forget_the_post();
    let mut inferred: Option<InferredOrder> = None;
    for said in [
        order("ages", trend(found.ages.iter().map(|(age, _)| age)), CommentOrder::NewestFirst, &found.ages),
        order(
            "times",
            trend(found.clocks.iter().map(|(time, _)| time)),
            CommentOrder::OldestFirst,
            &found.clocks,
        ),
        order("dates", found.trend_of_stamps(), CommentOrder::OldestFirst, &found.stamps),
    ] {
        match (said, &inferred) {
            (Said::Nothing, _) => {}
            (Said::Order(order), None) => inferred = Some(order),
            (Said::Order(order), Some(before)) if before.order == order.order => {}
            (Said::Order(_) | Said::NoOrder, _) => return None,
        }
    }
    inferred
}

/// Moments of one kind in the order of the paste: what is compared, and how it is written.
type Moments<'paste, T> = Vec<(T, &'paste str)>;

#[derive(Default)]
struct Found<'paste> {
    ages: Moments<'paste, u64>,
    clocks: Moments<'paste, u64>,
    stamps: Moments<'paste, Stamp>,
}

impl<'paste> Found<'paste> {
    fn line(&mut self, line: &Line<'paste>) {
        let text = line.text;
        match line.kind {
            LineKind::Tail(_) => self.tail(text),
            LineKind::Closed { text_bytes, .. } => {
                self.tail(text.get(text_bytes as usize..).unwrap_or_default());
            }
            LineKind::Live { .. } => {
                let after = tails::clock(text).unwrap_or_default();
                self.tail(text.get(..text.len() - after.len()).unwrap_or_default());
            }
            LineKind::Message { .. } | LineKind::System => self.stamps.extend(heads::written_at(text)),
            LineKind::Text => {
                // The row of a table has the time in a cell of its own.
                let cells = text.split(['\t', ',', ';', '|']).map(|cell| cell.trim_matches(['"', ' ']));
                let stamp = cells.filter(|cell| cell.len() < text.len()).find_map(heads::written_at);
                self.stamps.extend(stamp);
            }
            _ => {}
        }
    }

    fn tail(&mut self, tail: &'paste str) {
        for (moment, written) in tails::moments(tail) {
            match moment {
                Moment::Age(seconds) => self.ages.push((seconds, written)),
                Moment::Clock(seconds) => self.clocks.push((seconds, written)),
                Moment::Date => {}
            }
        }
    }

    /// A paste may begin with the post itself, which is older than every comment below it.
    fn forget_the_post(&mut self) {
        if let [(post, _), comments @ ..] = self.ages.as_slice()
            && comments.iter().all(|(age, _)| age <= post)
            && trend(self.ages.iter().map(|(age, _)| age)) == Trend::Mixed
        {
            self.ages.remove(0);
        }
    }

    /// `1/2/2024` is in January or in February: what only one way of reading allows, is so.
    fn trend_of_stamps(&self) -> Trend {
        let by = |date: fn(&Stamp) -> Option<[u32; 3]>| {
            let moments: Option<Vec<([u32; 3], u64)>> =
                self.stamps.iter().map(|(stamp, _)| Some((date(stamp)?, stamp.seconds))).collect();
            moments.map_or(Trend::Mixed, |moments| trend(moments.into_iter()))
        };
        match (by(day_first), by(month_first)) {
            (Trend::Mixed, only) | (only, Trend::Mixed) => only,
            (day_first, month_first) if day_first == month_first => day_first,
            _ => Trend::Mixed,
        }
    }
}

/// Year, month and day of a date that begins with the day, or with the year.
fn day_first(stamp: &Stamp) -> Option<[u32; 3]> {
    let [first, second, third] = stamp.date;
    let date = if first > 31 { [first, second, third] } else { [third, second, first] };
    (1..=12).contains(&date[1]).then_some(date)
}

/// Year, month and day of a date that begins with the month, or with the year.
fn month_first(stamp: &Stamp) -> Option<[u32; 3]> {
    let [first, second, third] = stamp.date;
    let date = if first > 31 { [first, second, third] } else { [third, first, second] };
    (1..=12).contains(&date[1]).then_some(date)
}

/// How values change from the first to the last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Trend {
    /// Not at all, or there are none.
    Flat,
    Grows,
    Falls,
    /// They grow and fall.
    Mixed,
}

fn trend<T: PartialOrd>(mut values: impl Iterator<Item = T>) -> Trend {
    let Some(mut before) = values.next() else { return Trend::Flat };
    let mut trend = Trend::Flat;
    for value in values {
        let step = match (value > before, value < before) {
            (true, _) => Trend::Grows,
            (_, true) => Trend::Falls,
            _ => Trend::Flat,
        };
        trend = match (trend, step) {
            (trend, Trend::Flat) => trend,
            (Trend::Flat, step) => step,
            (trend, step) if trend == step => trend,
            _ => return Trend::Mixed,
        };
        before = value;
    }
    trend
}

/// What moments of one kind say.
enum Said {
    Nothing,
    Order(InferredOrder),
    NoOrder,
}

fn order<T>(kind: &str, trend: Trend, growing: CommentOrder, moments: &Moments<'_, T>) -> Said {
    let order = match (trend, growing) {
        (Trend::Flat, _) => return Said::Nothing,
        (Trend::Mixed, _) => return Said::NoOrder,
        (Trend::Grows, order) => order,
        (Trend::Falls, CommentOrder::OldestFirst) => CommentOrder::NewestFirst,
        (Trend::Falls, _) => CommentOrder::OldestFirst,
    };
    let (Some((_, first)), Some((_, last))) = (moments.first(), moments.last()) else { return Said::Nothing };
    let which = if order == CommentOrder::NewestFirst { "newest" } else { "oldest" };
    let reason = format!("The {kind} run from {first} to {last}: the {which} comment stands first.");
    Said::Order(InferredOrder { order, reason })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(paste: &str, expected: Option<(CommentOrder, &str)>) {
        let inferred = infer_order(paste);
        let inferred = inferred.as_ref().map(|inferred| (inferred.order, inferred.reason.as_str()));
        assert_eq!(inferred, expected, "{paste}");
    }

    fn facebook(ages: &[&str]) -> String {
        ages.iter().map(|age| format!("Ana Ruiz\nsold A12\n{age}\nLike\nReply\n")).collect()
    }

    #[test]
    fn ages_that_grow_show_the_newest_first() {
        let newest = |reason| Some((CommentOrder::NewestFirst, reason));
        let oldest = |reason| Some((CommentOrder::OldestFirst, reason));
        let reason = "The ages run from Just now to 1w: the newest comment stands first.";
        check(&facebook(&["Just now", "5m", "5m", "2h", "Yesterday at 3:45 PM", "3d", "1w"]), newest(reason));
        let reason = "The ages run from 3d to 5m: the oldest comment stands first.";
        check(&facebook(&["3d", "2h", "59m", "5m"]), oldest(reason));
        let reason = "The ages run from 5 phút to 2 giờ: the newest comment stands first.";
        check(&facebook(&["5 phút", "2 giờ"]), newest(reason));
        let reason = "The ages run from ٣ د to ٢ س: the newest comment stands first.";
        check(&facebook(&["٣ د", "٢ س"]), newest(reason));
        let glued = "Ana\nsold A12LikeReply2h\nBen\nsold B3LikeReply1dEdited\n";
        check(glued, newest("The ages run from 2h to 1d: the newest comment stands first."));
    }

    #[test]
    fn the_age_of_the_post_above_its_comments_does_not_count() {
        let paste = format!("Blue Door\n2d ·\nTonight!\n{}", facebook(&["5m", "9m", "1h"]));
        let reason = "The ages run from 5m to 1h: the newest comment stands first.";
        check(&paste, Some((CommentOrder::NewestFirst, reason)));
    }

    #[test]
    fn offsets_and_times_that_grow_show_the_oldest_first() {
        let oldest = |reason| Some((CommentOrder::OldestFirst, reason));
        let reason = "The times run from 0:42 to 1:02:33: the oldest comment stands first.";
        check(&facebook(&["0:42", "1:20 · 3d", "59:10", "1:02:33"]), oldest(reason));
        let reason = "The times run from 11:59 AM to 1:00 PM: the oldest comment stands first.";
        check("11:59 AM @ana A12\n12:30 PM @ben B3\n1:00 PM @cora A12", oldest(reason));
        let reason =
            "The dates run from 14/08/2023, 09:15 to 15/08/2023, 08:00: the oldest comment stands first.";
        check("14/08/2023, 09:15 - Ana: A12\n15/08/2023, 08:00 - Ben: B3", oldest(reason));
        let reason = "The dates run from 7/29/24, 11:46:27 AM to 7/29/24, 1:46:27 PM: the oldest comment stands first.";
        check("[7/29/24, 11:46:27 AM] Ana: A12\n[7/29/24, 1:46:27 PM] Ben: B3", oldest(reason));
    }

    #[test]
    fn a_table_has_its_times_in_cells() {
        let paste = "name,comment,time\nAna,sold A12,2026-11-20 19:03\nBen,\"B3, please\",2026-11-20 19:02\n";
        let reason =
            "The dates run from 2026-11-20 19:03 to 2026-11-20 19:02: the newest comment stands first.";
        check(paste, Some((CommentOrder::NewestFirst, reason)));
    }

    #[test]
    fn what_disagrees_or_says_nothing_is_no_order() {
        check(&facebook(&["2h", "1h", "3h"]), None);
        check(&facebook(&["2h", "2h"]), None);
        check("@ana: A12\n@ben: B3", None);
        check("", None);
        // In February after January, or on the first and second of a month? The times fall either way.
        check("[10:15, 1/2/2024] Ana: A12\n[09:15, 2/1/2024] Ben: B3", None);
        // The ages say one thing, the times another.
        check(&facebook(&["1:00 · 1h", "2:00 · 2h"]), None);
    }
}
