import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  child,
  childText,
  element,
  FolderHierarchy,
  Ping,
  Provision,
  textElement,
} from "../../src/wbxml/index.js";
import { redisIsThere } from "./redis-server.js";
import { RedisSite } from "./redis-site.js";

describe.skipIf(!redisIsThere())("an order to erase over Redis", () => {
  let site: RedisSite;

  beforeAll(async () => {
    site = await RedisSite.start();
  });

  afterAll(() => site?.close());

  test("that one process is given ends the Ping in another, and is obeyed in a third", async () => {
    const [ordered, holding, asked] = site.cluster.nodes;
    if (ordered === undefined || holding === undefined || asked === undefined) throw new Error("no process");
    const phone = site.phone("dan", "DAN0");
    await phone.setUp();
    const ping = phone.at(holding).ping({ heartbeatSeconds: 900, folders: ["inbox"] });
    await site.until("the Ping is held", async () => (await holding.held()).includes("DAN0"));
    await ordered.ask({ kind: "wipe", user: "dan", deviceId: "DAN0" });
    expect(childText((await ping.answer).document, Ping.Status)).toBe("7");
    const device = phone.at(asked);
    expect(childText((await device.folderSync()).document, FolderHierarchy.Status)).toBe("140");
    const told = await device.command("Provision");
    expect(child(told.document, Provision.RemoteWipe)).toBeDefined();
    const report = element(Provision.RemoteWipe, [textElement(Provision.Status, "1")]);
    await device.command("Provision", element(Provision.Provision, [report]));
    for (const node of site.cluster.nodes) {
      const refused = await phone.at(node).folderSync();
      expect(childText(refused.document, FolderHierarchy.Status)).toBe("129");
    }
    await site.allAreHeld();
    expect([site.sum("broken"), site.sum("turnedAway")]).toEqual([0, 0]);
  });
});
