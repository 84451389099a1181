package nimble.training.role.serving;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import nimble.codec.Bytes;
import nimble.training.role.DecodeTensor;
import nimble.types.JobId;
import nimble.types.PublicKey;
import nimble.vm.generation.Sampling;

/// What happens to a [Gateway].
public sealed interface GatewayInput {
  /// Someone wants text.
  ///
  /// @param request not used before at this gateway
  /// @param model where it is served
  /// @param prompt ids of the text so far
  /// @param ends ids after which nothing more comes
  /// @param timeoutMillis after which it is given up
  record InferRequested(
      long request,
      Served model,
      List<Integer> prompt,
      int tokens,
      Sampling sampling,
      SortedSet<Integer> ends,
      long timeoutMillis)
      implements GatewayInput {
    public static final long TIMEOUT_MILLIS = 120_000;

    public InferRequested {
      prompt = List.copyOf(prompt);
      ends = Collections.unmodifiableSortedSet(new TreeSet<>(ends));
    }

    /// Of text that is bytes.
    public InferRequested(long request, Served model, Bytes prompt, int tokens, Sampling sampling) {
      this(request, model, ids(prompt), tokens, sampling, new TreeSet<>(), TIMEOUT_MILLIS);
    }
  }

  record InferCancelled(long request) implements GatewayInput {}

  record TensorReceived(PublicKey from, DecodeTensor name, Bytes payload) implements GatewayInput {}

  /// @param turn of the timer that was started
  record TimerFired(long request, int turn) implements GatewayInput {}

  /// Who serves a deployment now, by the newest final block.
  record Seated(Served model) implements GatewayInput {}

  /// A model and who serves it.
  ///
  /// @param replicas those that can be used
  /// @param context positions that a row can have
  /// @param vocabulary ids that it knows
  /// @param deployed its hosts are paid; otherwise who trained it answers for nothing
  record Served(JobId job, List<Replica> replicas, int context, int vocabulary, boolean deployed) {
    public Served {
      replicas = List.copyOf(replicas);
    }

    /// What a job trained, with the miners that did.
    public static Served trained(JobId job, List<PublicKey> stages, int context, int vocabulary) {
      return new Served(
          job, List.of(new Replica(0, stages, List.of())), context, vocabulary, false);
    }

    boolean knows(int id) {
      return id >= 0 && id < vocabulary;
    }

    Optional<Replica> replica(int number) {
      return replicas.stream().filter(replica -> replica.number() == number).findFirst();
    }
  }

  /// One set of all stages.
  ///
  /// @param stages hot keys, in order
  /// @param accounts of the stages' hosts, where they are paid
  record Replica(int number, List<PublicKey> stages, List<Account> accounts) {
    public Replica {
      stages = List.copyOf(stages);
      accounts = List.copyOf(accounts);
    }

    boolean isSame(Replica other) {
      return number == other.number
          && stages.equals(other.stages)
          && accounts.stream()
              .map(Account::attempt)
              .toList()
              .equals(other.accounts.stream().map(Account::attempt).toList());
    }
  }

  /// @param attempt how many had the seat before this host
  /// @param tokens that the chain has paid it for
  record Account(int attempt, long tokens) {}

  /// The ids of text that is bytes.
  static List<Integer> ids(Bytes text) {
    List<Integer> ids = new ArrayList<>(text.size());
    for (int i = 0; i < text.size(); i++) {
      ids.add(text.at(i) & 0xff);
    }
    return ids;
  }
}
