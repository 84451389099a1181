@NullMarked
package nimble.node.chain;

import org.jspecify.annotations.NullMarked;
