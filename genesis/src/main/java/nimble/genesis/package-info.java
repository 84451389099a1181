/// Where a chain begins: its parameters, first validators and first balances.
///
/// - G1: two nodes with different genesis hashes are on different chains and refuse each other.
/// - G2: the parts of the supply in genesis add up to the supply cap exactly.
/// - G3: window + audit + challenge < vesting ≤ unbonding; two epochs < unbonding (main network
///   only: devnets are exempt, and [Genesis#warnings] says so).
@NullMarked
package nimble.genesis;

import org.jspecify.annotations.NullMarked;
