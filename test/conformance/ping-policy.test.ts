import { describe, expect, it } from "vitest";
import { createDirectPush, type DirectPush } from "../../src/direct-push.js";
import type { PolicyDocument } from "../../src/protocol/policy.js";
import { MemoryStateStore } from "../../src/state/memory-state-store.js";
import { FakeClock } from "../../src/testing/fake-clock.js";
import { InProcessDevice } from "../../src/testing/in-process-device.js";
import { MemoryMailbox } from "../../src/testing/memory-mailbox.js";
import { childText, element, FolderHierarchy, Ping, Provision, textElement } from "../../src/wbxml/index.js";

const user = "alice@example.com";

class Site {
  readonly clock: FakeClock = new FakeClock();
  readonly mailbox: MemoryMailbox = new MemoryMailbox({ clock: this.clock });
  readonly state: MemoryStateStore = new MemoryStateStore();

  start(document: PolicyDocument | undefined): DirectPush {
    const { mailbox, clock, state } = this;
    return createDirectPush({
      mailbox,
      source: mailbox,
      state,
      clock,
      authenticate: async () => ({ kind: "user", user }),
      ...(document && { policy: { enforce: true, allowUnprovisionable: false, document } }),
    });
  }
}

const folderStatus = async (device: InProcessDevice): Promise<string | number | undefined> => {
  const { status, document } = await device.folderSync();
  return status === 200 ? childText(document, FolderHierarchy.Status) : status;
};

async function pingStatus(site: Site, device: InProcessDevice): Promise<string | undefined> {
  const exchange = device.ping({ heartbeatSeconds: 60, folders: ["inbox"] });
  await site.clock.advance(200);
  if (!exchange.isAnswered) {
    exchange.gone();
    return "held";
  }
  return childText((await exchange.answer).document, Ping.Status);
}

describe("a policy that is enforced", () => {
  it.each([
    ["12.1", 449, 449],
    ["14.0", "141", "142"],
    ["16.1", "141", "142"],
  ] as const)(
    "%s is refused without a key and with key 0, and let in with the key",
    async (version, absent, zero) => {
      const site = new Site();
      const device = new InProcessDevice(site.start({ devicePasswordEnabled: true }), { version });
      expect(await folderStatus(device)).toBe(absent);
      device.policyKey = 0;
      expect(await folderStatus(device)).toBe(zero);
      await device.provision();
      expect(await folderStatus(device)).toBe("1");
      expect(await pingStatus(site, device)).toBe("held");
    },
  );

  it("that was edited is learnt of by Ping 7, then 143, then a new key", async () => {
    const site = new Site();
    const device = new InProcessDevice(site.start({ devicePasswordEnabled: true }));
    await device.provision();
    await device.folderSync();
    const again = new InProcessDevice(
      site.start({ devicePasswordEnabled: true, minDevicePasswordLength: 6 }),
    );
    again.policyKey = device.policyKey;
    expect(await pingStatus(site, again)).toBe("7");
    expect(await folderStatus(again)).toBe("143");
    await again.provision();
    expect(await folderStatus(again)).toBe("1");
    expect(await pingStatus(site, again)).toBe("held");
  });
});

describe("an order to erase", () => {
  it.each([
    ["12.1", 449, 403],
    ["14.1", "140", "129"],
    ["16.1", "140", "129"],
  ] as const)(
    "reaches a held Ping of %s, and the device is refused once it obeyed",
    async (version, ordered, refused) => {
      const site = new Site();
      const server = site.start(undefined);
      const device = new InProcessDevice(server, { version });
      device.policyKey = 0;
      await device.folderSync();
      await device.syncAll("inbox");
      const held = device.ping({ heartbeatSeconds: 600, folders: ["inbox"] });
      await site.clock.advance(200);
      expect(held.isAnswered).toBe(false);
      await server.wipeDevice(user, "device1", "device");
      await site.clock.advance(200);
      expect(childText((await held.answer).document, Ping.Status)).toBe("7");
      expect(await folderStatus(device)).toBe(ordered);
      const demanded = await device.command("Provision");
      expect(demanded.document).toEqual(
        element(Provision.Provision, [
          textElement(Provision.Status, "1"),
          { tag: Provision.RemoteWipe, content: null },
        ]),
      );
      const report = element(Provision.RemoteWipe, [textElement(Provision.Status, "1")]);
      await device.command("Provision", element(Provision.Provision, [report]));
      expect(await folderStatus(device)).toBe(refused);
      expect(await server.cancelWipe(user, "device1")).toBe(true);
      expect(await folderStatus(device)).toBe("1");
    },
  );
});
