//! What is done with seals: today, creating them.

mod create;
