/// Where a chain begins: its parameters, first validators and first balances.
///
/// - G1: two nodes with different genesis hashes are on different chains and refuse each other.
/// - G2: the parts of the supply in genesis add up to the supply cap exactly.
/// - G3: window + audit + challenge + vote < vesting ≤ unbonding; two epochs < unbonding; the work
///   factor is below 1. Errors on the main network (prefix `nim`); a devnet, which shows in seconds
///   what that network does in days, may break them, and [Genesis#warnings] says so.
/// - G4: an epoch's shares are at most the whole schedule; rates and lengths are within their
///   ranges.
@NullMarked
package nimble.genesis;

import org.jspecify.annotations.NullMarked;
