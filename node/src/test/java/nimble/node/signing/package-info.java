@NullMarked
package nimble.node.signing;

import org.jspecify.annotations.NullMarked;
