//! The tables of [`super::noise`], arranged so that a line is compared only with what begins or ends like it.

use std::sync::LazyLock;

use rustc_hash::FxHashSet;

use super::noise;

/// Words of a table by their first and by their last byte, the longest first.
pub struct WordSet {
    by_first: Vec<Vec<&'static str>>,
    by_last: Vec<Vec<&'static str>>,
}

impl WordSet {
    fn new(words: &[&'static str]) -> Self {
        let sorted = |byte: fn(&str) -> Option<u8>| {
            let mut buckets = vec![Vec::new(); 256];
            for word in words {
                if let Some(bucket) = byte(word).and_then(|byte| buckets.get_mut(usize::from(byte))) {
                    bucket.push(*word);
                }
            }
            buckets.iter_mut().for_each(|bucket| bucket.sort_by_key(|word| std::cmp::Reverse(word.len())));
            buckets
        };
        WordSet {
            by_first: sorted(|word| word.bytes().next()),
            by_last: sorted(|word| word.bytes().next_back()),
        }
    }

    /// What stands behind the longest word of the set that a line begins with.
    pub fn longest_prefix<'line>(&self, line: &'line str) -> Option<&'line str> {
        let bucket = self.by_first.get(usize::from(*line.as_bytes().first()?))?;
        bucket.iter().find_map(|word| line.strip_prefix(word))
    }

    /// What stands before the longest word of the set that a line ends with.
    pub fn longest_suffix<'line>(&self, line: &'line str) -> Option<&'line str> {
        let bucket = self.by_last.get(usize::from(*line.as_bytes().last()?))?;
        bucket.iter().find_map(|word| line.strip_suffix(word))
    }

    /// Whether the line is a word of the set.
    pub fn contains(&self, line: &str) -> bool {
        let bucket = line.as_bytes().first().and_then(|first| self.by_first.get(usize::from(*first)));
        bucket.is_some_and(|bucket| bucket.contains(&line))
    }
}

/// Patterns with `#` for a number and `*` for any words, by what they begin or end with.
pub struct Patterns {
    by_first: Vec<Vec<&'static str>>,
    /// Those that begin with any words, by their last byte.
    by_last: Vec<Vec<&'static str>>,
}

impl Patterns {
    fn new(patterns: &[&'static str]) -> Self {
        let mut by_first = vec![Vec::new(); 256];
        let mut by_last = vec![Vec::new(); 256];
        let add = |buckets: &mut Vec<Vec<&'static str>>, byte: Option<u8>, pattern, number: &[u8]| {
            let bytes = if byte == Some(b'#') { number } else { byte.as_slice() };
            for byte in bytes {
                buckets[usize::from(*byte)].push(pattern);
            }
        };
        for pattern in patterns {
            if pattern.starts_with('*') {
                add(&mut by_last, pattern.bytes().next_back(), *pattern, b"0123456789,.K");
            } else {
                add(&mut by_first, pattern.bytes().next(), *pattern, b"0123456789");
            }
        }
        Patterns { by_first, by_last }
    }

    /// Whether the line matches one of the patterns.
    pub fn matches(&self, line: &str) -> bool {
        let (Some(first), Some(last)) = (line.bytes().next(), line.bytes().next_back()) else { return false };
        let candidates = self.by_first[usize::from(first)].iter().chain(&self.by_last[usize::from(last)]);
        candidates.into_iter().any(|pattern| noise::matches(pattern, line))
    }
}

/// All tables.
pub struct Tables {
    pub actions: WordSet,
    pub glued_actions: WordSet,
    pub edited: WordSet,
    pub states: WordSet,
    pub ages: WordSet,
    pub age_units: WordSet,
    pub age_words: WordSet,
    pub counted: WordSet,
    pub months: WordSet,
    pub halves_of_day: WordSet,
    pub seller_badges: WordSet,
    pub badges: WordSet,
    pub media: FxHashSet<&'static str>,
    pub threads: Patterns,
    pub events: Patterns,
}

/// The tables, arranged at their first use.
pub static TABLES: LazyLock<Tables> = LazyLock::new(|| Tables {
    actions: WordSet::new(noise::ACTIONS),
    glued_actions: WordSet::new(noise::GLUED_ACTIONS),
    edited: WordSet::new(noise::EDITED),
    states: WordSet::new(noise::STATES),
    ages: WordSet::new(noise::AGES),
    age_units: WordSet::new(noise::AGE_UNITS),
    age_words: WordSet::new(noise::AGE_WORDS),
    counted: WordSet::new(noise::COUNTED),
    months: WordSet::new(noise::MONTHS),
    halves_of_day: WordSet::new(noise::HALVES_OF_DAY),
    seller_badges: WordSet::new(noise::SELLER_BADGES),
    badges: WordSet::new(noise::BADGES),
    media: noise::MEDIA.iter().copied().collect(),
    threads: Patterns::new(noise::THREADS),
    events: Patterns::new(noise::EVENTS),
});
