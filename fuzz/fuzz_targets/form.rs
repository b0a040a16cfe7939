#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| eseal_fuzz::form(bytes));
