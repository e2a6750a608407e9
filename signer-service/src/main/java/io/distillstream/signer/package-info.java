/**
 * The signer: follows the updates of every channel, and publishes the pipeline's TUF repository on
 * its topic with a snapshot and a timestamp that it signs. It has no key of a channel, so that it
 * can hold devices up and not make them run a model.
 */
@NullMarked
package io.distillstream.signer;

import org.jspecify.annotations.NullMarked;
