/// The fast machine: stages as TorchScript text that we generate, run by libtorch through DJL. The
/// only package that touches DJL.
///
/// Rules:
/// - D1: a program's text follows from its [nimble.vm.StageSpec] alone and holds no data; weights
///   are arguments. The archive around it is packed in memory; nothing that others wrote is ever
///   loaded.
/// - D2: threads and instruction set are fixed before the library loads ([NativeSettings]): as the
///   operator chose ([Numeric]), else one thread a call and AVX2 at most on x86, unless the
///   environment says otherwise; no graph optimizer. The class probe sees the result.
/// - D3: weights and gradients are views of the caller's flat buffers, never copied. A
///   micro-batch's gradients are added in the same native call that computes them.
/// - D4: every call's tensors belong to a sub-manager that is closed with the call, or with its
///   tape.
/// - D5: DJL's own randomness, optimizers and gradient collector are not used.
/// - D6: the trace of a pass is a program of its own. It has the stage's statements, asks the
///   library for the gradients of everything between them in one call, and so gives the same bits.
@NullMarked
package nimble.vm.djl;

import org.jspecify.annotations.NullMarked;
