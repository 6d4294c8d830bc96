import { once } from "node:events";
import { setTimeout as pause } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { within } from "../contract/deadline.js";
import { ask, type ServerReport } from "./network-messages.js";
import { canMakeNamespaces, RoutedNetwork } from "./network-namespaces.js";
import { programIsThere } from "./required-program.js";

const forgetsAfterSeconds = 3;
const canRun = canMakeNamespaces() && programIsThere("nft", "nftables");

describe.skipIf(!canRun)("TCP keep-alive of the server, behind a NAT that forgets idle connections", () => {
  let network: RoutedNetwork;

  beforeEach(() => {
    network = new RoutedNetwork();
    network.masquerade(forgetsAfterSeconds);
  });

  afterEach(() => network.remove());

  /** A phone holds a Ping on a server that probes connections which were idle for so long. Returns how to ask the server. */
  async function hold(keepAliveMs: number): Promise<() => Promise<ServerReport>> {
    const server = network.start("server", "./network-server.ts", String(keepAliveMs));
    const [port] = await within("the server's port", once(server, "message"));
    const phone = network.start("phone", "./network-phone.ts", String(port));
    await within("the phone", once(phone, "message"));
    expect(await ask(phone, "set up")).toBe("1");
    expect(await ask(phone, "ping")).toBe("sent");
    return () => ask<ServerReport>(server, "report");
  }

  it("tells a connection that the NAT forgot from one that was closed", async () => {
    const report = await hold((forgetsAfterSeconds + 1) * 1_000);
    let seen = await report();
    // Node probes ten times, a second apart, before it gives up.
    while (seen.ended.length === 0) {
      await pause(250);
      seen = await report();
    }
    expect(seen).toMatchObject({ held: 0, ended: ["disconnected"], dropped: ["timed-out"], openWatches: 0 });
  });

  it("keeps the NAT from forgetting when it is shorter than its limit", async () => {
    const report = await hold(1_000);
    await pause((forgetsAfterSeconds + 14) * 1_000);
    expect(await report()).toMatchObject({ held: 1, ended: [] });
  });
});
