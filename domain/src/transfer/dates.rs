//! Dates as people and other shops write them. Which of two numbers is the month is never guessed.

use super::Reason;
use crate::{
    problem::FieldCode,
    text,
    time::{DAY, HOUR, MINUTE, SECOND},
};

stored_enum! {
    /// In which order a date such as `03/04/2026` is written.
    DateOrder {
        Unknown = "", "Not known: such dates are not read";
        MonthFirst = "month-first", "Month first: 03/04 is the 4th of March";
        DayFirst = "day-first", "Day first: 03/04 is the 3rd of April";
    }
}

/// A moment as a file tells it, in milliseconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WrittenMoment {
    /// The file says how far its clock is from UTC.
    Utc(i64),
    /// The file says only what the clock showed, wherever it hung.
    Local(i64),
}

/// The moment in a cell.
pub fn date(cell: &str, order: DateOrder) -> Result<WrittenMoment, Reason> {
    let typed = text::fold(cell);
    if typed.is_empty() {
        return Err(FieldCode::Missing.into());
    }
    // `2026-11-23t09:15` is two words, and a month that has a letter t is one.
    let mut spaced = String::with_capacity(typed.len());
    let mut characters = typed.chars().peekable();
    while let Some(character) = characters.next() {
        let before_a_digit = characters.peek().copied().is_some_and(digit);
        let divides = character == ',' || (character == 't' && spaced.ends_with(digit) && before_a_digit);
        spaced.push(if divides { ' ' } else { character });
    }
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let first = words.first().copied().unwrap_or_default();
    let (day, rest) = if first.contains(['-', '/', '.']) && first.starts_with(digit) {
        (numeric_day(first, order)?, words.get(1..))
    } else {
        (worded_day(words.get(..3).unwrap_or_default())?, words.get(3..))
    };
    let (since_midnight, offset) = time_of_day(rest.unwrap_or_default())?;
    let shown = day * DAY + since_midnight;
    Ok(offset.map_or(WrittenMoment::Local(shown), |offset| WrittenMoment::Utc(shown - offset)))
}

fn digit(character: char) -> bool {
    character.is_ascii_digit()
}

fn numeric_day(word: &str, order: DateOrder) -> Result<i64, Reason> {
    let mark = word.chars().find(|character| !digit(*character)).unwrap_or('-');
    let parts: Vec<&str> = word.split(mark).collect();
    let [first, second, third] = parts.as_slice() else { return Err(Reason::NotADate) };
    let number = |part: &str| part.parse::<i64>().map_err(|_| Reason::NotADate);
    let (one, two, three) = (number(first)?, number(second)?, number(third)?);
    if first.len() == 4 {
        return day_number(one, two, three);
    }
    let year = match third.len() {
        4 => three,
        2 => 2_000 + three,
        _ => return Err(Reason::NotADate),
    };
    match (order, mark) {
        _ if one > 12 => day_number(year, two, one),
        _ if two > 12 => day_number(year, one, two),
        _ if one == two => day_number(year, one, two),
        (DateOrder::MonthFirst, _) => day_number(year, one, two),
        // Only those who write the day first put dots between.
        (DateOrder::DayFirst, _) | (DateOrder::Unknown, '.') => day_number(year, two, one),
        (DateOrder::Unknown, _) => Err(Reason::DateTwoWays),
    }
}

/// `nov 23 2026` or `23 nov 2026`.
fn worded_day(words: &[&str]) -> Result<i64, Reason> {
    const MONTHS: [&str; 12] =
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    let [first, second, year] = words else { return Err(Reason::NotADate) };
    let month_of = |word: &str| MONTHS.iter().position(|month| word.starts_with(month));
    let (month, day) = match (month_of(first), month_of(second)) {
        (Some(month), None) => (month, second),
        (None, Some(month)) => (month, first),
        _ => return Err(Reason::NotADate),
    };
    let number = |word: &str| {
        word.trim_end_matches(|character: char| !digit(character))
            .parse::<i64>()
            .map_err(|_| Reason::NotADate)
    };
    let month = i64::try_from(month).unwrap_or_default() + 1;
    day_number(number(year)?, month, number(day)?)
}

/// Days since 1970 of a day that the calendar has.
fn day_number(year: i64, month: i64, day: i64) -> Result<i64, Reason> {
    if !(1_970..=2_200).contains(&year) || !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return Err(Reason::NotADate);
    }
    // Years begin in March here, so that the leap day is the last of a year.
    let shifted_year = if month <= 2 { year - 1 } else { year };
    let (era, year_of_era) = (shifted_year.div_euclid(400), shifted_year.rem_euclid(400));
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let days =
        era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468;
    let (_, same_month, same_day) = crate::time::civil_date(days * DAY);
    if (i64::from(same_month), i64::from(same_day)) == (month, day) {
        Ok(days)
    } else {
        Err(Reason::NotADate)
    }
}

/// Milliseconds since midnight, and by how many the clock is ahead of UTC if that is said: `09:15`, `9:15:30 am`,
/// `09:15:00.000z`, `09:15:00 -0500`, or nothing.
fn time_of_day(words: &[&str]) -> Result<(i64, Option<i64>), Reason> {
    let Some((clock, rest)) = words.split_first() else { return Ok((0, None)) };
    let end =
        clock.find(|character: char| !digit(character) && !":.".contains(character)).unwrap_or(clock.len());
    let (clock, joined) = clock.split_at(end);
    let mut parts = clock.split('.').next().unwrap_or_default().split(':');
    let mut number = || parts.next().map_or(Ok(0), |part| part.parse::<i64>().map_err(|_| Reason::NotADate));
    let (mut hours, minutes, seconds) = (number()?, number()?, number()?);
    let mut offset = None;
    for word in std::iter::once(&joined).chain(rest) {
        match *word {
            "" => {}
            "z" | "utc" | "gmt" => offset = Some(0),
            "am" if hours == 12 => hours = 0,
            "am" => {}
            "pm" if hours < 12 => hours += 12,
            "pm" => {}
            zone if zone.starts_with(['+', '-']) => offset = Some(zone_offset(zone)?),
            // A zone's name, such as PST, says no more than its clock; the day stays as written.
            _ => {}
        }
    }
    if hours > 23 || minutes > 59 || seconds > 60 {
        return Err(Reason::NotADate);
    }
    Ok((hours * HOUR + minutes * MINUTE + seconds * SECOND, offset))
}

/// Milliseconds by which a zone such as `-0500` or `+05:30` is ahead of UTC.
fn zone_offset(zone: &str) -> Result<i64, Reason> {
    let digits: String = zone.chars().filter(|character| digit(*character)).collect();
    let number = |part: Option<&str>| part.unwrap_or("0").parse::<i64>().map_err(|_| Reason::NotADate);
    let offset = number(digits.get(..2))? * HOUR + number(digits.get(2..4))? * MINUTE;
    Ok(if zone.starts_with('-') { -offset } else { offset })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn dates_are_read_where_their_order_is_known() {
        let day = |cell: &str, order| {
            date(cell, order).map(|written| match written {
                WrittenMoment::Utc(at) | WrittenMoment::Local(at) => crate::time::iso_date(at),
            })
        };
        for cell in [
            "2026-11-23",
            "2026/11/23",
            "2026-11-23T09:15:00Z",
            "2026-11-23 09:15:00 -0500",
            "11/23/2026",
            "23.11.2026",
            "11/23/26 9:15 PM",
            "Nov 23, 2026",
            "23 November 2026",
            "October 23, 2026",
            "11/23/2026, 09:15:00",
        ] {
            let expected = if cell.starts_with("October") { "2026-10-23" } else { "2026-11-23" };
            assert_eq!(day(cell, DateOrder::Unknown), Ok(expected.into()), "{cell}");
        }
        assert_eq!(day("03/04/2026", DateOrder::Unknown), Err(Reason::DateTwoWays));
        assert_eq!(day("03/04/2026", DateOrder::MonthFirst), Ok("2026-03-04".into()));
        assert_eq!(day("03/04/2026", DateOrder::DayFirst), Ok("2026-04-03".into()));
        for cell in ["2026-02-30", "soon", "13/13/2026", "23:15"] {
            assert_eq!(day(cell, DateOrder::DayFirst), Err(Reason::NotADate), "{cell}");
        }
        let quarter_past_two = 1_795_392_000_000 + 14 * HOUR + 15 * MINUTE;
        for (cell, expected) in [
            ("2026-11-23T09:15:00-05:00", WrittenMoment::Utc(quarter_past_two)),
            ("2026-11-23T14:15:00Z", WrittenMoment::Utc(quarter_past_two)),
            ("2026-11-23 2:15 pm", WrittenMoment::Local(quarter_past_two)),
            ("2026-11-23 2:15 pm PST", WrittenMoment::Local(quarter_past_two)),
        ] {
            assert_eq!(date(cell, DateOrder::Unknown), Ok(expected), "{cell}");
        }
    }

    proptest! {
        #[test]
        fn days_are_read_back(days in 0..80_000_i64) {
            let written = crate::time::iso_date(days * DAY);
            prop_assert_eq!(date(&written, DateOrder::Unknown), Ok(WrittenMoment::Local(days * DAY)));
        }

        #[test]
        fn reading_never_panics(cell in "\\PC*", digits in "[0-9,. /:tzpam-]{0,24}") {
            for text in [cell, digits] {
                let _ = (date(&text, DateOrder::Unknown), date(&text, DateOrder::DayFirst));
            }
        }
    }
}
