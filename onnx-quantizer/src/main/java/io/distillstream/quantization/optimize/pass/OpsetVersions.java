package io.distillstream.quantization.optimize.pass;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import io.distillstream.onnx.OnnxModel;

/** Versions of the default operator set, and of the file format that goes with them. */
final class OpsetVersions {
  private OpsetVersions() {}

  /** Writes a version of the default operator set into a model, and raises the format's with it. */
  static ModelProto.Builder set(ModelProto.Builder model, long opset) {
    for (int i = 0; i < model.getOpsetImportCount(); i++) {
      OperatorSetIdProto existing = model.getOpsetImport(i);
      if (OnnxModel.isDefaultDomain(existing.getDomain())) {
        model.setOpsetImport(i, existing.toBuilder().setVersion(opset));
      }
    }
    return model.setIrVersion(Math.max(model.getIrVersion(), formatFor(opset)));
  }

  /** Imports the operators of ONNX Runtime's own domain, if that is the one and it is missing. */
  static void require(ModelProto.Builder model, String domain) {
    if (domain.equals(OnnxModel.MICROSOFT_DOMAIN)
        && model.getOpsetImportList().stream()
            .noneMatch(imported -> imported.getDomain().equals(domain))) {
      model.addOpsetImport(OperatorSetIdProto.newBuilder().setDomain(domain).setVersion(1));
    }
  }

  /**
   * The oldest file format in which a model of this operator set may be written; at least 4, the
   * first in which constants need not be listed among the inputs. From the table in ONNX's
   * Versioning.md.
   */
  private static long formatFor(long opset) {
    if (opset >= 19) {
      return 9;
    }
    if (opset >= 15) {
      return 8;
    }
    if (opset >= 12) {
      return 7;
    }
    if (opset >= 11) {
      return 6;
    }
    return opset >= 10 ? 5 : 4;
  }
}
