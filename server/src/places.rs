//! Places that are counted for each of many: how much one peer, member or business may do at the same time.

use std::{
    collections::HashMap,
    hash::Hash,
    sync::{Arc, Mutex, PoisonError},
};

/// The places that are taken. Clones count together.
#[derive(Clone)]
pub struct Places<K> {
    taken: Arc<Mutex<HashMap<K, usize>>>,
    most: usize,
}

impl<K: Clone + Eq + Hash> Places<K> {
    /// `most` places for each.
    pub fn new(most: usize) -> Self {
        Places { taken: Arc::default(), most }
    }

    /// A place, if one is left. It is free again when it is dropped, so it belongs to the work and not to whoever asked
    /// for it.
    pub fn take(&self, key: K) -> Option<Place<K>> {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let count = taken.entry(key.clone()).or_insert(0);
        if *count >= self.most {
            return None;
        }
        *count += 1;
        Some(Place { taken: self.taken.clone(), key })
    }
}

/// A place that is taken until this is dropped.
pub struct Place<K: Eq + Hash> {
    taken: Arc<Mutex<HashMap<K, usize>>>,
    key: K,
}

impl<K: Eq + Hash> Drop for Place<K> {
    fn drop(&mut self) {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = taken.get_mut(&self.key) {
            *count -= 1;
            // Keys are addresses and ids of whoever comes, so those who left are forgotten.
            if *count == 0 {
                taken.remove(&self.key);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_has_so_many_places_and_gets_them_back() {
        let places = Places::new(2);
        let first = places.take("olive").unwrap();
        let second = places.take("olive").unwrap();
        assert!(places.take("olive").is_none());
        assert!(places.take("wanda").is_some(), "others have places of their own");
        drop(first);
        let third = places.take("olive").unwrap();
        assert!(places.take("olive").is_none());
        drop((second, third));
        assert!(places.taken.lock().unwrap().is_empty(), "nobody is remembered who is not there");
    }
}
