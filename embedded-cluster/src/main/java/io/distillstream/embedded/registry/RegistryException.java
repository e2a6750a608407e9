package io.distillstream.embedded.registry;

import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A request the registry refuses, with the code by which Confluent's clients know why. */
final class RegistryException extends RuntimeException {

  private final int status;
  private final int code;

  private RegistryException(int status, int code, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.status = status;
    this.code = code;
  }

  private RegistryException(int status, int code, String message) {
    this(status, code, message, null);
  }

  /** The HTTP status. */
  int status() {
    return status;
  }

  /** The {@code error_code} of the answer's body. */
  int code() {
    return code;
  }

  static RegistryException malformed(String message) {
    return new RegistryException(400, 400, message);
  }

  static RegistryException subjectNotFound(String subject) {
    return new RegistryException(404, 40401, "Subject '" + subject + "' not found.");
  }

  static RegistryException versionNotFound(int version) {
    return new RegistryException(404, 40402, "Version " + version + " not found.");
  }

  static RegistryException schemaNotFound() {
    return new RegistryException(404, 40403, "Schema not found");
  }

  static RegistryException idNotFound(int id) {
    return new RegistryException(404, 40403, "Schema " + id + " not found");
  }

  static RegistryException subjectSoftDeleted(String subject) {
    return new RegistryException(
        404,
        40404,
        "Subject '" + subject + "' was soft deleted. Set permanent=true to delete permanently");
  }

  static RegistryException subjectNotSoftDeleted(String subject) {
    return new RegistryException(
        404,
        40405,
        "Subject '" + subject + "' was not deleted first before being permanently deleted");
  }

  static RegistryException versionSoftDeleted(String subject, int version) {
    return new RegistryException(
        404,
        40406,
        "Subject '"
            + subject
            + "' version "
            + version
            + " was soft deleted. Set permanent=true to delete permanently");
  }

  static RegistryException versionNotSoftDeleted(String subject, int version) {
    return new RegistryException(
        404,
        40407,
        "Subject '"
            + subject
            + "' version "
            + version
            + " was not deleted first before being permanently deleted");
  }

  static RegistryException subjectLevelNotConfigured(String subject) {
    return new RegistryException(
        404,
        40408,
        "Subject '" + subject + "' does not have subject-level compatibility configured");
  }

  static RegistryException subjectModeNotConfigured(String subject) {
    return new RegistryException(
        404, 40409, "Subject '" + subject + "' does not have subject-level mode configured");
  }

  static RegistryException incompatible(String subject, String details) {
    return new RegistryException(
        409,
        409,
        "Schema being registered is incompatible with an earlier schema for subject \""
            + subject
            + "\", details: "
            + details);
  }

  static RegistryException unprocessable(String message) {
    return new RegistryException(422, 422, message);
  }

  static RegistryException invalidSchema(String message, @Nullable Throwable cause) {
    return new RegistryException(422, 42201, message, cause);
  }

  static RegistryException invalidVersion(String version) {
    return new RegistryException(
        422,
        42202,
        "The specified version '"
            + version
            + "' is not a valid version id. Allowed values are between [1, 2^31-1] and the string"
            + " \"latest\"");
  }

  static RegistryException invalidLevel() {
    String levels = Arrays.toString(CompatibilityLevel.values()).toLowerCase(Locale.ROOT);
    return new RegistryException(
        422, 42203, "Invalid compatibility level. Valid values are " + levels);
  }

  static RegistryException invalidMode() {
    return new RegistryException(422, 42204, "Invalid mode. This registry knows READWRITE only");
  }

  static RegistryException notInImportMode(String subject) {
    return new RegistryException(
        422, 42205, "Subject '" + subject + "' is not in import mode: ids are assigned here");
  }

  static RegistryException referenced(SchemaVersion version) {
    return new RegistryException(
        422,
        42206,
        "One or more references exist to the schema {subject="
            + version.subject()
            + ",version="
            + version.version()
            + "}");
  }

  static RegistryException store(String message, @Nullable Throwable cause) {
    return new RegistryException(500, 50001, "Error in the backend data store: " + message, cause);
  }
}
