#![no_main]
listen_fuzz::target!(script);
