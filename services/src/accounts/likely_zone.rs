//! The time zone that goes with a postal address, for a registration whose browser did not tell one.
//!
//! Countries of one clock are certain. Where a country has several, its states say more; the zone named is the one in which most
//! people of the state live. It is a first guess that the settings show and change, so what is not listed is UTC.

use domain::address::PostalAddress;

use crate::zone::DEFAULT_ZONE;

/// The IANA name of the zone in which an address most likely lies.
pub(super) fn of(address: &PostalAddress) -> &'static str {
    let region = address.region.trim().to_uppercase();
    match address.country.as_str() {
        "US" => us_state(&region),
        "CA" => match region.as_str() {
            "NL" => "America/St_Johns",
            "NB" | "NS" | "PE" => "America/Halifax",
            "MB" => "America/Winnipeg",
            "SK" => "America/Regina",
            "AB" | "NT" => "America/Edmonton",
            "BC" | "YT" => "America/Vancouver",
            _ => "America/Toronto",
        },
        "AU" => match region.as_str() {
            "QLD" => "Australia/Brisbane",
            "SA" => "Australia/Adelaide",
            "NT" => "Australia/Darwin",
            "WA" => "Australia/Perth",
            "TAS" => "Australia/Hobart",
            "VIC" => "Australia/Melbourne",
            _ => "Australia/Sydney",
        },
        "AT" => "Europe/Vienna",
        "BE" => "Europe/Brussels",
        "CH" => "Europe/Zurich",
        "CL" => "America/Santiago",
        "CN" => "Asia/Shanghai",
        "CO" => "America/Bogota",
        "CZ" => "Europe/Prague",
        "DE" => "Europe/Berlin",
        "DK" => "Europe/Copenhagen",
        "ES" => "Europe/Madrid",
        "FI" => "Europe/Helsinki",
        "FR" => "Europe/Paris",
        "GB" => "Europe/London",
        "GR" => "Europe/Athens",
        "HK" => "Asia/Hong_Kong",
        "HU" => "Europe/Budapest",
        "IE" => "Europe/Dublin",
        "IL" => "Asia/Jerusalem",
        "IN" => "Asia/Kolkata",
        "IT" => "Europe/Rome",
        "JP" => "Asia/Tokyo",
        "KR" => "Asia/Seoul",
        "MX" => "America/Mexico_City",
        "MY" => "Asia/Kuala_Lumpur",
        "NL" => "Europe/Amsterdam",
        "NO" => "Europe/Oslo",
        "NZ" => "Pacific/Auckland",
        "PE" => "America/Lima",
        "PH" => "Asia/Manila",
        "PL" => "Europe/Warsaw",
        "PR" => "America/Puerto_Rico",
        "PT" => "Europe/Lisbon",
        "RO" => "Europe/Bucharest",
        "SE" => "Europe/Stockholm",
        "SG" => "Asia/Singapore",
        "TH" => "Asia/Bangkok",
        "TW" => "Asia/Taipei",
        "VN" => "Asia/Ho_Chi_Minh",
        "ZA" => "Africa/Johannesburg",
        _ => DEFAULT_ZONE,
    }
}

fn us_state(state: &str) -> &'static str {
    match state {
        "AL" | "AR" | "IA" | "IL" | "KS" | "LA" | "MN" | "MO" | "MS" | "ND" | "NE" | "OK" | "SD" | "TN"
        | "TX" | "WI" => "America/Chicago",
        "CO" | "ID" | "MT" | "NM" | "UT" | "WY" => "America/Denver",
        "AZ" => "America/Phoenix",
        "CA" | "NV" | "OR" | "WA" => "America/Los_Angeles",
        "AK" => "America/Anchorage",
        "HI" => "Pacific/Honolulu",
        _ => "America/New_York",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::zone::Zone;

    #[test]
    fn the_address_tells_the_zone() {
        let zone = |country: &str, region: &str| {
            let address =
                PostalAddress { country: country.into(), region: region.into(), ..Default::default() };
            let name = of(&address);
            assert!(Zone::parse(name).is_some(), "{name}");
            name
        };
        assert_eq!(zone("US", "tx"), "America/Chicago");
        assert_eq!(zone("US", ""), "America/New_York");
        assert_eq!(zone("TH", ""), "Asia/Bangkok");
        assert_eq!(zone("AU", "WA"), "Australia/Perth");
        assert_eq!(zone("XX", ""), "UTC");
    }
}
