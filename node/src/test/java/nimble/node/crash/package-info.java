@NullMarked
package nimble.node.crash;

import org.jspecify.annotations.NullMarked;
