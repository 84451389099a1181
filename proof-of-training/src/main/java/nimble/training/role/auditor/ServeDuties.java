package nimble.training.role.auditor;

import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import nimble.types.PublicKey;

/// What one validator has to do about deployments.
///
/// @param audits open ones in which it has a part
/// @param hosts hot keys of who hosts, and of their gateways
public record ServeDuties(
    List<ServeStage> stages, List<ServeDuty> audits, SortedSet<PublicKey> hosts) {
  static final ServeDuties NONE = new ServeDuties(List.of(), List.of(), new TreeSet<>());

  public ServeDuties {
    stages = List.copyOf(stages);
    audits = List.copyOf(audits);
    hosts = Collections.unmodifiableSortedSet(new TreeSet<>(hosts));
  }
}
