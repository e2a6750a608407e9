/**
 * A real Kafka broker and a Confluent-compatible schema registry inside this process, with their
 * data in one folder: what the embedded default runs on, and what integration tests run against.
 */
@NullMarked
package io.distillstream.embedded;

import org.jspecify.annotations.NullMarked;
