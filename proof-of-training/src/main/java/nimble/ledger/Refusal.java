package nimble.ledger;

import nimble.types.Address;
import nimble.types.ChainId;
import nimble.types.Hash;

/// Why a transaction or a work call may not enter the mempool or a block.
public sealed interface Refusal {
  /// Plain words with the values.
  String words();

  record TooLarge(int bytes, int max) implements Refusal {
    @Override
    public String words() {
      return "%d bytes, at most %d".formatted(bytes, max);
    }
  }

  record Duplicate(Hash id) implements Refusal {
    @Override
    public String words() {
      return "%s is known already".formatted(id);
    }
  }

  record OtherChain(ChainId chain, ChainId ours) implements Refusal {
    @Override
    public String words() {
      return "made for chain %s, this is %s".formatted(chain, ours);
    }
  }

  record Expired(long validUntilMillis, long nowMillis) implements Refusal {
    @Override
    public String words() {
      return "valid until %d ms, block time is %d ms".formatted(validUntilMillis, nowMillis);
    }
  }

  record FeeTooLow(long maxFee, long needed) implements Refusal {
    @Override
    public String words() {
      return "maxFee %d, base fee and tip take %d".formatted(maxFee, needed);
    }
  }

  record TooHeavy(long weight, long left) implements Refusal {
    @Override
    public String words() {
      return "weight %d, the block has %d left".formatted(weight, left);
    }
  }

  record NoRoom(long bytes, long left) implements Refusal {
    @Override
    public String words() {
      return "%d bytes, the block has %d left".formatted(bytes, left);
    }
  }

  record NonceUsed(Address sender, long nonce, long next) implements Refusal {
    @Override
    public String words() {
      return "nonce %d of %s is used, the next is %d".formatted(nonce, sender, next);
    }
  }

  record NonceAhead(Address sender, long nonce, long next) implements Refusal {
    @Override
    public String words() {
      return "nonce %d of %s is too far ahead, the next is %d".formatted(nonce, sender, next);
    }
  }

  record BalanceTooLow(Address sender, long balance, long needed) implements Refusal {
    @Override
    public String words() {
      return "%s has %d nim-units, the highest fees take %d".formatted(sender, balance, needed);
    }
  }

  record SenderFull(Address sender, long max) implements Refusal {
    @Override
    public String words() {
      return "%s has its share of %d in the pool".formatted(sender, max);
    }
  }

  record ReplacementTooCheap(long tip, long needed) implements Refusal {
    @Override
    public String words() {
      return "tip %d, to replace the pooled one it takes %d".formatted(tip, needed);
    }
  }

  record PoolFull(long max) implements Refusal {
    @Override
    public String words() {
      return "the pool is full (%d) with better tips".formatted(max);
    }
  }

  record NoOpenSlot(String slot, String why) implements Refusal {
    @Override
    public String words() {
      return "no open slot for %s: %s".formatted(slot, why);
    }
  }

  record SlotTaken(String slot) implements Refusal {
    @Override
    public String words() {
      return "another call for %s is pooled".formatted(slot);
    }
  }

  record WrongContent(String reason) implements Refusal {
    @Override
    public String words() {
      return reason;
    }
  }

  record WrongSignature() implements Refusal {
    @Override
    public String words() {
      return "the signature does not hold";
    }
  }
}
