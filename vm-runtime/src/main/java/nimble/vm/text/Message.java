package nimble.vm.text;

import java.util.Locale;
import java.util.Optional;

/// What one side of a conversation says.
public record Message(Role role, String content) {
  /// Who speaks.
  public enum Role {
    SYSTEM,
    USER,
    ASSISTANT;

    /// As JSON has it.
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }

    public static Optional<Role> ofWord(String word) {
      for (Role role : values()) {
        if (role.word().equals(word)) {
          return Optional.of(role);
        }
      }
      return Optional.empty();
    }
  }
}
