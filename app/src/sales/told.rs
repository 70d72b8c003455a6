//! What holding a paste did, in words and in an address.

use domain::sales::view::Held;

/// What follows the numbers of what is held, waits and is to be reviewed: `, 1 cancelled. 12 comments were known already.`
pub fn aside(held: &Held) -> String {
    let cancelled =
        if held.cancelled > 0 { format!(", {} cancelled", held.cancelled) } else { String::new() };
    let known = match held.known_comments {
        0 => String::new(),
        1 => " 1 comment was known already.".to_owned(),
        known => format!(" {known} comments were known already."),
    };
    format!("{cancelled}.{known}")
}

/// All of it as the query of an address, for a browser without JavaScript, which is sent there after its form.
#[cfg(any(feature = "ssr", test))]
pub fn query(held: &Held) -> String {
    let Held { new_comments, known_comments, held, waitlisted, cancelled, to_review } = held;
    format!(
        "new={new_comments}&known={known_comments}&held={held}&waiting={waitlisted}&cancelled={cancelled}&review={to_review}"
    )
}

/// Reads what [`query`] wrote. An address without it, or with something else, tells nothing.
pub fn from_query(value: impl Fn(&str) -> Option<String>) -> Option<Held> {
    let number = |name: &str| value(name)?.parse::<i64>().ok();
    Some(Held {
        new_comments: number("new")?,
        known_comments: number("known")?,
        held: number("held")?,
        waitlisted: number("waiting")?,
        cancelled: number("cancelled")?,
        to_review: number("review")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn held() -> Held {
        Held { new_comments: 60, known_comments: 12, held: 47, waitlisted: 3, cancelled: 0, to_review: 2 }
    }

    #[test]
    fn the_end_is_told_in_a_sentence() {
        assert_eq!(aside(&held()), ". 12 comments were known already.");
        let served = Held { cancelled: 1, known_comments: 1, ..held() };
        assert_eq!(aside(&served), ", 1 cancelled. 1 comment was known already.");
        assert_eq!(aside(&Held::default()), ".");
    }

    #[test]
    fn an_address_carries_it() {
        let query = query(&held());
        let value = |name: &str| {
            query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('=').map(str::to_owned))
        };
        assert_eq!(from_query(value), Some(held()));
        assert_eq!(from_query(|_| None), None);
        assert_eq!(from_query(|_| Some("many".into())), None);
    }
}
