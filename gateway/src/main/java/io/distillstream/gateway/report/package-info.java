/** What devices say, on its way to the topics, by whatever protocol it came. */
@NullMarked
package io.distillstream.gateway.report;

import org.jspecify.annotations.NullMarked;
