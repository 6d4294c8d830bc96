/** The server's process behind a carrier's NAT: one that learns and one that does not, both in a hurry. Says its ports, and then what it learns. */
import type { HeartbeatServerMessage } from "./heartbeat-messages.js";
import { hurriedClock } from "./hurried-clock.js";
import { serverAddress } from "./network-namespaces.js";
import { proxiedServer } from "./proxied-server.js";

const shared = { clock: hurriedClock, callTimeoutMs: 600_000 };
const learning = await proxiedServer(serverAddress, { ...shared, heartbeat: { minSeconds: 15 } });
const plain = await proxiedServer(serverAddress, {
  ...shared,
  heartbeat: { minSeconds: 15, learning: "off" },
});

function say(message: HeartbeatServerMessage): void {
  process.send?.(message);
}

learning.directPush.events.on("heartbeatLearned", ({ limit }) => {
  if (limit !== undefined) say({ kind: "learned", ...limit });
});
say({ kind: "listens", learningPort: learning.port, plainPort: plain.port });
