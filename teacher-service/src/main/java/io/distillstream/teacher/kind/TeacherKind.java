package io.distillstream.teacher.kind;

import io.distillstream.runtime.Setting;
import io.distillstream.runtime.Settings;
import java.util.List;

/** What {@code teacher.kind} accepts. */
public enum TeacherKind {
  /** A text encoder in ONNX with a classifier head. */
  ENCODER {
    @Override
    List<Setting<?>> settings() {
      return EncoderClassifier.settings();
    }

    @Override
    TeacherSpec from(String id, Settings settings) {
      return EncoderClassifier.from(id, settings);
    }
  },
  /** A language model behind an OpenAI-compatible API. */
  OPENAI {
    @Override
    List<Setting<?>> settings() {
      return OpenAiKeys.all();
    }

    @Override
    TeacherSpec from(String id, Settings settings) {
      return OpenAiClassifier.from(id, settings);
    }
  },
  /** A text classifier in ONNX with its own tokenizer. */
  ONNX_CLASSIFIER {
    @Override
    List<Setting<?>> settings() {
      return OnnxTextClassifier.all();
    }

    @Override
    TeacherSpec from(String id, Settings settings) {
      return OnnxTextClassifier.from(id, settings);
    }
  },
  /** A text classifier in TorchScript with its own tokenizer. */
  TORCHSCRIPT {
    @Override
    List<Setting<?>> settings() {
      return TorchScriptClassifier.all();
    }

    @Override
    TeacherSpec from(String id, Settings settings) {
      return TorchScriptClassifier.from(id, settings);
    }
  };

  /** The settings that only this kind has, all below a prefix of its own. */
  abstract List<Setting<?>> settings();

  /**
   * The teacher of this kind that the values describe.
   *
   * @param id its name in soft labels; empty for the kind's own
   */
  abstract TeacherSpec from(String id, Settings settings);
}
