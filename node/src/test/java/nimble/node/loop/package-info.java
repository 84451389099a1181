@NullMarked
package nimble.node.loop;

import org.jspecify.annotations.NullMarked;
