import { expect, it } from "vitest";
import { pathProbePrefix } from "../../../src/protocol/path-probe.js";
import { LearningHeartbeatNegotiator } from "../../../src/push/heartbeat-learning.js";
import { BoundedHeartbeatNegotiator } from "../../../src/push/heartbeat-negotiator.js";
import { apartFromProbes } from "../../../src/server/probe-negotiator.js";
import { FakeClock } from "../../../src/testing/fake-clock.js";

const clock = new FakeClock();
const nowSeconds = clock.now() / 1000;
const limit = {
  network: "",
  carriedSeconds: 700,
  lostSeconds: 780,
  isCut: false,
  confirmedAtSeconds: nowSeconds,
  retryAtSeconds: nowSeconds + 3600,
  retryGapSeconds: 3600,
};

it("lets a probe measure whatever the server has learned, and learns nothing of it", () => {
  const learning = new LearningHeartbeatNegotiator({ clock });
  const negotiator = apartFromProbes(learning, new BoundedHeartbeatNegotiator());
  const phone = { user: "alice", deviceId: "PHONE" };
  const probe = { user: "alice", deviceId: `${pathProbePrefix}0A1B2C3D4E5F00` };
  for (const device of [phone, probe]) negotiator.restore(device, { paths: [limit] });
  expect(negotiator.negotiate(phone, 900)).toMatchObject({ kind: "accepted", answerAfterSeconds: 700 });
  expect(negotiator.negotiate(probe, 900)).toMatchObject({ kind: "accepted", answerAfterSeconds: 900 });
  expect(negotiator.negotiate(probe, 4000)).toMatchObject({ kind: "refused", nearestSeconds: 3540 });
  negotiator.observe({
    kind: "requested",
    device: probe,
    sequence: 1,
    command: "Ping",
    askedSeconds: 900,
    answerAfterSeconds: 900,
  });
  expect(negotiator.knowledge(phone)?.paths).toHaveLength(1);
  expect(negotiator.knowledge(probe)).toBeUndefined();
  expect(learning.knowledge(probe)).toBeUndefined();
});
