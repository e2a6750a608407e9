/** A cluster with TLS, logins and an authorizer, for tests of what runs on one. */
@NullMarked
package io.distillstream.embedded.secured;

import org.jspecify.annotations.NullMarked;
