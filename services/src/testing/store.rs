//! A store in memory, which a test holds in its hand.

#![expect(clippy::unwrap_used, reason = "a poisoned lock is a failed test")]

use std::{
    collections::BTreeMap,
    io::Cursor,
    sync::{Arc, Mutex},
};

use crate::ports::{Answer, PortError, Store, store::OpenFile};

/// Files in memory.
#[derive(Clone, Default)]
pub struct FakeStore(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    files: BTreeMap<String, Vec<u8>>,
    puts_until_failure: Option<u32>,
}

impl FakeStore {
    /// The keys of all files.
    pub fn keys(&self) -> Vec<String> {
        self.0.lock().unwrap().files.keys().cloned().collect()
    }

    /// So many files are taken, and the one after them is not.
    pub fn fail_after(&self, puts: u32) {
        self.0.lock().unwrap().puts_until_failure = Some(puts);
    }

    fn find(&self, key: &str) -> Result<Vec<u8>, PortError> {
        self.0.lock().unwrap().files.get(key).cloned().ok_or_else(|| PortError::Gone(key.to_owned()))
    }
}

impl Store for FakeStore {
    fn put<'a>(&'a self, key: &'a str, content: Vec<u8>) -> Answer<'a, ()> {
        Box::pin(async move {
            let mut state = self.0.lock().unwrap();
            match state.puts_until_failure {
                Some(0) => {
                    state.puts_until_failure = None;
                    return Err(PortError::Unavailable("as told".into()));
                }
                Some(puts) => state.puts_until_failure = Some(puts - 1),
                None => {}
            }
            state.files.insert(key.to_owned(), content);
            Ok(())
        })
    }

    fn get<'a>(&'a self, key: &'a str) -> Answer<'a, Vec<u8>> {
        Box::pin(async move { self.find(key) })
    }

    fn open<'a>(&'a self, key: &'a str) -> Answer<'a, OpenFile> {
        Box::pin(async move {
            let content = self.find(key)?;
            Ok(OpenFile { length: content.len() as u64, content: Box::new(Cursor::new(content)) })
        })
    }

    fn delete<'a>(&'a self, key: &'a str) -> Answer<'a, ()> {
        Box::pin(async move {
            self.0.lock().unwrap().files.remove(key);
            Ok(())
        })
    }

    fn list<'a>(&'a self, folder: &'a str) -> Answer<'a, Vec<String>> {
        Box::pin(async move {
            let start = format!("{folder}/");
            Ok(self.keys().into_iter().filter(|key| key.starts_with(&start)).collect())
        })
    }
}
