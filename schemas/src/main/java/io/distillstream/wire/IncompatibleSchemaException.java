package io.distillstream.wire;

/** The registry already holds a schema that this build's may not follow. */
public final class IncompatibleSchemaException extends RuntimeException {

  private static final long serialVersionUID = 1;

  IncompatibleSchemaException(String subject, Throwable cause) {
    super(
        "The registry refuses this build's schema for "
            + subject
            + ": "
            + cause.getMessage()
            + ". Use a build that matches the pipeline, or another pipeline name.",
        cause);
  }
}
