/**
 * The repository's side of TUF: keys and their files, signing, and who signs what. {@link
 * io.distillstream.tuf.repository.Authority} is the operator's side (roots, delegations), {@link
 * io.distillstream.tuf.repository.ChannelSigner} the quantizer's, {@link
 * io.distillstream.tuf.repository.RepositorySigner} that of whoever says which of all metadata is
 * current.
 */
@NullMarked
package io.distillstream.tuf.repository;

import org.jspecify.annotations.NullMarked;
