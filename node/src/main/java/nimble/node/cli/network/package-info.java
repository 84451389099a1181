/// Whole networks that an operator makes: `nimble demo`, `devnet`, `sim`, `crash`, and the
/// `genesis` that any begins with.
@NullMarked
package nimble.node.cli.network;

import org.jspecify.annotations.NullMarked;
