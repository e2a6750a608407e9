package io.distillstream.gateway.report;

import io.distillstream.foundation.json.InvalidJsonException;
import org.apache.kafka.common.errors.RecordTooLargeException;

/** Why a report or status was not taken in; its message is one line for whoever sent it. */
public final class RefusedReportException extends Exception {

  private static final long serialVersionUID = 1;

  /** What can be at fault. */
  public enum Fault {
    /** What was sent; sent again it would be refused again. */
    CONTENT,
    /** Its size; likewise. */
    SIZE,
    /** Nothing about it; it may be sent again. */
    MOMENT
  }

  private final Fault fault;
  private final String field;

  private RefusedReportException(Fault fault, String field, String message) {
    // An answer and no fault of ours: where it was decided is of no use.
    super(message, null, false, false);
    this.fault = fault;
    this.field = field;
  }

  static RefusedReportException of(Throwable failure) {
    if (failure instanceof InvalidJsonException invalid) {
      return new RefusedReportException(
          Fault.CONTENT, invalid.field(), String.valueOf(invalid.getMessage()));
    }
    return failure instanceof RecordTooLargeException
        ? new RefusedReportException(Fault.SIZE, "", "It is larger than the Kafka cluster takes")
        : new RefusedReportException(
            Fault.MOMENT, "", "It could not be written to Kafka, send it again");
  }

  static RefusedReportException hindered(String why) {
    return new RefusedReportException(Fault.MOMENT, "", "It cannot be taken in: " + why);
  }

  public Fault fault() {
    return fault;
  }

  /** The field at fault; empty where it is no single one. */
  public String field() {
    return field;
  }
}
