package io.distillstream.local;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** Holds the arrows between modules, and each engine to its named places. */
@AnalyzeClasses(packages = "io.distillstream", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

  /** Everything of a device but its transports. */
  private static final DescribedPredicate<JavaClass> DEVICE_CORE =
      resideInAPackage("io.distillstream.device..")
          .and(
              resideOutsideOfPackages(
                  "io.distillstream.device.kafka..",
                  "io.distillstream.device.http..",
                  "io.distillstream.device.mqtt.."))
          .as("a device's core");

  @ArchTest
  static final ArchRule shouldKeepServicesApart =
      layeredArchitecture()
          .consideringOnlyDependenciesInLayers()
          .layer("foundation")
          .definedBy("io.distillstream.foundation..")
          .layer("http")
          .definedBy("io.distillstream.http..")
          .layer("update")
          .definedBy("io.distillstream.update..")
          .layer("tuf")
          .definedBy(
              "io.distillstream.tuf",
              "io.distillstream.tuf.metadata..",
              "io.distillstream.tuf.refusal..")
          .layer("tuf-repository")
          .definedBy("io.distillstream.tuf.repository..")
          .layer("text")
          .definedBy("io.distillstream.text..")
          .layer("wire")
          .definedBy("io.distillstream.wire..", "io.distillstream.avro..")
          .layer("model")
          .definedBy("io.distillstream.model..")
          .layer("delta")
          .definedBy("io.distillstream.delta..")
          .layer("onnx")
          .definedBy("io.distillstream.onnx..")
          .layer("quantization")
          .definedBy("io.distillstream.quantization..")
          .layer("torch")
          .definedBy("io.distillstream.torch..")
          .layer("runtime")
          .definedBy("io.distillstream.runtime..")
          .layer("embedded")
          .definedBy("io.distillstream.embedded..")
          .layer("teacher")
          .definedBy("io.distillstream.teacher..")
          .layer("joiner")
          .definedBy("io.distillstream.joiner..")
          .layer("trainer")
          .definedBy("io.distillstream.trainer..")
          .layer("quantizer")
          .definedBy("io.distillstream.artifacts..")
          .layer("signer")
          .definedBy("io.distillstream.signer..")
          .layer("device")
          .definedBy(DEVICE_CORE)
          .layer("device-kafka")
          .definedBy("io.distillstream.device.kafka..")
          .layer("device-http")
          .definedBy("io.distillstream.device.http..")
          .layer("device-mqtt")
          .definedBy("io.distillstream.device.mqtt..")
          .layer("mqtt")
          .definedBy("io.distillstream.mqtt..")
          .layer("lag")
          .definedBy("io.distillstream.lag..")
          .layer("monitor")
          .definedBy("io.distillstream.monitor..")
          .layer("gateway")
          .definedBy("io.distillstream.gateway..")
          .layer("openai")
          .definedBy("io.distillstream.openai..")
          .layer("tap")
          .definedBy("io.distillstream.tap..")
          .layer("local")
          .definedBy("io.distillstream.local..")
          .whereLayer("local")
          .mayNotBeAccessedByAnyLayer()
          .whereLayer("teacher")
          .mayOnlyBeAccessedByLayers("local")
          .whereLayer("joiner")
          .mayOnlyBeAccessedByLayers("local")
          .whereLayer("trainer")
          .mayOnlyBeAccessedByLayers("local")
          .whereLayer("quantizer")
          .mayOnlyBeAccessedByLayers("local")
          .whereLayer("signer")
          .mayOnlyBeAccessedByLayers("local")
          .whereLayer("device")
          .mayOnlyBeAccessedByLayers("device-kafka", "device-http", "device-mqtt", "local")
          .whereLayer("device-kafka")
          .mayOnlyBeAccessedByLayers("local")
          .whereLayer("device-http")
          .mayOnlyBeAccessedByLayers("device-mqtt", "local")
          .whereLayer("device-mqtt")
          .mayOnlyBeAccessedByLayers("local")
          .whereLayer("mqtt")
          .mayOnlyBeAccessedByLayers("gateway", "device-mqtt", "local")
          .whereLayer("mqtt")
          .mayOnlyAccessLayers("foundation")
          .whereLayer("lag")
          .mayOnlyBeAccessedByLayers("monitor")
          .whereLayer("lag")
          .mayNotAccessAnyLayer()
          .whereLayer("monitor")
          .mayOnlyBeAccessedByLayers("local")
          .whereLayer("gateway")
          .mayOnlyBeAccessedByLayers("local")
          .whereLayer("tap")
          .mayOnlyBeAccessedByLayers("local")
          .whereLayer("openai")
          .mayOnlyBeAccessedByLayers("teacher", "tap", "local")
          .whereLayer("openai")
          .mayOnlyAccessLayers("wire")
          .whereLayer("embedded")
          .mayOnlyBeAccessedByLayers("local")
          .whereLayer("runtime")
          .mayOnlyBeAccessedByLayers(
              "teacher",
              "joiner",
              "trainer",
              "quantizer",
              "signer",
              "monitor",
              "gateway",
              "tap",
              "local")
          .whereLayer("torch")
          .mayOnlyBeAccessedByLayers("teacher", "trainer")
          .whereLayer("torch")
          .mayNotAccessAnyLayer()
          .whereLayer("text")
          .mayOnlyBeAccessedByLayers("teacher", "quantization", "local")
          .whereLayer("http")
          .mayOnlyBeAccessedByLayers("embedded", "runtime", "teacher", "gateway", "tap", "local")
          .whereLayer("foundation")
          .mayNotAccessAnyLayer()
          .whereLayer("http")
          .mayOnlyAccessLayers("foundation")
          .whereLayer("text")
          .mayNotAccessAnyLayer()
          .whereLayer("update")
          .mayOnlyAccessLayers("foundation")
          .whereLayer("tuf")
          .mayOnlyAccessLayers("foundation")
          .whereLayer("tuf-repository")
          .mayOnlyBeAccessedByLayers("quantizer", "signer", "local")
          .whereLayer("tuf-repository")
          .mayOnlyAccessLayers("foundation", "tuf")
          .whereLayer("wire")
          .mayOnlyAccessLayers("foundation", "update")
          .whereLayer("model")
          .mayOnlyAccessLayers("foundation")
          .whereLayer("embedded")
          .mayOnlyAccessLayers("foundation", "http")
          .whereLayer("delta")
          .mayOnlyAccessLayers("foundation")
          .whereLayer("delta")
          .mayOnlyBeAccessedByLayers("onnx", "quantizer", "device", "local")
          .whereLayer("onnx")
          .mayOnlyAccessLayers("foundation", "model", "delta")
          .whereLayer("quantization")
          .mayOnlyBeAccessedByLayers("quantizer", "local")
          .whereLayer("quantization")
          .mayOnlyAccessLayers("foundation", "text", "model", "onnx")
          .whereLayer("runtime")
          .mayOnlyAccessLayers("foundation", "http", "wire")
          .whereLayer("device")
          .mayOnlyAccessLayers("foundation", "update", "tuf", "model", "delta")
          .whereLayer("device-kafka")
          .mayOnlyAccessLayers("foundation", "update", "tuf", "device", "wire")
          .whereLayer("device-http")
          .mayOnlyAccessLayers("foundation", "update", "tuf", "device")
          .whereLayer("device-mqtt")
          .mayOnlyAccessLayers("foundation", "update", "device", "device-http", "mqtt");

  @ArchTest
  static final ArchRule shouldKeepTransportsOutOfTheDevicesCore =
      noClasses()
          .that(DEVICE_CORE)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "org.apache.kafka..",
              "org.apache.avro..",
              "com.hivemq..",
              "io.confluent..",
              "com.fasterxml..",
              "io.opentelemetry..");

  @ArchTest
  static final ArchRule shouldHoldTheMqttLibraryToOnePackage =
      noClasses()
          .that()
          .resideOutsideOfPackage("io.distillstream.mqtt..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("com.hivemq..");

  /** Everywhere else its interfaces alone are used, so that nothing of it runs unless asked for. */
  @ArchTest
  static final ArchRule shouldHoldOpenTelemetrysSdkToTheExport =
      noClasses()
          .that()
          .resideOutsideOfPackage("io.distillstream.runtime.tracing..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.opentelemetry.sdk..", "io.opentelemetry.exporter..");

  @ArchTest
  static final ArchRule shouldRegisterNoTracerGlobally =
      noClasses()
          .should()
          .dependOnClassesThat()
          .haveFullyQualifiedName("io.opentelemetry.api.GlobalOpenTelemetry");

  @ArchTest
  static final ArchRule shouldHoldDjlToItsRuntimeTheTrainersEngineAndTwoPackagesOfTheTeachers =
      noClasses()
          .that()
          .resideOutsideOfPackages(
              "io.distillstream.torch..",
              "io.distillstream.trainer.engine.djl..",
              "io.distillstream.teacher.fit..",
              "io.distillstream.teacher.torch..")
          .and()
          .doNotHaveFullyQualifiedName("io.distillstream.teacher.classifier.HuggingFaceTokens")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("ai.djl..");

  @ArchTest
  static final ArchRule shouldHoldOnnxRuntimeToNamedAdapters =
      noClasses()
          .that()
          .haveNameNotMatching(
              "io\\.distillstream\\.(teacher\\.onnx\\.TokenModel"
                  + "|trainer\\.export\\.ParityCheck"
                  + "|quantization\\.engine\\.\\w+"
                  + "|device\\.inference\\.OnnxClassifier)(\\$.*)?")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("ai.onnxruntime..");

  @ArchTest
  static final ArchRule shouldHoldStreamsToTheJoiner =
      noClasses()
          .that()
          .resideOutsideOfPackage("io.distillstream.joiner..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.apache.kafka.streams..");

  @ArchTest
  static final ArchRule shouldKeepPackagesFreeOfCircles =
      slices().matching("io.distillstream.(**)").should().beFreeOfCycles();
}
