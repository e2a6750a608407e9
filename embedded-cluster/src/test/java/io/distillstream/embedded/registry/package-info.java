/**
 * Tests of the registry with the genuine Confluent client: one contract, held by this registry and
 * by Apicurio's.
 */
@NullMarked
package io.distillstream.embedded.registry;

import org.jspecify.annotations.NullMarked;
