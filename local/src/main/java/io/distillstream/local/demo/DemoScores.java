package io.distillstream.local.demo;

import java.util.List;

/**
 * Teacher, fp32 student and INT8 device on the same held-out texts; all in [0, 1].
 *
 * @param texts how many were scored
 * @param agreementInt8Fp32 between the device and the fp32 model its artifact was made from
 */
record DemoScores(
    int texts,
    double accuracyTeacher,
    double accuracyStudent,
    double accuracyDevice,
    double agreementStudent,
    double agreementDevice,
    double agreementInt8Fp32) {

  /** Scores the models against the human labels and against each other. */
  public static DemoScores of(
      List<String> truth,
      PredictedLabels teacher,
      PredictedLabels student,
      PredictedLabels device) {
    return new DemoScores(
        truth.size(),
        teacher.agreementWith(truth),
        student.agreementWith(truth),
        device.agreementWith(truth),
        student.agreementWith(teacher.labels()),
        device.agreementWith(teacher.labels()),
        device.agreementWith(student.labels()));
  }
}
