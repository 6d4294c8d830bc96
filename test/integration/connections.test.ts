import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { within } from "../contract/deadline.js";
import { ask, type ServerReport } from "./network-messages.js";
import { canMakeNamespaces, RoutedNetwork } from "./network-namespaces.js";

describe.skipIf(!canMakeNamespaces())("a network that forgets a connection and tells nobody", () => {
  let network: RoutedNetwork;
  let server: ChildProcess;
  let phone: ChildProcess;

  beforeEach(async () => {
    network = new RoutedNetwork();
    server = network.start("server", "./network-server.ts");
    const [port] = await within("the server to listen", once(server, "message"));
    phone = network.start("phone", "./network-phone.ts", String(port));
    await within("the phone", once(phone, "message"));
    expect(await ask(phone, "set up")).toBe("1");
  });

  afterEach(() => network.remove());

  it("loses the answer to a Ping although it was written; the next Ping tells of the change again", async () => {
    await ask(phone, "ping");
    await serverSays("a Ping is held", ({ held }) => held === 1);
    network.forward(false);
    await ask(server, "deliver");
    const lost = await serverSays("the answer is written", ({ finished }) => finished === 1);
    expect(lost).toMatchObject({ held: 0, openWatches: 0, ended: ["changed"] });
    expect(await ask(phone, "is answered")).toBe("no");

    await ask(phone, "vanish");
    network.forward(true);
    await ask(phone, "ping");
    await phoneIsAnswered("2");
    expect(await ask(phone, "sync")).toEqual({ status: "1", added: 1 });
    expect(await ask(phone, "sync")).toEqual({ status: "1", added: 0 });
    expect(await ask(server, "report")).toMatchObject({
      held: 0,
      openWatches: 0,
      ended: ["changed", "changed"],
    });
  });

  it("loses the answer to a hanging Sync; the same key gets the same mail, once", async () => {
    await ask(phone, "hanging sync");
    await serverSays("a Sync is held", ({ held }) => held === 1);
    network.forward(false);
    await ask(server, "deliver");
    await serverSays("the answer is written", ({ finished }) => finished === 1);
    await ask(phone, "vanish");
    network.forward(true);
    expect(await ask(phone, "sync")).toEqual({ status: "1", added: 1 });
    expect(await ask(phone, "sync")).toEqual({ status: "1", added: 0 });
  });

  it("hides that a phone went away; its next Ping takes the ghost's place", async () => {
    await ask(phone, "ping");
    await serverSays("a Ping is held", ({ held }) => held === 1);
    network.forward(false);
    await ask(phone, "vanish");
    network.forward(true);
    await ask(phone, "ping");
    const after = await serverSays("the ghost is superseded", ({ ended }) => ended.length === 1);
    expect(after).toMatchObject({ held: 1, openWatches: 1, ended: ["superseded"] });
    await ask(server, "deliver");
    await phoneIsAnswered("2");
  });

  async function serverSays(what: string, holds: (report: ServerReport) => boolean): Promise<ServerReport> {
    const poll = async (): Promise<ServerReport> => {
      for (;;) {
        const report = await ask<ServerReport>(server, "report");
        if (holds(report)) return report;
      }
    };
    return await within(what, poll());
  }

  async function phoneIsAnswered(status: string): Promise<void> {
    const poll = async (): Promise<void> => {
      while ((await ask(phone, "is answered")) !== status);
    };
    await within(`Status ${status} at the phone`, poll());
  }
});
