//! Times as the providers write them. The calendar is the proleptic Gregorian one, in UTC, without leap
//! seconds.

use std::time::{SystemTime, UNIX_EPOCH};

const SECONDS_OF_DAY: i64 = 86_400;

/// The machine's time in whole seconds since 1970; 0 if its clock stands before that.
pub fn unix_seconds() -> i64 {
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since_epoch.as_secs()).unwrap_or(i64::MAX)
}

/// Writes seconds since 1970 as `2026-10-28T09:30:00Z`.
pub fn iso_8601(unix_seconds: i64) -> String {
    let (year, month, day) = civil_date(unix_seconds.div_euclid(SECONDS_OF_DAY));
    let second_of_day = unix_seconds.rem_euclid(SECONDS_OF_DAY);
    let (hour, minute, second) = (second_of_day / 3600, second_of_day / 60 % 60, second_of_day % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

/// Year, month and day of a day counted from 1970-01-01.
///
/// Counts in years that begin on 1 March, so that the leap day is the last of its year, and in eras of 400
/// years, after which the calendar repeats (Howard Hinnant, "chrono-compatible low-level date algorithms").
fn civil_date(days_since_1970: i64) -> (i64, i64, i64) {
    let days = days_since_1970 + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, day)
}

#[cfg(test)]
mod tests {
    use super::iso_8601;

    #[test]
    fn known_moments() {
        assert_eq!(iso_8601(0), "1970-01-01T00:00:00Z");
        assert_eq!(iso_8601(951_782_400), "2000-02-29T00:00:00Z");
        assert_eq!(iso_8601(1_700_000_000), "2023-11-14T22:13:20Z");
        assert_eq!(iso_8601(1_709_251_199), "2024-02-29T23:59:59Z");
        assert_eq!(iso_8601(-1), "1969-12-31T23:59:59Z");
    }
}
