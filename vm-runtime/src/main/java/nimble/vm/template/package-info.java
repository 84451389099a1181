/// Models by a few numbers: what a template in `job.yaml` stands for.
@NullMarked
package nimble.vm.template;

import org.jspecify.annotations.NullMarked;
