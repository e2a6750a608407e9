/** Text classifiers in TorchScript, run by PyTorch in the process. */
@NullMarked
package io.distillstream.teacher.torch;

import org.jspecify.annotations.NullMarked;
