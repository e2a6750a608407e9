package io.distillstream.wire.access;

import static org.apache.kafka.common.acl.AclOperation.CREATE;
import static org.apache.kafka.common.acl.AclOperation.DELETE;
import static org.apache.kafka.common.acl.AclOperation.DESCRIBE;
import static org.apache.kafka.common.acl.AclOperation.READ;
import static org.apache.kafka.common.acl.AclOperation.WRITE;

import io.distillstream.wire.ConsumerGroups;
import io.distillstream.wire.Pipeline;
import io.distillstream.wire.Topics;
import io.distillstream.wire.TransactionalIds;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Who works with a pipeline's topics, and with what rights: the least that it can do its work with.
 * None but the administrator and the joiner creates topics, the joiner those of its own state.
 */
public enum Role {
  TEACHER {
    @Override
    void collect(Grants grants) {
      grants.topic(Topics.REQUESTS, READ, "label requests of the log");
      grants.group(ConsumerGroups.teacher(grants.pipeline()), READ, "share the log's partitions");
      grants.groupsBySetting(
          ConsumerGroups.teachers(grants.pipeline()), READ, "label beside others (teacher.group)");
      grants.transactions(
          TransactionalIds.teachers(grants.pipeline()), "publish exactly once, in any instance");
      grants.topic(Topics.REQUESTS, WRITE, "record requests that come over HTTP");
      grants.topic(Topics.SOFT_LABELS, WRITE, "publish labels");
      grants.topic(Topics.GROUND_TRUTH, WRITE, "record truths that come over HTTP");
      grants.deadLetters(WRITE, "set requests aside that cannot be read");
      grants.stageReports();
    }
  },
  JOINER {
    @Override
    void collect(Grants grants) {
      String own = TransactionalIds.joiners(grants.pipeline());
      grants.topic(Topics.SOFT_LABELS, READ, "join labels");
      grants.topic(Topics.GROUND_TRUTH, READ, "join truths");
      grants.group(ConsumerGroups.joiner(grants.pipeline()), READ, "share partitions");
      grants.transactions(own, "join exactly once");
      grants.topic(Topics.TRAINING_EXAMPLES, WRITE, "publish examples");
      grants.topics(own, CREATE, "create topics of its state");
      grants.topics(own, READ, "restore its state");
      grants.topics(own, WRITE, "record its state");
      grants.deadLetters(WRITE, "set records aside that cannot be joined");
      grants.stageReports();
    }
  },
  TRAINER {
    @Override
    void collect(Grants grants) {
      String own = ConsumerGroups.trainer(grants.pipeline(), grants.model());
      grants.topic(Topics.TRAINING_EXAMPLES, READ, "learn from examples");
      grants.group(own, READ, "commit how far it learned");
      grants.transaction(
          TransactionalIds.trainer(grants.pipeline(), grants.model()), "train exactly once");
      grants.topic(Topics.CHECKPOINTS, READ, "go on from the newest checkpoint");
      grants.topic(Topics.CHECKPOINTS, WRITE, "publish checkpoints");
      grants.topic(Topics.CHECKPOINTS, DELETE, "delete checkpoints beyond its retention");
      grants.topic(Topics.CHECKPOINT_BLOBS, READ, "read its state");
      grants.topic(Topics.CHECKPOINT_BLOBS, WRITE, "write its state and its model");
      grants.topic(Topics.CHECKPOINT_BLOBS, DELETE, "delete what no checkpoint names");
      grants.groups(
          ConsumerGroups.quantizers(grants.pipeline()),
          DESCRIBE,
          "keep checkpoints that a quantizer has not read");
      grants.topic(Topics.HELD_OUT, WRITE, "set requests aside that are never learned");
      grants.topic(Topics.TRAINING_EVENTS, WRITE, "tell of drifts, roll-backs and pruning");
      grants.bySetting(
          Topics.REQUESTS, WRITE, "send hard examples (trainer.augmentation.max-share)");
      grants.deadLetters(WRITE, "set examples aside that cannot be read");
      grants.stageReports();
    }
  },
  QUANTIZER {
    @Override
    void collect(Grants grants) {
      String own = ConsumerGroups.quantizers(grants.pipeline(), grants.model());
      grants.topic(Topics.CHECKPOINTS, READ, "take up checkpoints");
      grants.topic(Topics.CHECKPOINT_BLOBS, READ, "read their models");
      grants.groups(own, READ, "commit what is settled, in any channel");
      grants.transactions(
          TransactionalIds.quantizers(grants.pipeline(), grants.model()),
          "publish exactly once, in any channel and instance");
      grants.group(
          ConsumerGroups.trainer(grants.pipeline(), grants.model()),
          DESCRIBE,
          "know the newest version that was trained");
      grants.topic(Topics.TRAINING_EXAMPLES, READ, "calibrate and compare on texts");
      grants.topic(Topics.HELD_OUT, READ, "compare candidates with what devices run");
      grants.topic(Topics.MODEL_UPDATES, READ, "know what was published");
      grants.topic(Topics.MODEL_UPDATES, WRITE, "publish updates");
      grants.topic(Topics.MODEL_BLOBS, READ, "read the artifact that devices run");
      grants.topic(Topics.MODEL_BLOBS, WRITE, "publish artifacts");
      grants.topic(Topics.MODEL_BLOBS, DELETE, "delete artifacts that were replaced");
      grants.topic(Topics.TRAINING_EVENTS, READ, "know earlier comparisons");
      grants.topic(Topics.TRAINING_EVENTS, WRITE, "tell of refused candidates");
      grants.deadLetters(WRITE, "set checkpoints aside that cannot be read");
      grants.stageReports();
    }
  },
  SIGNER {
    @Override
    void collect(Grants grants) {
      grants.topic(Topics.MODEL_UPDATES, READ, "sign what channels publish");
      grants.topic(Topics.TRUST, READ, "go on from what was signed");
      grants.topic(Topics.TRUST, WRITE, "publish what it signed");
      grants.transaction(TransactionalIds.signer(grants.pipeline()), "publish it as a whole");
      grants.stageReports();
    }
  },
  MONITOR {
    @Override
    void collect(Grants grants) {
      String all = grants.pipeline().name() + ".";
      grants.topics(all, DESCRIBE, "measure lag on the topics that groups read");
      grants.groups(all, DESCRIBE, "measure their lag");
      String exactly = "count lag exactly (monitor.lag.exact-up-to above 0)";
      grants.bySetting(Topics.REQUESTS, READ, exactly);
      grants.bySetting(Topics.SOFT_LABELS, READ, exactly);
      grants.bySetting(Topics.GROUND_TRUTH, READ, exactly);
      grants.bySetting(Topics.TRAINING_EXAMPLES, READ, exactly);
      grants.topic(Topics.CHECKPOINTS, READ, "show versions");
      grants.topic(Topics.TRAINING_EVENTS, READ, "show events");
      grants.topic(Topics.MODEL_UPDATES, READ, "show updates");
      grants.topic(Topics.DEVICE_REPORTS, READ, "show devices and freshness");
      grants.topic(Topics.STAGE_REPORTS, READ, "show stages");
      grants.deadLetters(READ, "count records that were set aside");
    }
  },
  GATEWAY {
    @Override
    void collect(Grants grants) {
      grants.topic(Topics.MODEL_UPDATES, READ, "offer updates");
      grants.topic(Topics.MODEL_BLOBS, READ, "keep their artifacts");
      grants.topic(Topics.TRUST, READ, "offer what vouches for them");
      grants.topic(Topics.DEVICE_REPORTS, WRITE, "pass on what devices report");
      grants.bySetting(
          Topics.DEVICE_REPORTS,
          READ,
          "know what hawkBit clients have reported (gateway.hawkbit.tenants)");
      grants.stageReports();
    }
  },
  TAP {
    @Override
    void collect(Grants grants) {
      grants.topic(Topics.COMPLETIONS, WRITE, "record completions");
      grants.stageReports();
    }
  },
  DEVICE {
    @Override
    void collect(Grants grants) {
      grants.topic(Topics.MODEL_UPDATES, READ, "follow updates");
      grants.topic(Topics.MODEL_BLOBS, READ, "fetch artifacts");
      grants.bySetting(Topics.TRUST, READ, "verify signatures (a device with a root)");
      grants.topic(Topics.DEVICE_REPORTS, WRITE, "report");
      grants.stageReports();
    }
  },
  FEED {
    @Override
    void collect(Grants grants) {
      grants.topic(Topics.REQUESTS, WRITE, "send requests by the log");
      grants.topic(Topics.GROUND_TRUTH, WRITE, "send what is known of the truth");
    }
  },
  SYNTHESIZE {
    @Override
    void collect(Grants grants) {
      grants.topic(Topics.REQUESTS, READ, "go on behind what a run has sent");
      grants.topic(Topics.REQUESTS, WRITE, "send made-up texts by the log");
      grants.topic(Topics.CHECKPOINTS, READ, "know whether the student learns from traffic");
      grants.bySetting(
          Topics.CHECKPOINT_BLOBS, READ, "choose by disagreement (synthesize --candidates)");
    }
  },
  LABELS {
    @Override
    void collect(Grants grants) {
      grants.topic(Topics.SOFT_LABELS, READ, "export labels, label texts again");
      grants.topic(Topics.RELABELS, READ, "export labels, know which there are");
      grants.topic(Topics.GROUND_TRUTH, READ, "export the truth beside them");
      grants.transactions(
          TransactionalIds.labels(grants.pipeline()), "import and label again, each label once");
      grants.topic(Topics.RELABELS, WRITE, "publish labels of requests that have one");
      grants.bySetting(Topics.REQUESTS, WRITE, "record requests (labels import)");
      grants.bySetting(Topics.SOFT_LABELS, WRITE, "publish their labels (labels import)");
      grants.bySetting(Topics.GROUND_TRUTH, WRITE, "publish their truth (labels import)");
    }
  },
  ADMINISTRATOR {
    @Override
    void collect(Grants grants) {
      String all = grants.pipeline().name() + ".";
      grants.topics(all, CREATE, "create the pipeline's topics");
      grants.topics(all, DESCRIBE, "see which are missing");
    }
  };

  abstract void collect(Grants grants);

  /**
   * What it needs, each right once.
   *
   * @param model the one that is trained, quantized and published
   */
  public List<Grant> grants(Pipeline pipeline, String model) {
    Grants collected = new Grants(pipeline, model);
    collect(collected);
    return collected.list();
  }

  /** Its name on the command line. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The role of this name. */
  public static Optional<Role> named(String text) {
    return Arrays.stream(values()).filter(role -> role.text().equals(text)).findFirst();
  }
}
