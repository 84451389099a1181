package nimble.ledger;

/// What the ledger asks of others: how training works, what signatures and votes say.
record Rules(JobRules jobs, SignatureCheck signatures, Offences offences) {}
