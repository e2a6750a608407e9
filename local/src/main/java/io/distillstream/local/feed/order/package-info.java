/**
 * In what order, and how often, the texts of a file are sent, and which of them are held out: small
 * iterators, each of which reads the one before it and holds a bounded number of texts.
 */
@NullMarked
package io.distillstream.local.feed.order;

import org.jspecify.annotations.NullMarked;
