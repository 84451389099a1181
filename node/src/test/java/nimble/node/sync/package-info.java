@NullMarked
package nimble.node.sync;

import org.jspecify.annotations.NullMarked;
