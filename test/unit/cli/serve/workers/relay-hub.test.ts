import { MessageChannel, type MessagePort } from "node:worker_threads";
import { afterEach, expect, test } from "vitest";
import { type Line, readMessage, sendOn } from "../../../../../src/cli/serve/workers/line.js";
import { LineRelay } from "../../../../../src/cli/serve/workers/line-relay.js";
import { RelayHub } from "../../../../../src/cli/serve/workers/relay-hub.js";
import type { Relay } from "../../../../../src/relay/relay.js";
import { relayContract } from "../../../../../src/testing/index.js";

const ports: MessagePort[] = [];
afterEach(() => {
  for (const port of ports.splice(0)) port.close();
});

/** Messages as JSON, as processes send them. */
function lineOver(port: MessagePort): Line {
  ports.push(port);
  return {
    send: (message) => port.postMessage(JSON.stringify(message)),
    onMessage: (listener) => port.on("message", (text: string) => listener(JSON.parse(text))),
  };
}

function subject() {
  const hub = new RelayHub();
  const departures = new Map<Relay, () => void>();
  return {
    connect: async () => {
      const { port1, port2 } = new MessageChannel();
      const { relayId, gone } = hub.join(lineOver(port1));
      const relay = new LineRelay(lineOver(port2), relayId);
      departures.set(relay, gone);
      return relay;
    },
    kill: async (relay: Relay) => departures.get(relay)?.(),
    close: async () => hub.close(),
  };
}

for (const { name, run } of relayContract(subject)) test(name, run);

test("messages of other parts of the program are not taken for ours", () => {
  for (const message of [undefined, null, "text", 1, {}, { type: "prom-client:getMetricsReq" }]) {
    expect(readMessage(message)).toBeUndefined();
  }
});

test("a message of ours is told by its envelope", () => {
  const sent: object[] = [];
  const line: Line = { send: (message) => sent.push(message), onMessage: () => {} };
  sendOn(line, { kind: "drain" });
  expect(readMessage(sent[0])).toEqual({ kind: "drain" });
});
