/// How a command sends calls of a wallet's account: what they cost, what is asked before, what
/// became of them.
@NullMarked
package nimble.node.cli.sending;

import org.jspecify.annotations.NullMarked;
