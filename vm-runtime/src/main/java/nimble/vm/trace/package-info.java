/// The trace form of a stage program: one micro-batch forwards and backwards as a list of tensors,
/// each the output of one operator on earlier ones, with a root over them all. What two machines
/// disagree about can be brought down to one number of one tensor ([nimble.vm.reference.Referee]).
///
/// Rules:
/// - O1: [TraceForm] follows from the stage's spec and, where something is left out, from which
///   micro-batch it is. Its tensors are numbered: weights in order of the layout, the input, the
///   output's gradient (last stage: the labels); then operators in the order in which they run,
///   forwards and, when training, backwards. Every operand has a lower number.
/// - O2: a tensor is rows × columns of four bytes, little-endian: fp32, or an id. Its root is the
///   Merkle list of its blocks of [TensorTree#BLOCK] elements. A trace's root is the Merkle list of
///   `number ‖ root` of all its tensors.
/// - O3: an operator is as coarse as the libraries' fused kernels, so that a traced pass has the
///   bits of an ordinary one: outputs, the input's gradient and the weights' gradients are those of
///   [nimble.vm.StageProgram]. Each gradient is an operator of its own.
/// - O4: besides what machines compute, a trace holds copies ([Rule.Copy]), each once: transposed,
///   by heads, by windows, rounded, picked, flat. They make the operands of every number
///   contiguous, so that few blocks open it.
/// - O5: a weight's gradient is that of this micro-batch alone; the last operator of a training
///   pass puts all of them behind each other in the order of the layout.
/// - O6: what is frozen is given as every machine decodes it (L2): decoding is exact, and so no
///   operator. Narrow products are products of copies that are rounded to bfloat16; convolutions
///   are products of copies of what their windows see, and back of those of the windows that see a
///   number.
/// - O7: what several operators take has the sum of their gradients, an operator of its own:
///   residuals, gates, projections side by side, adapters, each adding up within. On the way back
///   operators run in the reverse order.
/// - O8: what training leaves out is a product with factors that nobody says: they are drawn
///   ([nimble.vm.Dropout]), and stand among the copies.
@NullMarked
package nimble.vm.trace;

import org.jspecify.annotations.NullMarked;
