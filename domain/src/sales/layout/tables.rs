//! The tables of [`super::noise`], arranged so that a line is compared only with what begins or ends like it.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use super::noise;
use super::tails::Tail;

/// Words of a table by their first and by their last byte, the longest first. Beside each word stands its second byte
/// from that end, because that alone tells most of them apart.
pub struct WordSet {
    by_first: Buckets<(u8, &'static str)>,
    by_last: Buckets<(u8, &'static str)>,
}

/// No column has a longer name.
const MAX_COLUMN_NAME_BYTES: usize = 100;

/// One list for each byte.
type Buckets<T> = Vec<Vec<T>>;

impl WordSet {
    fn new(words: &[&'static str]) -> Self {
        let sorted = |byte: fn(&str, usize) -> Option<u8>| {
            let mut buckets = vec![Vec::new(); 256];
            for word in words {
                if let Some(bucket) = byte(word, 0).and_then(|byte| buckets.get_mut(usize::from(byte))) {
                    bucket.push((byte(word, 1).unwrap_or_default(), *word));
                }
            }
            buckets
                .iter_mut()
                .for_each(|bucket| bucket.sort_by_key(|(_, word)| std::cmp::Reverse(word.len())));
            buckets
        };
        WordSet {
            by_first: sorted(|word, place| word.as_bytes().get(place).copied()),
            by_last: sorted(|word, place| word.bytes().nth_back(place)),
        }
    }

    /// What stands behind the longest word of the set that a line begins with.
    pub fn longest_prefix<'line>(&self, line: &'line str) -> Option<&'line str> {
        let (first, rest) = line.as_bytes().split_first()?;
        let bucket = self.by_first.get(usize::from(*first))?;
        let second = rest.first().copied().unwrap_or_default();
        bucket.iter().find_map(|(byte, word)| {
            if *byte == second || word.len() == 1 { line.strip_prefix(word) } else { None }
        })
    }

    /// What stands before the longest word of the set that a line ends with.
    pub fn longest_suffix<'line>(&self, line: &'line str) -> Option<&'line str> {
        let (last, rest) = line.as_bytes().split_last()?;
        let bucket = self.by_last.get(usize::from(*last))?;
        let second = rest.last().copied().unwrap_or_default();
        bucket.iter().find_map(|(byte, word)| {
            if *byte == second || word.len() == 1 { line.strip_suffix(word) } else { None }
        })
    }

    /// Whether the line is a word of the set.
    pub fn contains(&self, line: &str) -> bool {
        self.longest_prefix(line).is_some_and(str::is_empty)
    }
}

/// Patterns with `#` for a number and `*` for any words, by what they begin or end with.
///
/// Each stands beside the letters with which a line must begin or end to match it.
pub struct Patterns {
    by_first: Buckets<(&'static str, &'static str)>,
    /// Those that begin with any words, by their last byte.
    by_last: Buckets<(&'static str, &'static str)>,
    /// Those that begin with any words and end with a number, by the byte before the number.
    by_last_before_number: Buckets<(&'static str, &'static str)>,
}

const DIGITS: [u8; 10] = *b"0123456789";

impl Patterns {
    fn new(patterns: &[&'static str]) -> Self {
        let (mut by_first, mut by_last) = (vec![Vec::new(); 256], vec![Vec::new(); 256]);
        let mut by_last_before_number = vec![Vec::new(); 256];
        for pattern in patterns {
            let begin = pattern.bytes().next().unwrap_or_default();
            let end = |text: &str| usize::from(text.bytes().next_back().unwrap_or_default());
            match (begin, pattern.strip_suffix('#')) {
                (b'*', Some(before)) => {
                    let between = before.rsplit(['*', '#']).next().unwrap_or_default();
                    by_last_before_number[end(before)].push((between, *pattern));
                }
                (b'*', None) => {
                    let behind = pattern.rsplit(['*', '#']).next().unwrap_or_default();
                    by_last[end(pattern)].push((behind, *pattern));
                }
                (b'#', _) => {
                    DIGITS.iter().for_each(|digit| by_first[usize::from(*digit)].push(("", *pattern)));
                }
                _ => {
                    let before = pattern.split(['*', '#']).next().unwrap_or_default();
                    by_first[usize::from(begin)].push((before, *pattern));
                }
            }
        }
        Patterns { by_first, by_last, by_last_before_number }
    }

    /// Whether the line matches a pattern that begins with a word or a number.
    pub fn begin(&self, line: &str) -> bool {
        let fits =
            |(before, pattern): &(&str, &str)| line.starts_with(before) && noise::matches(pattern, line);
        line.bytes().next().is_some_and(|first| self.by_first[usize::from(first)].iter().any(fits))
    }

    /// Whether the line matches a pattern that begins with any words.
    pub fn end(&self, line: &str) -> bool {
        let Some(last) = line.bytes().next_back() else { return false };
        let fits = |(behind, pattern): &(&str, &str)| line.ends_with(behind) && noise::matches(pattern, line);
        if self.by_last[usize::from(last)].iter().any(fits) {
            return true;
        }
        if !noise::is_of_number(char::from(last)) {
            return false;
        }
        let before = line.trim_end_matches(noise::is_of_number);
        let bucket = before.bytes().next_back().map(|last| &self.by_last_before_number[usize::from(last)]);
        let fits =
            |(between, pattern): &(&str, &str)| before.ends_with(between) && noise::matches(pattern, line);
        bucket.is_some_and(|patterns| patterns.iter().any(fits))
    }
}

/// Pairs of bytes, to tell at one look that a line neither begins nor ends like anything in the tables.
pub struct Pairs(Vec<bool>);

impl Pairs {
    /// The pairs with which the words and patterns of some tables begin or end. Digits, what parts the pieces of a tail,
    /// and what is not ASCII stand before and behind everything.
    fn new(pairs: impl Iterator<Item = (u8, u8)>) -> Self {
        let mut set = vec![false; 1 << 16];
        let mut all = |outer: u8| (0..=u8::MAX).for_each(|inner| set[Self::place(outer, inner)] = true);
        DIGITS.iter().copied().chain(*b"|.,").chain(0x80..=u8::MAX).for_each(&mut all);
        for (outer, inner) in pairs {
            // A number or any words.
            match matches!(inner, b'#' | b'*') {
                true => (0..=u8::MAX).for_each(|inner| set[Self::place(outer, inner)] = true),
                false => set[Self::place(outer, inner)] = true,
            }
        }
        Pairs(set)
    }

    fn place(outer: u8, inner: u8) -> usize {
        usize::from(outer) << 8 | usize::from(inner)
    }

    /// Whether something in the tables may begin or end with these two bytes.
    fn may(&self, outer: u8, inner: u8) -> bool {
        self.0[Self::place(outer, inner)]
    }
}

/// The words for a column, by their first byte, each with its place in its table.
pub struct ColumnNames(Buckets<(usize, &'static str)>);

impl ColumnNames {
    fn new(words: &[&'static str]) -> Self {
        let mut buckets = vec![Vec::new(); 256];
        for (place, word) in words.iter().enumerate() {
            if let Some(first) = word.bytes().next() {
                buckets[usize::from(first)].push((place, *word));
            }
        }
        ColumnNames(buckets)
    }

    /// The place in its table of the word that a cell is, in capitals or not.
    pub fn place(&self, cell: &str) -> Option<usize> {
        if cell.is_ascii() {
            return self.find(cell.bytes().next()?, |word| cell.eq_ignore_ascii_case(word));
        }
        if cell.len() > MAX_COLUMN_NAME_BYTES {
            return None;
        }
        let folded = crate::text::fold(cell);
        self.find(folded.bytes().next()?, |word| folded == word)
    }

    fn find(&self, first: u8, is: impl Fn(&str) -> bool) -> Option<usize> {
        let bucket = self.0.get(usize::from(first.to_ascii_lowercase()))?;
        bucket.iter().find(|(_, word)| is(word)).map(|(place, _)| *place)
    }
}

/// All tables.
pub struct Tables {
    beginnings: Pairs,
    endings: Pairs,
    pub actions: WordSet,
    pub glued_actions: WordSet,
    pub follow: WordSet,
    pub edited: WordSet,
    pub states: WordSet,
    pub ages: WordSet,
    pub age_units: WordSet,
    /// Of an age in words, and of a unit.
    pub age_seconds: FxHashMap<&'static str, u64>,
    pub age_words: WordSet,
    pub counted: WordSet,
    pub months: WordSet,
    pub halves_of_day: WordSet,
    pub seller_badges: WordSet,
    pub badges: WordSet,
    /// Buttons and states that are a whole line.
    pub tails: FxHashMap<&'static str, Tail>,
    pub media: WordSet,
    pub name_columns: ColumnNames,
    pub text_columns: ColumnNames,
    pub threads: Patterns,
    pub events: Patterns,
}

/// The tables, arranged at their first use.
pub static TABLES: LazyLock<Tables> = LazyLock::new(|| Tables {
    beginnings: beginnings(),
    endings: endings(),
    actions: WordSet::new(noise::ACTIONS),
    glued_actions: WordSet::new(noise::GLUED_ACTIONS),
    follow: WordSet::new(noise::FOLLOW),
    edited: WordSet::new(noise::EDITED),
    states: WordSet::new(noise::STATES),
    ages: WordSet::new(&noise::words(noise::AGES)),
    age_units: WordSet::new(&noise::words(noise::AGE_UNITS)),
    age_seconds: age_seconds(),
    age_words: WordSet::new(noise::AGE_WORDS),
    counted: WordSet::new(noise::COUNTED),
    months: WordSet::new(noise::MONTHS),
    halves_of_day: WordSet::new(noise::HALVES_OF_DAY),
    seller_badges: WordSet::new(noise::SELLER_BADGES),
    badges: WordSet::new(noise::BADGES),
    tails: tails(),
    media: WordSet::new(noise::MEDIA),
    name_columns: ColumnNames::new(noise::NAME_COLUMNS),
    text_columns: ColumnNames::new(noise::TEXT_COLUMNS),
    threads: Patterns::new(noise::THREADS),
    events: Patterns::new(noise::EVENTS),
});

impl Tables {
    /// Whether a line may begin with something that the tables know.
    pub fn may_begin(&self, line: &str) -> bool {
        matches!(line.as_bytes(), [first, second, ..] if self.beginnings.may(*first, *second))
    }

    /// Whether a line may end with something that the tables know. What stands before a number at its end tells as much.
    pub fn may_end(&self, line: &str) -> bool {
        let line = match line.ends_with(noise::is_of_number) {
            true => line.trim_end_matches(|last| noise::is_of_number(last) || last == ' '),
            false => line,
        };
        matches!(line.as_bytes(), [.., second, last] if self.endings.may(*last, *second))
    }
}

fn beginnings() -> Pairs {
    let ages = noise::words(noise::AGES);
    let tables = [
        noise::ACTIONS,
        noise::EDITED,
        noise::STATES,
        &ages,
        noise::AGE_WORDS,
        noise::MONTHS,
        noise::BADGES,
        noise::SELLER_BADGES,
        noise::THREADS,
        noise::EVENTS,
    ];
    Pairs::new(tables.into_iter().flatten().filter_map(|word| match word.as_bytes() {
        [first, second, ..] => Some((*first, *second)),
        _ => None,
    }))
}

fn endings() -> Pairs {
    let (ages, age_units) = (noise::words(noise::AGES), noise::words(noise::AGE_UNITS));
    let tables = [
        noise::ACTIONS,
        noise::EDITED,
        noise::STATES,
        &ages,
        &age_units,
        noise::AGE_WORDS,
        noise::THREADS,
        noise::EVENTS,
    ];
    let before_unit = DIGITS.into_iter().chain([b' ']);
    // A number at the end of a line is passed over, and so is a full stop.
    let number = |last: char| noise::is_of_number(last) || matches!(last, '#' | ' ');
    let words = tables.into_iter().flatten().map(|word| word.trim_end_matches(number));
    Pairs::new(words.flat_map(move |word| match word.as_bytes() {
        [.., second, last] => vec![(*last, *second)],
        // A unit of one letter stands behind a number.
        [last] => before_unit.clone().map(|second| (*last, second)).collect(),
        [] => Vec::new(),
    }))
}

fn age_seconds() -> FxHashMap<&'static str, u64> {
    let tables = noise::AGES.iter().chain(noise::AGE_UNITS);
    tables.flat_map(|(seconds, words)| words.iter().map(move |word| (*word, *seconds))).collect()
}

fn tails() -> FxHashMap<&'static str, Tail> {
    let tail = |action, edited| Tail { action, edited, age: false };
    let tables = [
        (noise::STATES, tail(false, false)),
        (noise::EDITED, tail(false, true)),
        (noise::ACTIONS, tail(true, false)),
    ];
    tables.iter().flat_map(|(words, tail)| words.iter().map(move |word| (*word, *tail))).collect()
}
