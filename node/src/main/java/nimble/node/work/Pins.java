package nimble.node.work;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import nimble.codec.ByteSource;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.ledger.StateView;
import nimble.node.chain.FinalizedState;
import nimble.storage.Shelf;
import nimble.training.Job;
import nimble.training.Jobs;
import nimble.training.ResumePoint;
import nimble.training.ResumePoints;
import nimble.training.spec.JobSpec;
import nimble.types.Hash;
import nimble.types.JobId;
import nimble.vm.Cuts;

/// Checkpoints that this node keeps because somebody said so: one group of its shelf each, with
/// every blob of the checkpoint and of the base that it is on, and their names in order of stages
/// as its document (W6). Any thread; it waits for what is not here.
public final class Pins {
  private static final String DOCUMENT = "checkpoint";
  private static final Pattern NAME = Pattern.compile("pin-([1-9]\\d{0,17})-(\\d{1,9})");
  private static final long PATIENCE_MILLIS = 30_000;
  private static final long ANSWER_MINUTES = 10;

  /// A checkpoint of a whole job.
  ///
  /// @param round after which it was made
  /// @param stages blobs of its stages' states
  public record Pin(JobId job, int round, List<Hash> stages) {
    public Pin {
      stages = List.copyOf(stages);
    }

    private String group() {
      return "pin-%s-%d".formatted(job, round);
    }
  }

  /// Why it cannot be pinned.
  public static final class Failed extends Exception {
    private static final long serialVersionUID = 1;

    Failed(String reason) {
      super(reason);
    }
  }

  private final Evidence shelf;

  public Pins(Evidence shelf) {
    this.shelf = shelf;
  }

  /// What the chain knows of a job's checkpoints, by round: those to which it can go back, and the
  /// newest of all stages.
  public static List<Pin> known(StateView state, Job job) {
    List<Pin> all = new ArrayList<>();
    for (ResumePoint point : ResumePoints.of(state, job.id())) {
      stages(point.stages().stream().map(ResumePoint.Part::manifest).toList())
          .ifPresent(stages -> all.add(new Pin(job.id(), point.round(), stages)));
    }
    var newest = job.stages().stream().map(stage -> stage.checkpoint()).toList();
    List<Integer> rounds =
        newest.stream().flatMap(it -> it.stream()).map(it -> it.round()).distinct().toList();
    stages(newest.stream().map(it -> it.map(at -> at.manifest())).toList())
        .filter(_ -> rounds.size() == 1)
        .map(stages -> new Pin(job.id(), rounds.getFirst(), stages))
        .filter(pin -> !all.contains(pin))
        .ifPresent(all::add);
    return List.copyOf(all);
  }

  private static Optional<List<Hash>> stages(List<Optional<Hash>> manifests) {
    return manifests.stream().allMatch(Optional::isPresent)
        ? Optional.of(manifests.stream().map(Optional::orElseThrow).toList())
        : Optional.empty();
  }

  /// Gathers all of it from wherever it is; afterwards it is kept until [#unpin]. What came of it
  /// stays after a failure: the next try goes on from there.
  public void pin(FinalizedState finalized, Pin pin) throws Failed {
    Deque<ModelBlob> waiting = new ArrayDeque<>();
    pin.stages().forEach(stage -> waiting.add(ModelBlob.numbers(stage)));
    finalized
        .read(state -> Jobs.spec(state, pin.job()))
        .flatMap(JobSpec::adapted)
        .map(ModelBlob::base)
        .ifPresent(waiting::add);
    while (!waiting.isEmpty()) {
      ModelBlob blob = waiting.removeFirst();
      waiting.addAll(gather(pin, blob));
    }
    Bytes names = Writer.encode(to -> to.list(pin.stages(), Cuts.STAGES_MAX, Hash::write));
    Shelf.Put put = this.<Shelf.Put>ask(done -> shelf.write(pin.group(), DOCUMENT, names, done));
    if (put == Shelf.Put.FULL) {
      throw new Failed("this node's shelf is full");
    }
  }

  private List<ModelBlob> gather(Pin pin, ModelBlob blob) throws Failed {
    Evidence.Order order =
        new Evidence.Order(
            pin.group(), blob.manifest(), List.of(), blob.kind().bytesMax(), PATIENCE_MILLIS);
    Blobs.Fetched came = this.<Blobs.Fetched>ask(done -> shelf.fetch(order, done));
    return switch (came) {
      case Blobs.Fetched.Whole(ByteSource data) -> named(blob, data);
      case Blobs.Fetched.Failed(String reason) -> throw new Failed(reason);
    };
  }

  private static List<ModelBlob> named(ModelBlob blob, ByteSource data) throws Failed {
    try {
      return blob.named(data);
    } catch (Malformed e) {
      throw new Failed("the base of the job is none: " + e.reason());
    } catch (IllegalStateException e) {
      throw new Failed("the base of the job was lost meanwhile: " + e.getMessage());
    }
  }

  /// False when it was not pinned.
  public boolean unpin(JobId job, int round) throws Failed {
    Pin pin = new Pin(job, round, List.of());
    boolean there = this.<SortedSet<String>>ask(shelf::groups).contains(pin.group());
    shelf.drop(pin.group());
    return there;
  }

  /// Those of a job that are whole, by round.
  public List<Pin> of(JobId job) throws Failed {
    List<Pin> pins = new ArrayList<>();
    for (int round : rounds(job)) {
      String group = new Pin(job, round, List.of()).group();
      Optional<Bytes> names = this.<Optional<Bytes>>ask(done -> shelf.read(group, DOCUMENT, done));
      if (names.isPresent()) {
        pins.add(new Pin(job, round, stages(names.get())));
      }
    }
    return pins;
  }

  private SortedSet<Integer> rounds(JobId job) throws Failed {
    SortedSet<Integer> rounds = new TreeSet<>();
    for (String group : this.<SortedSet<String>>ask(shelf::groups)) {
      Matcher parts = NAME.matcher(group);
      if (parts.matches() && parts.group(1).equals(job.toString())) {
        rounds.add(Integer.parseInt(parts.group(2)));
      }
    }
    return rounds;
  }

  private static List<Hash> stages(Bytes names) throws Failed {
    try {
      return Reader.decode(names, reader -> reader.list(Cuts.STAGES_MAX, Hash::read));
    } catch (Malformed e) {
      throw new Failed("what was pinned is damaged: " + e.reason());
    }
  }

  private <T> T ask(Consumer<Consumer<T>> question) throws Failed {
    var answer = new LinkedBlockingQueue<T>(1);
    question.accept(answer::offer);
    try {
      T found = answer.poll(ANSWER_MINUTES, TimeUnit.MINUTES);
      if (found == null) {
        throw new Failed("the node did not answer in time");
      }
      return found;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Failed("the node stops");
    }
  }
}
