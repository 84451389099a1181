/// The canonical encoding: exactly one byte string per value, written by [Writer], read by
/// [Reader].
///
/// Rules:
/// - E1: big-endian; `u8`, `u16`, `u32`, `i64` (quantities are checked to be ≥ 0), `u64` (raw
///   bits).
/// - E2: a boolean is 0 or 1; an optional is 0, or 1 and the value; any other byte is malformed.
/// - E3: byte strings, text (checked UTF-8) and lists are a `u32` length and the items; every site
///   states a maximum, checked before anything is allocated.
/// - E4: enums and sealed types are tagged by an explicit `u8` table, never by ordinals.
/// - E5: fields stand in the order of the record; nothing is left over at the end.
/// - E6: what a peer got wrong is the checked [Malformed]; what we got wrong is `Invariant`.
/// - E7: in work calls, of which there are many, numbers of jobs, audits, rounds and attempts are
///   varints: seven bits a byte, the lowest first, the eighth says that more follow; below 2⁶³,
///   without a last byte of 0.
///
/// The package knows primitives, [Bytes] and where they are read ([ByteSource]) only. Each type has
/// `write(Writer)` and a static `read(Reader)`.
@NullMarked
package nimble.codec;

import org.jspecify.annotations.NullMarked;
