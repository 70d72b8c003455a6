//! What stands below or behind a comment: age, buttons, counts, in a line of their own or glued to the text.

use super::tables::TABLES;

/// What a line consists of that holds nothing but such pieces.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tail {
    /// A button stands in it.
    pub action: bool,
    /// An age, a clock time or an offset into a video stands in it.
    pub age: bool,
    pub edited: bool,
}

/// Longer lines hold a text.
const MAX_TAIL_BYTES: usize = 160;

/// Digits of an age in one unit.
const MAX_AGE_DIGITS: usize = 3;

/// A link to replies behind a comment on the same line has no more words.
const MAX_THREAD_WORDS: usize = 6;

/// More pieces than this do not stand behind one comment.
const MAX_PIECES: usize = 12;

/// Reads a line that holds only pieces of a tail, among them at least one age, button or state.
pub fn whole(line: &str) -> Option<Tail> {
    if line.len() > MAX_TAIL_BYTES {
        return None;
    }
    if let Some(tail) = alone(line) {
        return Some(tail);
    }
    let mut tail = Tail::default();
    let mut rest = line;
    let mut state = false;
    while !rest.is_empty() {
        let separators = rest.trim_start_matches(is_separator);
        if separators.len() < rest.len() {
            rest = separators;
            continue;
        }
        if let Some(after) = age(rest) {
            tail.age = true;
            rest = after;
        } else if let Some(after) = TABLES.actions.longest_prefix(rest) {
            tail.action = true;
            rest = after;
        } else if let Some(after) = TABLES.edited.longest_prefix(rest) {
            (tail.edited, state) = (true, true);
            rest = after;
        } else if let Some(after) = TABLES.states.longest_prefix(rest) {
            state = true;
            rest = after;
        } else if let Some(after) = count(rest) {
            // A number alone is no tail; beside an age or a button it counts reactions.
            rest = after;
        } else {
            return None;
        }
    }
    (tail.action || tail.age || state || ends_in_count_of_likes(line)).then_some(tail)
}

/// Reads a line of only one piece, as most are: a button, a state, or an age such as `3h`.
pub fn alone(line: &str) -> Option<Tail> {
    if !line.starts_with(|first: char| first.is_ascii_digit()) {
        return TABLES.tails.get(line).copied();
    }
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    let age =
        digits <= MAX_AGE_DIGITS && line.get(digits..).is_some_and(|unit| TABLES.age_units.contains(unit));
    age.then_some(Tail { age: true, ..Tail::default() })
}

/// `12 likes` alone.
fn ends_in_count_of_likes(line: &str) -> bool {
    let digits = line.trim_start_matches(|character: char| character.is_ascii_digit()).trim_start();
    digits.len() < line.len() && TABLES.counted.contains(digits)
}

/// The text before pieces of a tail that stand behind it on the same line, and what they were. A single button counts
/// only where it is glued to the text (`A12Like`), because a buyer may write the word.
pub fn behind(line: &str) -> Option<(&str, Tail)> {
    // A number at the end counts reactions only behind a button: `A12`, `x2` and `Buyer 12` end nothing.
    let before = line.trim_end_matches(|last: char| last.is_ascii_digit());
    if before.len() < line.len() {
        let text = before.trim_end_matches(is_separator);
        TABLES.actions.longest_suffix(text).or_else(|| TABLES.edited.longest_suffix(text))?;
    }
    let mut tail = Tail::default();
    let mut rest = line;
    let mut pieces = 0;
    let mut glued_action = false;
    while pieces < MAX_PIECES {
        let trimmed = rest.trim_end_matches(is_separator);
        let (before, piece) = if let Some(before) = TABLES.actions.longest_suffix(trimmed) {
            (before, Tail { action: true, ..tail })
        } else if let Some(before) = TABLES.edited.longest_suffix(trimmed) {
            (before, Tail { edited: true, ..tail })
        } else if let Some(before) = TABLES.states.longest_suffix(trimmed) {
            (before, tail)
        } else if let Some(before) = age_behind(trimmed) {
            (before, Tail { age: true, ..tail })
        } else if let Some(before) = number_behind(trimmed, rest, line) {
            (before, tail)
        } else if pieces == 0
            && let Some(before) = thread_behind(trimmed)
        {
            (before, tail)
        } else {
            break;
        };
        let glued = before
            .chars()
            .next_back()
            .is_some_and(|last| last.is_alphanumeric() || matches!(last, '!' | '.' | ')'));
        let written = trimmed.get(before.len()..).unwrap_or_default();
        glued_action = glued && TABLES.glued_actions.contains(written);
        (rest, tail) = (before, piece);
        pieces += 1;
    }
    let text = rest.trim_end_matches(is_separator);
    (tail.action && !text.is_empty() && (pieces >= 2 || glued_action)).then_some((text, tail))
}

fn is_separator(character: char) -> bool {
    if character.is_ascii_graphic() {
        return character == '|';
    }
    character.is_whitespace()
        || matches!(character, '·' | '•' | '|' | '∙' | '⋅')
        || crate::text::is_invisible(character)
}

/// `5`, `1.2K`, `1 like`.
fn count(line: &str) -> Option<&str> {
    let after = line
        .trim_start_matches(|character: char| character.is_ascii_digit() || matches!(character, '.' | ','));
    if after.len() == line.len() {
        return None;
    }
    let after = after.strip_prefix('K').unwrap_or(after);
    Some(TABLES.counted.longest_prefix(after.trim_start()).unwrap_or(after))
}

/// What stands behind an age at the beginning of a line: `3h`, `5 phút`, `2小時`, `Yesterday at 3:45 PM`, `12:34`.
fn age(line: &str) -> Option<&str> {
    moment(line).map(|(_, after)| after)
}

/// When a comment was written, as far as its tail says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// Seconds before the paste was copied.
    Age(u64),
    /// A time of day, or an offset into a video, in seconds.
    Clock(u64),
    /// A date without a year.
    Date,
}

/// The moments that stand in a tail, each with how it is written.
pub fn moments(tail: &str) -> impl Iterator<Item = (Moment, &str)> {
    let mut rest = tail;
    std::iter::from_fn(move || {
        loop {
            rest = rest.trim_start_matches(is_separator);
            if let Some((moment, after)) = moment(rest) {
                let written = rest.get(..rest.len() - after.len()).unwrap_or_default().trim_end();
                rest = after;
                return Some((moment, written));
            }
            let pieces = [&TABLES.actions, &TABLES.edited, &TABLES.states];
            rest = pieces.iter().find_map(|table| table.longest_prefix(rest)).or_else(|| count(rest))?;
        }
    })
}

/// A moment at the beginning of a line, and what stands behind it.
fn moment(line: &str) -> Option<(Moment, &str)> {
    if let Some(after) = TABLES.ages.longest_prefix(line) {
        let at = after.trim_start().strip_prefix("at ").and_then(clock);
        return Some((Moment::Age(seconds_of(line, after)), at.unwrap_or(after)));
    }
    if let Some((seconds, after)) = timed_clock(line) {
        return Some((Moment::Clock(seconds), after));
    }
    if let Some(after) = date(line) {
        return Some((Moment::Date, after));
    }
    // `hace 2 h`: in some languages the word stands before.
    let line = TABLES.age_words.longest_prefix(line).map_or(line, str::trim_start);
    let unit = line.trim_start_matches(is_digit);
    let digits = line.get(..line.len() - unit.len())?.chars().count();
    if !(1..=MAX_AGE_DIGITS).contains(&digits) {
        return None;
    }
    let number = line.chars().take(digits).fold(0, |number, digit| number * 10 + value(digit));
    let unit = unit.trim_start();
    let after = TABLES.age_units.longest_prefix(unit)?;
    let moment = Moment::Age(number * seconds_of(unit, after));
    // `2h1 likeReply` glues the next piece on, but a letter behind `3h` that begins no piece belongs to a word.
    let ends = after
        .chars()
        .next()
        .is_none_or(|next| !next.is_lowercase() || TABLES.age_words.longest_prefix(after).is_some());
    if !ends {
        return None;
    }
    Some((moment, TABLES.age_words.longest_prefix(after.trim_start()).unwrap_or(after)))
}

/// The seconds of the word before `after`.
fn seconds_of(line: &str, after: &str) -> u64 {
    let word = line.get(..line.len() - after.len()).unwrap_or_default();
    TABLES.age_seconds.get(word).copied().unwrap_or_default()
}

/// A clock time or an offset into a video: `0:05`, `1:02:33`, `3:45 PM`.
pub fn clock(line: &str) -> Option<&str> {
    timed_clock(line).map(|(_, after)| after)
}

/// A clock time with its seconds. Where there are two groups they are taken for minutes and seconds, unless a half of
/// the day stands behind them: only times of one kind are compared.
fn timed_clock(line: &str) -> Option<(u64, &str)> {
    let bytes = line.as_bytes();
    let hours = bytes.iter().take_while(|byte| byte.is_ascii_digit()).count();
    if !(1..=2).contains(&hours) {
        return None;
    }
    let mut end = hours;
    let mut groups = 0;
    while groups < 2
        && bytes.get(end) == Some(&b':')
        && bytes.get(end + 1..end + 3)?.iter().all(u8::is_ascii_digit)
    {
        end += 3;
        groups += 1;
    }
    if groups == 0 || bytes.get(end).is_some_and(u8::is_ascii_digit) {
        return None;
    }
    let after = line.get(end..)?;
    let seconds =
        line.get(..end)?.split(':').fold(0, |sum, group| sum * 60 + group.parse::<u64>().unwrap_or(0));
    let marked = after.trim_start_matches(|character: char| character.is_whitespace() && character != '\n');
    let Some(behind) = TABLES.halves_of_day.longest_prefix(marked) else { return Some((seconds, after)) };
    Some((of_half_day(seconds, groups, marked), behind))
}

/// Seconds since midnight of a time with its half of the day.
pub fn of_half_day(seconds: u64, colons: usize, half: &str) -> u64 {
    const HALF: u64 = 12 * 60 * 60;
    let seconds = if colons == 1 { seconds * 60 } else { seconds };
    seconds % HALF + if half.starts_with(['p', 'P']) { HALF } else { 0 }
}

/// `14 August at 09:15`, `August 14 at 3:45 PM`, `August 14, 2023`; `2-14` and `2023-2-14` alone.
fn date(line: &str) -> Option<&str> {
    if let Some(after) = short_date(line) {
        return Some(after);
    }
    let skip_digits = |text: &'_ str, limit: usize| {
        let digits = text.bytes().take_while(u8::is_ascii_digit).count();
        (1..=limit).contains(&digits).then_some(digits)
    };
    let month = |text: &'_ str| Some(text.len() - TABLES.months.longest_prefix(text)?.len());
    let mut rest = line;
    if let Some(digits) = skip_digits(rest, 2) {
        rest = rest.get(digits..)?.strip_prefix(' ')?;
        rest = rest.get(month(rest)?..)?;
    } else {
        rest = rest.get(month(rest)?..)?.strip_prefix(' ')?;
        rest = rest.get(skip_digits(rest, 2)?..)?;
    }
    if let Some(year) = rest.strip_prefix(", ").or_else(|| rest.strip_prefix(' '))
        && skip_digits(year, 4) == Some(4)
    {
        rest = year.get(4..)?;
    }
    Some(rest.trim_start().strip_prefix("at ").and_then(clock).unwrap_or(rest))
}

/// A date as some platforms write it below comments, with dashes.
fn short_date(line: &str) -> Option<&str> {
    let after = line.trim_start_matches(|character: char| character.is_ascii_digit() || character == '-');
    let mut groups = line.get(..line.len() - after.len())?.split('-').rev();
    let in_range = |group: Option<&str>, last: u32| {
        group.is_some_and(|group| group.parse().is_ok_and(|number: u32| (1..=last).contains(&number)))
    };
    let month_and_day = in_range(groups.next(), 31) && in_range(groups.next(), 12);
    let year = groups.next().is_none_or(|year| year.len() == 4);
    let ends =
        after.is_empty() || after.starts_with(is_separator) || TABLES.actions.longest_prefix(after).is_some();
    (month_and_day && year && groups.next().is_none() && ends).then_some(after)
}

/// The text before an age that ends a line.
fn age_behind(line: &str) -> Option<&str> {
    if let Some(before) = TABLES.ages.longest_suffix(line) {
        return Some(before);
    }
    let without_word = TABLES.age_words.longest_suffix(line).map_or(line, str::trim_end);
    let before = TABLES.age_units.longest_suffix(without_word)?.trim_end();
    let text = before.trim_end_matches(is_digit);
    let digits = before.get(text.len()..)?.chars().count();
    let apart = text.is_empty() || text.ends_with(is_separator) || ends_in_button(text);
    ((1..=MAX_AGE_DIGITS).contains(&digits) && apart).then_some(text)
}

/// A count of reactions behind other pieces of a tail: it must stand apart at the very end of the line.
fn number_behind<'line>(trimmed: &'line str, rest: &str, line: &str) -> Option<&'line str> {
    if rest.len() != line.len() {
        return None;
    }
    let before = trimmed.trim_end_matches(is_digit);
    let apart = before.ends_with(is_separator) || ends_in_button(before);
    let text = before.trim_end_matches(is_separator);
    let follows_tail =
        TABLES.actions.longest_suffix(text).or_else(|| TABLES.edited.longest_suffix(text)).is_some();
    (before.len() < trimmed.len() && apart && follows_tail).then_some(before)
}

/// The text before a link to replies that ends a line, where a tail stands before it.
fn thread_behind(line: &str) -> Option<&str> {
    let mut rest = line;
    for _ in 0..MAX_THREAD_WORDS {
        let (before, _) = rest.rsplit_once(' ')?;
        rest = before;
        let link = line.get(before.len() + 1..)?;
        let tail = || TABLES.actions.longest_suffix(before).or_else(|| TABLES.edited.longest_suffix(before));
        // Few words are buttons, so that is asked first.
        if tail().is_some() && TABLES.threads.begin(link) {
            return Some(before);
        }
    }
    None
}

/// A button is glued to what stands behind it: `LikeReply2h`.
fn ends_in_button(text: &str) -> bool {
    TABLES.glued_actions.longest_suffix(text).is_some()
}

/// The value of such a digit.
fn value(digit: char) -> u64 {
    let zero = match digit {
        '٠'..='٩' => '٠',
        '۰'..='۹' => '۰',
        '๐'..='๙' => '๐',
        '０'..='９' => '０',
        _ => '0',
    };
    u64::from(u32::from(digit).saturating_sub(u32::from(zero)))
}

/// A digit of a script in which the platforms write ages and counts.
fn is_digit(character: char) -> bool {
    matches!(character, '0'..='9' | '٠'..='٩' | '۰'..='۹' | '๐'..='๙' | '０'..='９')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_nothing_but_a_tail() {
        for line in [
            "3h",
            "Like",
            "Like · Reply · 2h",
            "2h1 likeReply",
            "3d agoReply",
            "5 phút",
            "2小時",
            "12 min",
            "Just now",
            "Yesterday at 3:45 PM",
            "12:34",
            "LikeReply",
            "Me gusta Responder 3 sem",
            "1 like",
            "Edited",
            "FollowLikeShare",
            "2:30 PM",
            "August 14 at 3:45 PM",
            "3 ชม.",
            "1 tuần",
            "5 minutes ago",
            "hace 2 h",
            "2-14",
            "2023-2-14Reply",
            "٣ س",
            "๓ ชม.",
        ] {
            assert!(whole(line).is_some(), "{line}");
        }
        for line in [
            "A12",
            "12",
            "3hx",
            "like",
            "mine 2h",
            "Ana Ruiz",
            "2 horses",
            "Like this one",
            "12 pcs",
            "90cm",
            "12kg",
            "2-45",
            "A-1",
            "1-2-3",
        ] {
            assert_eq!(whole(line), None, "{line}");
        }
    }

    #[test]
    fn tails_behind_a_text() {
        for (line, text) in [
            ("· sold A12LikeSee translationEdited", "· sold A12"),
            ("sold A12LikeShare", "sold A12"),
            ("sold A12Like", "sold A12"),
            (
                "Fan destacado Ana Ruiz mío A12 1 sem Me gusta Responder Editado 5",
                "Fan destacado Ana Ruiz mío A12",
            ),
            ("Ana Ruiz sold A12 x2 3h Like Reply", "Ana Ruiz sold A12 x2"),
            ("sold A12LikeReply2h", "sold A12"),
            ("twist redLike·Reply·5dEdited", "twist red"),
            ("sold A12LikeShare2", "sold A12"),
            ("Flor B3 2 h Me gusta Responder Ver las 2 respuestas", "Flor B3"),
        ] {
            assert_eq!(behind(line).map(|(text, _)| text), Some(text), "{line}");
        }
        for line in ["sold A12", "this is what I Like", "mine A12 3h", "A12 5", "mine A12 View 2 replies"] {
            assert_eq!(behind(line), None, "{line}");
        }
    }
}
