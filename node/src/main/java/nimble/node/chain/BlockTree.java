package nimble.node.chain;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import nimble.chain.Block;
import nimble.chain.Header;
import nimble.chain.ValidatorSet;
import nimble.check.Invariant;
import nimble.codec.Bytes;
import nimble.ledger.Execution;
import nimble.ledger.Execution.Executed;
import nimble.ledger.StateView;
import nimble.storage.Change;
import nimble.storage.LiveTree;
import nimble.storage.Retention;
import nimble.types.Hash;

/// The newest finalized block and the executed blocks above it (N2). One owner.
final class BlockTree {
  static final int BLOCKS_MAX = 64;

  private final ChainRules rules;
  private final ChainStore store;
  private final Map<Hash, ExecutedBlock> blocks = new LinkedHashMap<>();
  private Header tip;
  private Hash tipDigest;

  BlockTree(ChainRules rules, ChainStore store) {
    this.rules = rules;
    this.store = store;
    this.tip = store.chain().tip();
    this.tipDigest = tip.digest();
  }

  Header tip() {
    return tip;
  }

  /// N5: whether this epoch's last block is final.
  boolean isComplete() {
    return rules.isLast(tip);
  }

  Hash tipDigest() {
    return tipDigest;
  }

  boolean has(Hash digest) {
    return digest.equals(tipDigest) || blocks.containsKey(digest);
  }

  Optional<ExecutedBlock> executed(Hash digest) {
    return Optional.ofNullable(blocks.get(digest));
  }

  Optional<Header> header(Hash digest) {
    return digest.equals(tipDigest)
        ? Optional.of(tip)
        : executed(digest).map(ExecutedBlock::header);
  }

  /// The state after block `digest`, which must be here: the writes of its ancestors over what is
  /// final.
  StateView state(Hash digest) {
    Invariant.check(has(digest), "no state of block %s", digest);
    return key -> {
      Hash at = digest;
      for (ExecutedBlock block = blocks.get(at); block != null; block = blocks.get(at)) {
        Optional<Bytes> written = block.execution().writes().get(key);
        if (written != null) {
          return written;
        }
        at = block.parent();
      }
      return store.state().get(key);
    };
  }

  /// Checks and executes (N3), or answers from memory.
  Verdict check(Block block, long nowMillis) {
    Hash digest = block.digest();
    ExecutedBlock known = blocks.get(digest);
    if (known != null) {
      return new Verdict.Valid(known);
    }
    Optional<Header> parent = header(block.header().parent());
    if (parent.isEmpty()) {
      return new Verdict.NotYet("parent %s is not here".formatted(block.header().parent()));
    }
    Optional<String> wrong = rules.refuses(parent.get(), block);
    if (wrong.isPresent()) {
      return new Verdict.Invalid(wrong.get());
    }
    if (block.header().timeMillis() > nowMillis + rules.clockSkewMillis()) {
      return new Verdict.NotYet("its time is ahead of this node's clock");
    }
    return switch (rules.execute(state(block.header().parent()), block.header(), block.body())) {
      case Execution.Invalid(String reason) -> new Verdict.Invalid(reason);
      case Executed executed -> compare(block, digest, executed);
    };
  }

  /// The state after a block with this execution.
  StateView after(Hash parent, Executed executed) {
    StateView before = state(parent);
    return key -> {
      Optional<Bytes> written = executed.writes().get(key);
      return written != null ? written : before.get(key);
    };
  }

  private Verdict compare(Block block, Hash digest, Executed executed) {
    Optional<ValidatorSet> next = rules.nextSet(after(block.header().parent(), executed));
    if (!block.header().nextSetHash().equals(next.map(ValidatorSet::hash))) {
      return new Verdict.Invalid("it names other validators for the next epoch");
    }
    if (!executed.receiptsRoot().equals(block.header().receiptsRoot())) {
      return new Verdict.Invalid("its receipts are not what its entries give");
    }
    Change change = change(block.header().parent(), block.header().height().value(), executed);
    if (!change.root().hash().equals(block.header().stateRoot())) {
      return new Verdict.Invalid("its state root is not what its entries give");
    }
    ExecutedBlock result = new ExecutedBlock(block, digest, executed, change, next);
    add(result);
    return new Verdict.Valid(result);
  }

  /// What `executed` does to the tree of its parent.
  Change change(Hash parent, long height, Executed executed) {
    return tree(parent).update(height, executed.writes());
  }

  private LiveTree tree(Hash digest) {
    ExecutedBlock block = blocks.get(digest);
    return block == null ? store.tree() : tree(block.parent()).after(block.change());
  }

  /// Adds a block that this node has built itself.
  void add(ExecutedBlock block) {
    if (blocks.size() >= BLOCKS_MAX) {
      evictLowest(block.parent());
    }
    blocks.put(block.digest(), block);
  }

  /// The blocks from above the tip to `digest`, oldest first; empty when the way is not here.
  Optional<List<ExecutedBlock>> pathTo(Hash digest) {
    Deque<ExecutedBlock> path = new ArrayDeque<>();
    Hash at = digest;
    while (!at.equals(tipDigest)) {
      ExecutedBlock block = blocks.get(at);
      if (block == null) {
        return Optional.empty();
      }
      path.addFirst(block);
      at = block.parent();
    }
    return Optional.of(new ArrayList<>(path));
  }

  /// Makes the child `block` of the tip final and durable (N1), and forgets what does not descend
  /// from it.
  void finalizeBlock(ExecutedBlock block, Optional<Bytes> certificate, Retention retention) {
    Invariant.check(
        block.parent().equals(tipDigest), "block %s does not extend the tip", block.digest());
    store.commit(block, certificate, retention);
    tip = block.header();
    tipDigest = block.digest();
    blocks.remove(block.digest());
    boolean pruned = true;
    while (pruned) {
      pruned = blocks.values().removeIf(other -> !has(other.parent()));
    }
  }

  /// A block that is needed again is fetched and executed again; what another stands on, as it will
  /// on `parent`, is needed as long as that one.
  private void evictLowest(Hash parent) {
    blocks.values().stream()
        .filter(block -> !block.digest().equals(parent))
        .filter(
            block -> blocks.values().stream().noneMatch(it -> it.parent().equals(block.digest())))
        .min((a, b) -> Long.compare(a.height(), b.height()))
        .ifPresent(leaf -> blocks.remove(leaf.digest()));
  }
}
