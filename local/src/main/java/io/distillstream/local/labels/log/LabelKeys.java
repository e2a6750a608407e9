package io.distillstream.local.labels.log;

import io.distillstream.avro.SoftLabel;

/** What a label is known by: it is in the log once. */
public final class LabelKeys {

  private LabelKeys() {}

  /** Of a request and a teacher's version. */
  public static String of(SoftLabel label) {
    return label.getRequestId() + '\0' + version(label);
  }

  /** Which teacher gave it, and which version of it. */
  public static String version(SoftLabel label) {
    return version(label.getTeacherId(), label.getTeacherVersion());
  }

  /** The same by its parts. */
  public static String version(String teacherId, String teacherVersion) {
    return teacherId + '\0' + teacherVersion;
  }
}
