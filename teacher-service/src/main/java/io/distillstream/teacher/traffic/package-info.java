/**
 * The labelling stage, put together: over HTTP or from the request log, through one bounded queue,
 * in batches, out as soft labels in transactions.
 *
 * <p>Four threads pass the work on: callers and the {@code RequestLogReader} fill the {@code
 * LabelQueue}; the inference thread takes a {@code Window} of it and runs the model; the publishing
 * thread commits the window while the model runs the next one. Callers who want no record are
 * answered by the inference thread.
 */
@NullMarked
package io.distillstream.teacher.traffic;

import org.jspecify.annotations.NullMarked;
