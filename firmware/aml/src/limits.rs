//! Bounds on what one table or one evaluation may consume.
//!
//! AML comes from outside, so every resource it can ask for has a number here. Exceeding one is a typed error, never
//! a panic, a hang or an exhausted allocator.

/// The bounds of an [`Interpreter`](crate::Interpreter).
///
/// The defaults let QEMU's largest tables (4096 CPUs) pass with a wide margin.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct Limits {
    /// Steps of one evaluation, or of the load of one table. A step is about one operator or one operand; work on
    /// data counts one step per 16 bytes.
    pub fuel: u64,
    /// Methods active at once, one calling the other.
    pub method_depth: u32,
    /// Operators and blocks begun and not yet finished, over all active methods.
    pub stack_depth: u32,
    /// How long one While loop may run, in milliseconds of [`Host::timer_100ns`](crate::Host::timer_100ns).
    pub loop_ms: u64,
    /// How long one evaluation may spend in Sleep and Wait altogether, in milliseconds.
    pub sleep_ms: u64,
    /// Bytes of strings, buffers and packages alive at once, their bookkeeping included.
    pub object_bytes: usize,
    /// Named objects in the namespace.
    pub nodes: usize,
    /// Named objects nested in one another. A name is looked for in every scope above it.
    pub namespace_depth: u32,
    /// Tables loaded at once.
    pub tables: usize,
    /// Bytes of all loaded tables.
    pub table_bytes: usize,
    /// Packages nested in one another.
    pub package_depth: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            fuel: 200_000_000,
            method_depth: 256,
            stack_depth: 4096,
            loop_ms: 30_000,
            sleep_ms: 30_000,
            object_bytes: 16 << 20,
            nodes: 1 << 17,
            namespace_depth: 256,
            tables: 64,
            table_bytes: 16 << 20,
            package_depth: 16,
        }
    }
}
