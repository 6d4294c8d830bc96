/** The phones' process behind a carrier's NAT: one that never learns, and two that find the limit by themselves. */
import {
  directPushStrategy,
  EasClient,
  fixedInterval,
  type HeartbeatStrategy,
  learningStrategy,
} from "../../src/client/index.js";
import type { HeartbeatPhoneMessage } from "./heartbeat-messages.js";
import { hurriedClock } from "./hurried-clock.js";
import { serverAddress } from "./network-namespaces.js";

const [learningPort, plainPort, stubbornSeconds] = process.argv.slice(2).map(Number);

/** A phone that waits for its inbox and tells how each interval ended. */
function phone<State>(
  name: string,
  port: number | undefined,
  heartbeat: HeartbeatStrategy<State>,
  found: (state: State) => number | undefined,
): void {
  const client = new EasClient({
    url: `http://${serverAddress}:${port}`,
    user: "alice@example.com",
    authorization: { kind: "basic", password: "alice" },
    device: { id: name, type: "TestPhone" },
    folders: ({ kind }) => kind === "inbox",
    heartbeat: heartbeat as HeartbeatStrategy<unknown>,
    clock: hurriedClock,
    holdMarginSeconds: 10,
    connectTimeoutMs: 600_000,
    answerTimeoutMs: 600_000,
    backOff: { maximumSeconds: 2 },
  });
  client.events.on("waited", ({ heartbeatSeconds: askedSeconds, outcome }) => {
    const foundSeconds = found(client.state.heartbeat?.state as State);
    const message: HeartbeatPhoneMessage = { phone: name, askedSeconds, outcome: outcome.kind, foundSeconds };
    process.send?.(message);
  });
  void client.run();
}

phone("STUBBORN", learningPort, fixedInterval(stubbornSeconds ?? 0), () => undefined);
phone(
  "DIRECTPUSH",
  plainPort,
  directPushStrategy({ initialSeconds: 150, fallbackSeconds: 80, stepSeconds: 30 }),
  ({ settled, carriedSeconds }) => (settled ? carriedSeconds : undefined),
);
phone("LEARNING", plainPort, learningStrategy({ firstSeconds: 60 }), ({ paths }) => {
  const { limit, carriedSeconds = 0 } = paths[""] ?? {};
  return limit !== undefined && limit.seconds <= carriedSeconds * 1.2 ? carriedSeconds : undefined;
});
process.send?.("ready");
