//! Every engine, through the pool and through the worker protocol.

mod pool;
