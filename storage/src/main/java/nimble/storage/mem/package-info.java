/// Twins of the disk for simulations and tests: the same contracts, and a power cut whenever the
/// simulator wants one. A twin loses whatever the contract does not promise to keep, chosen by the
/// random source it is given.
@NullMarked
package nimble.storage.mem;

import org.jspecify.annotations.NullMarked;
