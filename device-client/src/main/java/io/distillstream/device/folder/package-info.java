/** What a device keeps on disk, so that it answers after a restart without a network. */
@NullMarked
package io.distillstream.device.folder;

import org.jspecify.annotations.NullMarked;
