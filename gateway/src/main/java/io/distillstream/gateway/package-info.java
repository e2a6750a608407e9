/**
 * Updates for devices over HTTP. A {@linkplain io.distillstream.gateway.GatewayService gateway}
 * reads the topics of updates and blobs, keeps files in its {@linkplain
 * io.distillstream.gateway.store store}, the newest of each {@linkplain
 * io.distillstream.gateway.channel channel} in memory, and answers over {@linkplain
 * io.distillstream.gateway.http HTTP}. It changes nothing of what it reads; what devices report it
 * writes to the pipeline's topics.
 */
@NullMarked
package io.distillstream.gateway;

import org.jspecify.annotations.NullMarked;
