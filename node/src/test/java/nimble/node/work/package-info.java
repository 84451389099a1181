@NullMarked
package nimble.node.work;

import org.jspecify.annotations.NullMarked;
