//! The authenticated `fetch` for single-page apps.
