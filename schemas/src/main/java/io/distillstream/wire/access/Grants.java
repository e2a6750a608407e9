package io.distillstream.wire.access;

import io.distillstream.wire.Pipeline;
import io.distillstream.wire.Topic;
import io.distillstream.wire.Topics;
import io.distillstream.wire.access.Grant.Need;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;

/** Collects a role's rights in one pipeline. */
final class Grants {

  private final Pipeline pipeline;
  private final String model;
  private final List<Grant> list = new ArrayList<>();

  Grants(Pipeline pipeline, String model) {
    this.pipeline = pipeline;
    this.model = model;
  }

  Pipeline pipeline() {
    return pipeline;
  }

  String model() {
    return model;
  }

  List<Grant> list() {
    return List.copyOf(list);
  }

  void topic(Topic<?> topic, AclOperation operation, String purpose) {
    literal(ResourceType.TOPIC, topic.in(pipeline), operation, purpose);
  }

  /** A right that is needed only where a setting asks for it. */
  void bySetting(Topic<?> topic, AclOperation operation, String purpose) {
    add(
        ResourceType.TOPIC,
        topic.in(pipeline),
        PatternType.LITERAL,
        operation,
        purpose,
        Need.BY_SETTING);
  }

  /** The same to every group that begins so. */
  void groupsBySetting(String prefix, AclOperation operation, String purpose) {
    add(ResourceType.GROUP, prefix, PatternType.PREFIXED, operation, purpose, Need.BY_SETTING);
  }

  void topics(String prefix, AclOperation operation, String purpose) {
    prefixed(ResourceType.TOPIC, prefix, operation, purpose);
  }

  void deadLetters(AclOperation operation, String purpose) {
    literal(ResourceType.TOPIC, pipeline.deadLetters(), operation, purpose);
  }

  void stageReports() {
    topic(Topics.STAGE_REPORTS, AclOperation.WRITE, "tell the monitor how it is");
  }

  void group(String name, AclOperation operation, String purpose) {
    literal(ResourceType.GROUP, name, operation, purpose);
  }

  void groups(String prefix, AclOperation operation, String purpose) {
    prefixed(ResourceType.GROUP, prefix, operation, purpose);
  }

  void transaction(String id, String purpose) {
    literal(ResourceType.TRANSACTIONAL_ID, id, AclOperation.WRITE, purpose);
  }

  void transactions(String prefix, String purpose) {
    prefixed(ResourceType.TRANSACTIONAL_ID, prefix, AclOperation.WRITE, purpose);
  }

  private void literal(ResourceType type, String name, AclOperation operation, String purpose) {
    add(type, name, PatternType.LITERAL, operation, purpose, Need.ALWAYS);
  }

  private void prefixed(ResourceType type, String prefix, AclOperation operation, String purpose) {
    add(type, prefix, PatternType.PREFIXED, operation, purpose, Need.ALWAYS);
  }

  private void add(
      ResourceType type,
      String name,
      PatternType pattern,
      AclOperation operation,
      String purpose,
      Need need) {
    list.add(new Grant(new ResourcePattern(type, name, pattern), operation, purpose, need));
  }
}
