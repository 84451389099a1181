package nimble.p2p;

import java.util.EnumSet;
import java.util.Set;

/// What a node says it does, as bits of its Hello.
public enum Role {
  VALIDATOR(1),
  MINER(2),
  GATEWAY(4);

  private final int bit;

  Role(int bit) {
    this.bit = bit;
  }

  static int bits(Set<Role> roles) {
    return roles.stream().mapToInt(role -> role.bit).sum();
  }

  /// Unknown bits are roles of later versions, and ignored.
  static Set<Role> of(int bits) {
    EnumSet<Role> roles = EnumSet.noneOf(Role.class);
    for (Role role : values()) {
      if ((bits & role.bit) != 0) {
        roles.add(role);
      }
    }
    return roles;
  }
}
