/** What an evaluation found, as text for the terminal, as JSON and as one HTML page. */
@NullMarked
package io.distillstream.local.evaluate.report;

import org.jspecify.annotations.NullMarked;
