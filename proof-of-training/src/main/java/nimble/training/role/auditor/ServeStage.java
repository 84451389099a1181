package nimble.training.role.auditor;

import java.util.Optional;
import nimble.chain.StageSlot;
import nimble.training.ServedStage;
import nimble.types.Address;
import nimble.types.Hash;

/// A stage of a deployment as the finalized state shows it to a validator that may audit it.
///
/// @param commitment to the validator's class, once on chain
/// @param numericClass its class, once on chain
public record ServeStage(
    StageSlot slot,
    ServedStage stage,
    Address auditor,
    boolean mayJoin,
    Optional<Hash> commitment,
    Optional<Hash> numericClass) {}
