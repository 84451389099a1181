/// The chain's vocabulary: values every node must agree on before the first message.
///
/// Everything here is immutable, compares by value and has exactly one byte encoding (see
/// [nimble.codec]). No I/O, no clocks, no threads, no logging. Amounts of NIM are `long` nim-units
/// (1 NIM = 10⁹), named `amount`, `balance`, …; times are `long` with the unit in the name.
@NullMarked
package nimble.types;

import org.jspecify.annotations.NullMarked;
