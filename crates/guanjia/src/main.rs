//! The one binary `guanjia`.

fn main() {}
