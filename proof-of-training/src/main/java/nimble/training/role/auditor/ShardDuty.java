package nimble.training.role.auditor;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import nimble.blob.ReedSolomon;
import nimble.training.Challenge;
import nimble.training.Shares;
import nimble.types.Address;
import nimble.types.Hash;
import nimble.types.PublicKey;

/// The shards of a challenged audit's bundle, as one validator sees them (J33).
///
/// @param own numbers of those that this validator has to hold
/// @param holders hot keys of those that say that they hold it, by number
/// @param bundle that is held by more than two thirds
public record ShardDuty(
    ReedSolomon code,
    List<Integer> own,
    SortedMap<Integer, PublicKey> holders,
    Optional<Hash> bundle) {
  public ShardDuty {
    own = List.copyOf(own);
    holders = Collections.unmodifiableSortedMap(new TreeMap<>(holders));
  }

  /// @param keys hot keys of validators
  static ShardDuty of(
      Challenge challenge, Address self, Function<Address, Optional<PublicKey>> keys) {
    Shares shares = challenge.shares();
    List<Integer> own = new ArrayList<>();
    SortedMap<Integer, PublicKey> holders = new TreeMap<>();
    List<Address> holding = challenge.holders();
    for (int i = 0; i < challenge.parts().size(); i++) {
      Address validator = challenge.parts().get(i).validator();
      List<Integer> numbers = shares.of(i);
      if (validator.equals(self)) {
        own.addAll(numbers);
      }
      if (holding.contains(validator)) {
        keys.apply(validator).ifPresent(key -> numbers.forEach(number -> holders.put(number, key)));
      }
    }
    return new ShardDuty(shares.code(), own, holders, challenge.bundle());
  }
}
