/// Networks on one machine, made from nothing: their keys, their genesis, their nodes.
@NullMarked
package nimble.node.devnet;

import org.jspecify.annotations.NullMarked;
