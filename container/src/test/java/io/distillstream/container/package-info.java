/** What is deployed: the image and the Compose files, on a real container engine. */
@NullMarked
package io.distillstream.container;

import org.jspecify.annotations.NullMarked;
