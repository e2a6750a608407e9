/**
 * The command {@code feed}: sends texts from a file or a list as live traffic, over HTTP or
 * straight to the requests topic; and reads them back from there.
 */
@NullMarked
package io.distillstream.local.feed;

import org.jspecify.annotations.NullMarked;
