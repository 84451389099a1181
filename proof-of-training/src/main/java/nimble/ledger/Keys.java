package nimble.ledger;

import nimble.chain.StageSlot;
import nimble.codec.Bytes;
import nimble.codec.Writer;
import nimble.types.Address;
import nimble.types.JobId;
import nimble.types.PublicKey;

/// The table of state keys: a prefix byte, then fixed-width parts, big-endian.
public final class Keys {
  static final int ACCOUNT = 0x01; // address → Account
  static final int SUPPLY = 0x02; // → Supply
  static final int BASE_FEE = 0x03; // → i64
  static final int VALIDATOR = 0x04; // address → Registration
  static final int MINER = 0x05; // address → Miner
  static final int HOT_KEY = 0x06; // hot key → address of the miner
  static final int OFFER = 0x07; // address → Offer
  static final int OFFER_COUNTER = 0x08; // → i64, the next offer's number
  static final int OFFER_INDEX = 0x09; // → list of page numbers with their first entries
  static final int OFFER_PAGE = 0x0a; // page number → list of entries
  static final int QUEUE_ENDS = 0x0b; // queue → i64 head, i64 tail
  static final int QUEUE_ITEM = 0x0c; // queue, index → Maturity
  static final int BOND_LOCK = 0x0d; // job, stage, replica, miner → BondLock
  static final int ESCROW = 0x0e; // job → Escrow
  static final int EARNER = 0x0f; // epoch, index → Earner
  static final int EARNER_INDEX = 0x10; // epoch, job, stage, replica, address → i64 index

  static final int STAGE_VESTING = 0x11; // job, stage, replica, address → StageVesting
  static final int VALIDATORS = 0x12; // → list of addresses that stand for election
  static final int EPOCH = 0x13; // → MoneyEpoch
  static final int EPOCH_SUMMARY = 0x14; // epoch → EpochSummary
  static final int DUTIES = 0x15; // address → Duties
  static final int ATTENDANCE = 0x16; // → Attendance
  static final int PAYOUT = 0x17; // → Payout
  static final int REWARDS = 0x18; // address → list of Rewards, newest first
  static final int INCOME = 0x19; // address → Income
  static final int LEADER_WEIGHTS = 0x1a; // → LeaderWeights
  static final int ELECTED = 0x1b; // epoch → ValidatorSet
  static final int ELECTED_OLDEST = 0x1c; // → i64, the oldest epoch whose set is kept
  static final int EPOCH_ENDED = 0x1d; // epoch → Moment
  static final int VALIDATOR_HOT_KEY = 0x1e; // hot key → address of the validator
  static final int VALIDATOR_VOTE_KEY = 0x1f; // vote key → address of the validator
  static final int DELEGATION_POOL = 0x20; // validator → DelegationPool
  static final int DELEGATION = 0x21; // validator, delegator → Delegation
  static final int DELEGATED = 0x22; // delegator → list of validators
  static final int PUNISHMENT = 0x23; // validator → Punishment
  static final int PUNISHED = 0x24; // → list of the validators punished lately, oldest first

  /// Prefixes from here on belong to the implementation of [JobRules].
  public static final int RULES = 0x80;

  private Keys() {}

  static Bytes of(int prefix) {
    return Bytes.wrap(new byte[] {(byte) prefix});
  }

  static Bytes of(int prefix, long number) {
    return Bytes.concat(of(prefix), Bytes.ofU64(number));
  }

  static Bytes of(int prefix, Address address) {
    return Bytes.concat(of(prefix), address.bytes());
  }

  static Bytes of(int prefix, PublicKey key) {
    return Bytes.concat(of(prefix), key.bytes());
  }

  static Bytes of(int prefix, JobId job) {
    return of(prefix, job.value());
  }

  static Bytes of(int prefix, StageSlot slot) {
    return Bytes.concat(of(prefix), Writer.encode(slot::write));
  }
}
