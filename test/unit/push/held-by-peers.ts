import { relayHoldPeers } from "../../../src/relay/relay-hold-peers.js";
import type { FakeClock } from "../../../src/testing/fake-clock.js";
import {
  type MemoryRelay,
  MemoryRelayHub,
  type MemoryRelayOptions,
} from "../../../src/testing/memory-relay.js";
import { PingBench } from "./held-pings.js";

/** One process of several that hold requests of the same devices. */
export interface Peer {
  readonly relay: MemoryRelay;
  readonly bench: PingBench;
}

/** Several coordinators over one relay; all their clocks go on together. */
export class PeerBench {
  readonly hub: MemoryRelayHub;
  readonly peers: readonly Peer[];

  constructor(processes: number, options: MemoryRelayOptions = {}) {
    this.hub = new MemoryRelayHub(options);
    this.peers = Array.from({ length: processes }, () => {
      const relay = this.hub.connect();
      const peers = relayHoldPeers(relay, { spreadMs: 2_000, random: () => 0.5 });
      return { relay, bench: new PingBench({ peers }) };
    });
  }

  /** The process of that number. */
  at(index: number): Peer {
    const peer = this.peers[index];
    if (peer === undefined) throw new Error(`there is no process ${index}`);
    return peer;
  }

  /** How many requests are held, over all. */
  get held(): number {
    return this.peers.reduce((sum, { bench }) => sum + bench.coordinator.heldCount, 0);
  }

  async advance(ms: number): Promise<void> {
    for (const clock of this.#clocks()) await clock.advance(ms);
    for (const clock of this.#clocks()) await clock.settle();
  }

  #clocks(): FakeClock[] {
    return this.peers.map(({ bench }) => bench.clock);
  }
}
