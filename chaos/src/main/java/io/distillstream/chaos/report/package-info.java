/** What a run of faults shows, as text and JSON. */
@NullMarked
package io.distillstream.chaos.report;

import org.jspecify.annotations.NullMarked;
