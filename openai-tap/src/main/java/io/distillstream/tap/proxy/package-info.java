/**
 * The way of an exchange through the tap: what a {@linkplain io.distillstream.tap.proxy.Question
 * question} becomes before it goes upstream, and what an {@linkplain
 * io.distillstream.tap.proxy.Answer answer} is on its way back. Nothing here waits: neither for an
 * upstream nor for a client that reads slowly.
 */
@NullMarked
package io.distillstream.tap.proxy;

import org.jspecify.annotations.NullMarked;
