/**
 * The <a href="https://github.com/huggingface/safetensors">safetensors</a> file format of heads and
 * checkpoints: a JSON header, then the bytes of each tensor.
 */
@NullMarked
package io.distillstream.model.safetensors;

import org.jspecify.annotations.NullMarked;
