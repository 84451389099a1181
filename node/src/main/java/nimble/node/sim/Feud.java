package nimble.node.sim;

import java.util.ArrayList;
import java.util.List;
import nimble.training.DisputeResult;
import nimble.training.fault.Fault;

/// Why votes do not settle what a round is worth, and which side is wrong (W18).
public enum Feud {
  /// All validators find the miner out. It appeals, and shows how it came to what it committed to.
  LIAR_APPEALS(4, Fault.STANDS_BY_IT, 1, 0),
  /// Three of four validators say of all work that it is false, and have nothing to show for it.
  /// The miners appeal.
  VICTIMS_APPEAL(4, Fault.FALSE_ACCUSER, 3, 0),
  /// Two of seven validators can run the program, and find the miner out.
  FEW_FIND_A_LIAR(7, Fault.STANDS_BY_IT, 1, 5),
  /// One of the two says of all work that it is false, and shows how it would be with few bits.
  FEW_FIND_A_VICTIM(7, Fault.MAKES_IT_UP, 1, 5);

  /// One of a number that is to deviate: of a miner, or of a validator, as the fault is.
  record Role(int index, Fault fault) {}

  private final int validators;
  private final Fault fault;
  private final int deviants;
  private final int unable;

  /// @param deviants that do as `fault` says
  /// @param unable validators on which no program runs
  Feud(int validators, Fault fault, int deviants, int unable) {
    this.validators = validators;
    this.fault = fault;
    this.deviants = deviants;
    this.unable = unable;
  }

  public int validators() {
    return validators;
  }

  Fault fault() {
    return fault;
  }

  /// Whether the votes find guilt; otherwise too few answer.
  boolean isAppeal() {
    return unable == 0;
  }

  /// How far its disputes get at least.
  ///
  /// @param most where both sides have something to say
  int moves(int most) {
    return fault == Fault.FALSE_ACCUSER ? 1 : most;
  }

  DisputeResult right() {
    return fault.side() == Fault.Side.MINER
        ? DisputeResult.MINER_LOSES
        : DisputeResult.ACCUSER_LOSES;
  }

  /// Who deviates.
  ///
  /// @param first number of the first deviant
  List<Role> cast(int first) {
    List<Role> all = new ArrayList<>();
    for (int i = 0; i < deviants; i++) {
      all.add(new Role(fault.side() == Fault.Side.MINER ? first : (first + i) % validators, fault));
    }
    int others = fault.side() == Fault.Side.MINER ? 0 : deviants;
    for (int i = 0; i < unable; i++) {
      all.add(new Role((first + others + i) % validators, Fault.UNABLE));
    }
    return all;
  }
}
