//! Moments as milliseconds since 1970, and how they are written. There is no clock and no time zone here: the caller brings the
//! moment, in UTC or, for a date that a person reads, as the clock on the person's wall shows it.

/// Milliseconds in a second, a minute, an hour and a day.
pub const SECOND: i64 = 1_000;
pub const MINUTE: i64 = 60 * SECOND;
pub const HOUR: i64 = 60 * MINUTE;
pub const DAY: i64 = 24 * HOUR;

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// Year, month (1–12) and day (1–31) of a moment.
///
/// The arithmetic counts days in eras of 400 years that begin on 1 March, so that the leap day is an era's last.
pub fn civil_date(milliseconds: i64) -> (i64, u8, u8) {
    let days = milliseconds.div_euclid(DAY) + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    let year = era * 400 + year_of_era + i64::from(month <= 2);
    (year, month as u8, day as u8)
}

/// `23 Nov 2026`.
pub fn date(milliseconds: i64) -> String {
    let (year, month, day) = civil_date(milliseconds);
    format!("{day} {} {year}", MONTHS[usize::from(month) - 1])
}

/// `2026-11-23`, for files and attributes.
pub fn iso_date(milliseconds: i64) -> String {
    let (year, month, day) = civil_date(milliseconds);
    format!("{year:04}-{month:02}-{day:02}")
}

/// `23 Nov 2026, 09:15`.
pub fn date_and_time(milliseconds: i64) -> String {
    let minutes = milliseconds.rem_euclid(DAY) / MINUTE;
    format!("{}, {:02}:{:02}", date(milliseconds), minutes / 60, minutes % 60)
}

/// How long until a moment, in the largest unit that fits: `5 min left`, `18 h left`, `2 days left`; `over` when it came.
pub fn left(moment: i64, now: i64) -> String {
    let left = moment.saturating_sub(now);
    match left {
        ..=0 => "over".into(),
        1..HOUR => format!("{} min left", left.saturating_add(MINUTE - 1) / MINUTE),
        _ if left < 2 * DAY => format!("{} h left", left / HOUR),
        _ => format!("{} days left", left / DAY),
    }
}

/// How long ago, in the largest unit that fits: `just now`, `5 min`, `3 h`, `12 days`.
pub fn age(then: i64, now: i64) -> String {
    let elapsed = now.saturating_sub(then);
    match elapsed {
        ..MINUTE => "just now".into(),
        MINUTE..HOUR => format!("{} min", elapsed / MINUTE),
        HOUR..DAY => format!("{} h", elapsed / HOUR),
        _ if elapsed < 2 * DAY => "1 day".into(),
        _ => format!("{} days", elapsed / DAY),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_is_told_in_the_largest_unit_that_fits() {
        for (left_over, expected) in [
            (0, "over"),
            (1, "1 min left"),
            (59 * MINUTE, "59 min left"),
            (HOUR, "1 h left"),
            (47 * HOUR, "47 h left"),
            (3 * DAY, "3 days left"),
        ] {
            assert_eq!(left(1_000 + left_over, 1_000), expected);
        }
    }

    #[test]
    fn dates_are_those_of_the_calendar() {
        for (milliseconds, expected) in [
            (0, "1970-01-01"),
            (951_782_400_000, "2000-02-29"),
            (1_709_164_800_000, "2024-02-29"),
            (1_795_392_000_000, "2026-11-23"),
            (-86_400_000, "1969-12-31"),
            (4_107_542_400_000, "2100-03-01"),
        ] {
            assert_eq!(iso_date(milliseconds), expected, "{milliseconds}");
        }
        assert_eq!(date_and_time(1_795_392_000_000 + 9 * HOUR + 15 * MINUTE), "23 Nov 2026, 09:15");
    }

    #[test]
    fn ages_use_the_largest_unit() {
        for (elapsed, expected) in [
            (-5, "just now"),
            (59_999, "just now"),
            (MINUTE, "1 min"),
            (3 * HOUR, "3 h"),
            (DAY, "1 day"),
            (12 * DAY, "12 days"),
        ] {
            assert_eq!(age(0, elapsed), expected);
        }
    }
}
