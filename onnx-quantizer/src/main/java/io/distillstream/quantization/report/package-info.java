/** What was done to a model and why, for people (HTML) and programs (JSON). */
@NullMarked
package io.distillstream.quantization.report;

import org.jspecify.annotations.NullMarked;
