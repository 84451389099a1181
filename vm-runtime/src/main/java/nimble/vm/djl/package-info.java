/// The fast machine: stages as TorchScript text that we generate, run by libtorch through DJL. The
/// only package that touches DJL.
///
/// Rules:
/// - D1: a program's text follows from its [nimble.vm.StageSpec] and from what multiplies (D8), and
///   holds no data; weights are arguments. The archive around it is packed in memory; nothing that
///   others wrote is ever loaded.
/// - D2: threads and instruction set are fixed before the library loads ([NativeSettings]): as the
///   operator chose ([Numeric]), else one thread a call and all that the processor has, unless the
///   environment says otherwise; no graph optimizer. The class probe sees the result.
/// - D3: on the CPU weights and gradients are views of the caller's flat buffers, never copied. A
///   micro-batch's gradients are added in the same native call that computes them.
/// - D4: every call's tensors belong to a sub-manager that is closed with the call, or with its
///   tape.
/// - D5: DJL's own randomness, optimizers and gradient collector are not used.
/// - D6: the trace of a pass is a program of its own. It has the stage's statements, asks the
///   library for the gradients of everything between them in one call, and so gives the same bits.
/// - D7: what computes is chosen ([Numeric.Device]) and made sure of before the first program; a
///   device that is not there is refused ([NoDevice]), and nothing falls back to the CPU. On a GPU
///   the library is held to deterministic kernels, products of whole fp32 numbers, sums in fp32 and
///   plain attention ([Libtorch]); what it cannot do so fails. Inputs are copied there with each
///   call. Weights are copied in one piece when they have changed, gradients back when they are
///   asked for ([Mirror]): with the zeros of the next step 12 bytes a parameter and step.
/// - D8: on x86 oneDNN multiplies, where a product is large enough ([Product]); what a program that
///   trains adapters multiplies, and everything elsewhere, is the library's own choice.
/// - D9: the C library's heap keeps blocks up to 4 MiB for the next tensor, up to 512 KiB in a
///   process that trains adapters, or has databases alone ([NativeHeap]).
@NullMarked
package nimble.vm.djl;

import org.jspecify.annotations.NullMarked;
