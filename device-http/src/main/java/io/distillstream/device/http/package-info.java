/**
 * HTTP as a device's transport: events and files of a {@linkplain
 * io.distillstream.device.http.Gateway gateway}, and reports to it. Uses {@link
 * java.net.HttpURLConnection}, which is what Android has too.
 */
@NullMarked
package io.distillstream.device.http;

import org.jspecify.annotations.NullMarked;
