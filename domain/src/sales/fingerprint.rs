//! A comment's fingerprint: what stays the same when the same stream is copied again.

use rustc_hash::FxHashMap;

use super::reading::{Comment, CommentOrder, Reading};
use crate::text::fold;

const OFFSET: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
const PRIME: u128 = 0x0000_0000_0100_0000_0000_0000_0000_013b;

/// FNV-1a with 128 bits. It is no secret and need not resist an attacker, who could as well write the same words; among
/// a billion comments of one sale two different ones meet by chance with odds of about one to 10²⁰.
fn hash(seed: u128, bytes: &[u8]) -> u128 {
    bytes.iter().fold(seed, |hash, byte| (hash ^ u128::from(*byte)).wrapping_mul(PRIME))
}

/// The fingerprint of every comment of a reading, in the order of the paste: 32 hexadecimal digits of author, text, and
/// the how-manieth comment this is with the same author and text.
///
/// They are counted from the oldest, so that a later and longer copy gives the comments it shares with an earlier one
/// the same numbers. Ages, counts of reactions and buttons are not part of author and text and change nothing.
pub fn fingerprints(paste: &str, reading: &Reading, order: CommentOrder) -> Vec<String> {
    let mut seen: FxHashMap<u128, u64> = FxHashMap::default();
    let mut fingerprints = vec![String::new(); reading.comments.len()];
    for index in reading.first_come_order(order) {
        let (Some(comment), Some(fingerprint)) = (reading.comments.get(index), fingerprints.get_mut(index))
        else {
            continue;
        };
        let pair = pair(paste, comment);
        let count = seen.entry(pair).or_default();
        *fingerprint = format!("{:032x}", hash(pair, &count.to_le_bytes()));
        *count += 1;
    }
    fingerprints
}

fn pair(paste: &str, comment: &Comment) -> u128 {
    let author = hash(OFFSET, fold(comment.author.of(paste)).as_bytes());
    // No folded text holds this byte, so that a word cannot move from the name to the text unseen.
    hash(hash(author, &[0xff]), fold(comment.text.of(paste)).as_bytes())
}
