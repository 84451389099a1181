package nimble.node.cli.chain;

import picocli.CommandLine.Command;

@Command(
    name = "verify",
    description =
        "Checks receipts, checkpoints and blocks against what you trust, and nothing else.",
    subcommands = {VerifyReceipt.class, VerifyCheckpoint.class, VerifyBlock.class})
public final class VerifyCommand {}
