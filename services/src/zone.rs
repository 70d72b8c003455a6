//! The time zone of a business: which day a moment belongs to, and how its clock shows it.
//!
//! Moments are stored as UTC milliseconds. Everything that is told by days (today's figures, reports, dates on invoices) goes by
//! the clock of the seller's wall, with the rules of the IANA time zone database, which is compiled in: a machine without one
//! shows the same days.

use std::sync::LazyLock;

use domain::{
    time::{self, DAY},
    transfer::WrittenMoment,
};
use jiff::{
    Timestamp,
    civil::{Date, DateTime, Time},
    tz::{TimeZone, TimeZoneDatabase},
};

/// The zone of a business that did not say where it is.
pub const DEFAULT_ZONE: &str = "UTC";

static DATABASE: LazyLock<TimeZoneDatabase> = LazyLock::new(TimeZoneDatabase::bundled);

/// The rules of one time zone, cheap to clone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Zone(TimeZone);

impl Zone {
    /// The zone of an IANA name such as `America/Chicago`, if there is one.
    pub fn parse(name: &str) -> Option<Zone> {
        DATABASE.get(name).ok().map(Zone)
    }

    /// The zone's name.
    pub fn name(&self) -> &str {
        self.0.iana_name().unwrap_or(DEFAULT_ZONE)
    }

    /// The names of the zones that a person may choose from: places, without the zones that are offsets or old abbreviations.
    pub fn names() -> Vec<String> {
        const REGIONS: [&str; 10] = [
            "Africa/",
            "America/",
            "Antarctica/",
            "Arctic/",
            "Asia/",
            "Atlantic/",
            "Australia/",
            "Europe/",
            "Indian/",
            "Pacific/",
        ];
        let mut names: Vec<String> = DATABASE
            .available()
            .map(|name| name.to_string())
            .filter(|name| name == DEFAULT_ZONE || REGIONS.iter().any(|region| name.starts_with(region)))
            .collect();
        names.sort();
        names.dedup();
        names
    }

    /// What the clock on the wall shows at a moment, counted in milliseconds as if it were UTC.
    fn wall(&self, at: i64) -> i64 {
        let offset = Timestamp::from_millisecond(at).map(|moment| self.0.to_offset(moment).seconds());
        at.saturating_add(i64::from(offset.unwrap_or_default()) * time::SECOND)
    }

    /// The moment, in UTC milliseconds, at which the clock on the wall shows this. A time that the clock skips in spring is the
    /// one that it jumps to; one that it shows twice in autumn is the earlier.
    fn moment(&self, wall: i64) -> i64 {
        let shown = Timestamp::from_millisecond(wall).map(|shown| TimeZone::UTC.to_datetime(shown));
        let found = shown.and_then(|shown: DateTime| self.0.to_timestamp(shown));
        found.map_or(wall, Timestamp::as_millisecond)
    }

    /// `23 Nov 2026`.
    pub fn date(&self, at: i64) -> String {
        time::date(self.wall(at))
    }

    /// `2026-11-23`.
    pub fn iso_date(&self, at: i64) -> String {
        time::iso_date(self.wall(at))
    }

    /// `23 Nov 2026, 09:15`.
    pub fn date_and_time(&self, at: i64) -> String {
        time::date_and_time(self.wall(at))
    }

    /// The day of a moment, counted from 1970.
    pub fn day(&self, at: i64) -> i64 {
        self.wall(at).div_euclid(DAY)
    }

    /// The moment at which a day begins.
    pub fn start_of(&self, day: i64) -> i64 {
        self.moment(day.saturating_mul(DAY))
    }

    /// The day that is written `2026-11-23`, counted from 1970; nothing for what the calendar does not have.
    pub fn day_of(written: &str) -> Option<i64> {
        let date: Date = written.trim().parse().ok()?;
        let midnight = TimeZone::UTC.to_timestamp(date.to_datetime(Time::midnight())).ok()?;
        Some(midnight.as_millisecond().div_euclid(DAY))
    }

    /// The moment that somebody wrote: one without a zone is told by this zone's clock.
    pub fn read(&self, written: WrittenMoment) -> i64 {
        match written {
            WrittenMoment::Utc(at) => at,
            WrittenMoment::Local(wall) => self.moment(wall),
        }
    }
}

#[cfg(test)]
mod tests {
    use domain::time::{HOUR, MINUTE};

    use super::*;

    /// 2026-11-23 09:15 UTC.
    const MORNING: i64 = 1_795_392_000_000 + 9 * HOUR + 15 * MINUTE;

    fn zone(name: &str) -> Zone {
        Zone::parse(name).unwrap_or_else(|| panic!("there is no zone {name}"))
    }

    #[test]
    fn a_moment_is_told_by_the_clock_on_the_sellers_wall() {
        for (name, expected) in [
            ("UTC", "23 Nov 2026, 09:15"),
            ("America/Los_Angeles", "23 Nov 2026, 01:15"),
            ("Pacific/Auckland", "23 Nov 2026, 22:15"),
            ("Asia/Kolkata", "23 Nov 2026, 14:45"),
        ] {
            assert_eq!(zone(name).date_and_time(MORNING), expected, "{name}");
        }
    }

    #[test]
    fn an_evening_sale_belongs_to_its_evening() {
        // 2027-01-01 03:30 UTC is New Year's Eve in Chicago.
        let at = 1_798_774_200_000;
        assert_eq!(zone("UTC").iso_date(at), "2027-01-01");
        assert_eq!(zone("America/Chicago").iso_date(at), "2026-12-31");
        assert_eq!(zone("America/Chicago").day(at) + 1, zone("UTC").day(at));
    }

    #[test]
    fn days_begin_where_the_clock_says_so_also_when_it_is_changed() {
        let new_york = zone("America/New_York");
        // 8 March 2026 has 23 hours there, 1 November 2026 has 25.
        for (day, hours) in [("2026-03-08", 23), ("2026-11-01", 25), ("2026-11-23", 24)] {
            let day = (0..80_000).find(|number| time::iso_date(number * DAY) == day).unwrap_or_default();
            let (start, next) = (new_york.start_of(day), new_york.start_of(day + 1));
            assert_eq!((next - start) / HOUR, hours);
            assert_eq!(
                (new_york.day(start), new_york.day(next - 1), new_york.day(next)),
                (day, day, day + 1)
            );
        }
        // Midnight does not exist on this day in Santiago: its day begins at one o'clock.
        let santiago = zone("America/Santiago");
        let day = (0..80_000).find(|number| time::iso_date(number * DAY) == "2026-09-06").unwrap_or_default();
        assert_eq!(santiago.day(santiago.start_of(day)), day);
        assert_eq!(santiago.day(santiago.start_of(day) - 1), day - 1);
    }

    #[test]
    fn what_names_no_zone_is_meant_by_the_sellers_clock() {
        let chicago = zone("America/Chicago");
        let noon = 1_795_392_000_000 + 12 * HOUR;
        assert_eq!(chicago.read(WrittenMoment::Local(noon)), noon + 6 * HOUR);
        assert_eq!(chicago.read(WrittenMoment::Utc(noon)), noon);
        assert_eq!(chicago.iso_date(chicago.read(WrittenMoment::Local(1_795_392_000_000))), "2026-11-23");
    }

    #[test]
    fn places_can_be_chosen_and_nonsense_cannot() {
        let names = Zone::names();
        for name in ["America/New_York", "Asia/Ho_Chi_Minh", "Europe/London", "UTC"] {
            assert!(names.iter().any(|known| known == name), "{name}");
        }
        assert!(names.iter().all(|name| Zone::parse(name).is_some()));
        assert!(Zone::parse("Moon/Base").is_none());
        assert!(Zone::parse("").is_none());
    }
}
