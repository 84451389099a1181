/// What people write, models and jobs, is refused with all that is wrong with it at once: for each
/// fault the field, its value and what it may be.
@NullMarked
package nimble.spec;

import org.jspecify.annotations.NullMarked;
