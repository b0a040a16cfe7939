//! Seals, drawn and measured.
