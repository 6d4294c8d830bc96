import createDebug from "debug";
import type { HoldPeers } from "../push/hold-peers.js";
import type { Relay } from "./relay.js";

const debug = createDebug("direct-push:relay");

/** Where recalls of devices are told. */
const recallTopic = "recall";

/** How the coordinator's side of a relay behaves. */
export interface RelayHoldPeersOptions {
  readonly spreadMs: number;
  /** A number from 0 to below 1. */
  random(): number;
}

/** The other processes behind a relay, as the coordinator sees them. */
export function relayHoldPeers(relay: Relay, { spreadMs, random }: RelayHoldPeersOptions): HoldPeers {
  return {
    spreadMs,
    random,
    claim: (key) => relay.claim(key),
    claimed: (keys) => relay.claimed(keys),
    recall(user, deviceId) {
      relay
        .publish(recallTopic, JSON.stringify([relay.id, user, deviceId]))
        .catch((error: unknown) => debug("recall of %s %s was not told: %O", user, deviceId, error));
    },
    listen(listener) {
      const stops = [
        relay.onOvertaken((key, claim) => listener.overtaken(key, claim)),
        relay.onLink((link) => link === "restored" && listener.restored()),
        subscribeNow(relay, recallTopic, (message) => {
          const told = parseRecall(message);
          if (told !== undefined && told.from !== relay.id) listener.recalled(told.user, told.deviceId);
        }),
      ];
      return () => {
        for (const stop of stops) stop();
      };
    },
  };
}

/** Subscribes and returns at once how to stop, whether or not the subscription is there yet. */
function subscribeNow(relay: Relay, topic: string, onMessage: (message: string) => void): () => void {
  let isStopped = false;
  let stop: (() => void) | undefined;
  relay
    .subscribe(topic, (message) => {
      if (!isStopped) onMessage(message);
    })
    .then(
      (subscribed) => {
        if (isStopped) subscribed();
        else stop = subscribed;
      },
      (error: unknown) => debug("%s: subscribing failed: %O", topic, error),
    );
  return () => {
    isStopped = true;
    stop?.();
  };
}

function parseRecall(
  message: string,
): { readonly from: string; readonly user: string; readonly deviceId: string } | undefined {
  try {
    const parts: unknown = JSON.parse(message);
    if (!Array.isArray(parts)) return undefined;
    const [from, user, deviceId] = parts as unknown[];
    return typeof from === "string" && typeof user === "string" && typeof deviceId === "string"
      ? { from, user, deviceId }
      : undefined;
  } catch {
    return undefined;
  }
}
