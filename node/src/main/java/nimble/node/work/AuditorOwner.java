package nimble.node.work;

import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.function.Consumer;
import nimble.chain.AuditId;
import nimble.chain.SignedWorkCall;
import nimble.chain.StageSlot;
import nimble.chain.WorkCall;
import nimble.codec.Bytes;
import nimble.codec.Writer;
import nimble.crypto.Hashing;
import nimble.crypto.SigningKey;
import nimble.ledger.StateView;
import nimble.node.chain.Reporter;
import nimble.node.loop.Mailbox;
import nimble.node.loop.Owner;
import nimble.node.loop.Timers;
import nimble.training.role.Auditor;
import nimble.training.role.AuditorEffect;
import nimble.training.role.AuditorInput;
import nimble.training.role.AuditorProgress;
import nimble.training.role.Duties;
import nimble.training.role.DutyBook;
import nimble.training.role.SendTensor;
import nimble.training.role.Task;
import nimble.types.ChainId;
import nimble.types.Hash;
import nimble.types.Moment;
import nimble.types.PublicKey;

/// Gives the auditor's state machine its chain, network, compute pool and shelf.
public final class AuditorOwner implements Owner<AuditorOwner.Input> {
  /// What happens to the owner.
  public sealed interface Input {
    /// For the state machine, as it is.
    record Direct(AuditorInput input) implements Input {}

    /// A block is final.
    record Finalized(Moment now) implements Input {}
  }

  /// Told what an auditor has to tell; must not block.
  @FunctionalInterface
  public interface ProgressListener {
    void progress(AuditorProgress progress);
  }

  /// What the owner is made of.
  ///
  /// @param state after the newest finalized block
  /// @param submit takes signed work calls to the chain
  /// @param neighbours told whom this node must be connected to
  public record Parts(
      ChainId chain,
      SigningKey hotKey,
      Auditor auditor,
      DutyBook duties,
      StateView state,
      Tensors tensors,
      Compute compute,
      Blobs blobs,
      Evidence evidence,
      Timers timers,
      Mailbox<SignedWorkCall> submit,
      Consumer<SortedSet<PublicKey>> neighbours,
      Reporter reporter,
      ProgressListener progress) {}

  private final Parts parts;
  private final Mailbox<Input> self;
  private SortedSet<PublicKey> neighbours = Collections.emptySortedSet();
  private boolean begun;
  private boolean stopping;

  public AuditorOwner(Parts parts, Mailbox<Input> self) {
    this.parts = parts;
    this.self = self;
  }

  /// Of a node's audits: found again after a restart, and unknown to whoever lacks the key.
  public static Auditor.Salts salts(ChainId chain, SigningKey hotKey) {
    return audit -> {
      Bytes preimage =
          Writer.encode(writer -> {
            writer.string("nimble/salt", ChainId.LENGTH_MAX);
            chain.write(writer);
            audit.write(writer);
          });
      return Hashing.sha256(hotKey.sign(preimage).bytes());
    };
  }

  @Override
  public void turn(long nowMillis, List<Input> inputs) {
    for (Input input : inputs) {
      switch (input) {
        case Input.Direct(AuditorInput direct) -> {
          // Nothing else follows Stopping.
          if (!stopping
              || direct instanceof AuditorInput.Computed
              || direct instanceof AuditorInput.ComputeFailed) {
            step(direct);
          }
        }
        case Input.Finalized(Moment now) -> {
          if (!stopping) {
            finalized(now);
          }
        }
      }
    }
  }

  private void finalized(Moment now) {
    Duties duties = parts.duties().in(parts.state());
    SortedSet<PublicKey> miners = duties.miners();
    if (!miners.equals(neighbours)) {
      neighbours = miners;
      parts.neighbours().accept(miners);
    }
    step(new AuditorInput.Finalized(now, duties));
    if (!begun) {
      // Only now is it known which groups of the shelf are still of use.
      begun = true;
      parts.evidence().groups(groups -> answer(new AuditorInput.GroupsFound(groups)));
    }
  }

  /// What runs on the compute pool uses memory that is freed afterwards: it is waited for (O4).
  @Override
  public void stopping() {
    stopping = true;
    step(new AuditorInput.Stopping());
  }

  @Override
  public boolean isIdle() {
    return parts.auditor().idle();
  }

  private void step(AuditorInput input) {
    for (AuditorEffect effect : parts.auditor().handle(input)) {
      switch (effect) {
        case SendTensor tensor -> parts.tensors().send(tensor);
        case AuditorEffect.Submit(WorkCall call) -> submit(call);
        case AuditorEffect.Compute(StageSlot slot, long task, Task work) ->
            compute(slot, task, work);
        case AuditorEffect.FetchData(Hash manifest) -> fetch(manifest);
        case AuditorEffect.FetchEvidence order -> fetch(order);
        case AuditorEffect.Drop(String group) -> parts.evidence().drop(group);
        case AuditorEffect.StartTimer(AuditId audit, long millis) ->
            parts.timers().after(millis, () -> answer(new AuditorInput.TimerFired(audit)));
        case AuditorEffect.StartDataTimer(Hash manifest, long millis) ->
            parts.timers().after(millis, () -> answer(new AuditorInput.DataTimerFired(manifest)));
        case AuditorEffect.StartKeepTimer(String group, long millis) ->
            parts.timers().after(millis, () -> answer(new AuditorInput.KeepTimerFired(group)));
        case AuditorEffect.Report(AuditorProgress progress) -> report(progress);
      }
    }
  }

  private void submit(WorkCall call) {
    Bytes preimage = SignedWorkCall.preimage(parts.chain(), call);
    // A call that finds no room is submitted again: the auditor asks until it sees it on chain.
    parts.submit().offer(new SignedWorkCall(call, parts.hotKey().sign(preimage)));
  }

  private void compute(StageSlot slot, long task, Task work) {
    parts
        .compute()
        .run(
            work,
            (outcome, thrown) ->
                answer(
                    outcome == null
                        ? new AuditorInput.ComputeFailed(slot, task, String.valueOf(thrown))
                        : new AuditorInput.Computed(slot, task, outcome)));
  }

  private void fetch(Hash manifest) {
    parts
        .blobs()
        .fetch(
            manifest,
            result ->
                answer(
                    switch (result) {
                      case Blobs.Fetched.Whole(Bytes data) ->
                          new AuditorInput.DataFetched(manifest, data);
                      case Blobs.Fetched.Failed(String reason) ->
                          new AuditorInput.DataFailed(manifest, reason);
                    }));
  }

  private void fetch(AuditorEffect.FetchEvidence wanted) {
    String group = wanted.group();
    Hash manifest = wanted.manifest();
    parts
        .evidence()
        .fetch(
            new Evidence.Order(
                group, manifest, wanted.sources(), wanted.sizeMax(), wanted.patienceMillis()),
            result ->
                answer(
                    switch (result) {
                      case Blobs.Fetched.Whole(Bytes data) ->
                          new AuditorInput.EvidenceFetched(group, manifest, data);
                      case Blobs.Fetched.Failed(String reason) ->
                          new AuditorInput.EvidenceFailed(group, manifest, reason);
                    }));
  }

  /// Answers must arrive: a full inbox delays them, and loses none.
  private void answer(AuditorInput input) {
    if (!self.offer(new Input.Direct(input))) {
      parts.timers().after(1, () -> answer(input));
    }
  }

  private void report(AuditorProgress progress) {
    switch (progress) {
      case AuditorProgress.Unable _,
          AuditorProgress.Missing _,
          AuditorProgress.Challenged _,
          AuditorProgress.Failed _ ->
          parts.reporter().warn("audit", "progress", progress);
      case AuditorProgress.Measured _,
          AuditorProgress.Began _,
          AuditorProgress.Redone _,
          AuditorProgress.Held _,
          AuditorProgress.Kept _,
          AuditorProgress.Forgotten _ ->
          parts.reporter().debug("audit", "progress", progress);
    }
    parts.progress().progress(progress);
  }
}
