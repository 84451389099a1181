/// `nbcli chain` and `nbcli verify`: what the chain says, and what is proven of it from a genesis
/// or a block that is trusted.
@NullMarked
package nimble.node.cli.chain;

import org.jspecify.annotations.NullMarked;
