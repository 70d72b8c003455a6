//! A comment's fingerprint: what stays the same when the same stream is copied again.

use std::collections::HashMap;

use super::reading::{CommentOrder, ReadComment, Reading};
use crate::text::fold;

const OFFSET: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
const PRIME: u128 = 0x0000_0000_0100_0000_0000_0000_0000_013b;

/// FNV-1a with 128 bits. It is no secret and need not resist an attacker, who could as well write the same words; among
/// a billion comments of one sale two different ones meet by chance with odds of about one to 10²⁰.
fn hash(seed: u128, bytes: &[u8]) -> u128 {
    bytes.iter().fold(seed, |hash, byte| (hash ^ u128::from(*byte)).wrapping_mul(PRIME))
}

/// Fills in every fingerprint: of author, text, and the how-manieth comment this is with the same author and text.
///
/// They are counted from the oldest, so that a later and longer copy gives the comments it shares with an earlier one
/// the same numbers. Ages, counts of reactions and buttons are not part of author and text and change nothing.
pub fn fill(reading: &mut Reading, order: CommentOrder) {
    let mut seen: HashMap<u128, u64> = HashMap::with_capacity(reading.comments.len());
    for index in reading.first_come_order(order) {
        let Some(comment) = reading.comments.get_mut(index) else { continue };
        let pair = pair(comment);
        let count = seen.entry(pair).or_default();
        comment.fingerprint = format!("{:032x}", hash(pair, &count.to_le_bytes()));
        *count += 1;
    }
}

fn pair(comment: &ReadComment) -> u128 {
    let author = hash(OFFSET, fold(&comment.author).as_bytes());
    // No folded text holds this byte, so that a word cannot move from the name to the text unseen.
    hash(hash(author, &[0xff]), fold(&comment.text).as_bytes())
}
