/** Rows in Apache Parquet, without Hadoop's file systems and settings. */
@NullMarked
package io.distillstream.local.labels.parquet;

import org.jspecify.annotations.NullMarked;
