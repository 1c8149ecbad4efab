#![no_main]
listen_fuzz::target!(dump);
