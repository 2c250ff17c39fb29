//! How far the models and the random schedules go: by default as far as every change can wait for, and with
//! `AUTHFETCH_TEST_BOUNDS=full`, which `npm run test:long` sets, to their full bounds.

/// `usual`, or `full` in the long run.
#[expect(clippy::disallowed_methods, reason = "how long the tests may take is for the one who starts them to say")]
pub fn bound<T>(usual: T, full: T) -> T {
    match std::env::var("AUTHFETCH_TEST_BOUNDS").as_deref() {
        Err(_) => usual,
        Ok("full") => full,
        Ok(other) => panic!("AUTHFETCH_TEST_BOUNDS is \"full\" or is not set, but it is \"{other}\""),
    }
}
