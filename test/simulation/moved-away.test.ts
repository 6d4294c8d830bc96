import { describe, expect, it } from "vitest";
import { unheardChange } from "./check.js";
import { HeldRequests } from "./held-requests.js";
import { moveItem } from "./move-item.js";
import type { SimulatedPhone } from "./phone.js";
import type { PhoneFolder } from "./phone-folder.js";
import { must } from "./violation.js";
import { World } from "./world.js";

/** A phone that has two mails in its inbox, and moved one of them without having heard of it. */
async function moved() {
  const world = new World(1);
  world.isQuiet = true;
  const [phone] = world.phones;
  must(phone !== undefined, () => "there are no phones");
  for (const title of ["one", "two"]) world.mailbox.deliver(phone.user, `Subject: ${title}\r\n\r\n${title}`);
  await phone.folderSync("delivered");
  const [inbox, deleted] = ["inbox", "deleted"].map((id) => phone.folders.get(id));
  must(inbox !== undefined && deleted !== undefined, () => "a folder is missing");
  await syncAll(phone, [...phone.folders.values()]);
  const [id = "", other = ""] = inbox.items.keys();
  await moveItem(phone, inbox, deleted, id, "answer-lost", world);
  expect([...inbox.items.keys()]).toEqual([id, other]);
  return { world, phone, inbox, deleted, id, other };
}

async function syncAll(phone: SimulatedPhone, folders: readonly PhoneFolder[]): Promise<void> {
  for (const folder of folders) while (folder.moreAvailable) await phone.sync([folder], "delivered", true);
}

describe("a simulated phone that did not hear of its move", () => {
  it("is expected to learn by a Sync that asks for changes, and not by a Ping before it", async () => {
    const { world, phone, inbox, deleted, id, other } = await moved();
    await phone.sync([deleted], "delivered", true);
    await phone.syncUp(inbox);
    const held = new HeldRequests(world);
    await held.hold(phone, "ping");
    await held.pass(5);
    expect(phone.held).toBeDefined();
    expect(inbox.items.has(id)).toBe(true);
    await phone.sync([inbox], "delivered", true);
    expect([...inbox.items.keys()]).toEqual([other]);
    expect(inbox.movedAway.size).toBe(0);
    world.process.die();
  });

  it("is expected to be told of what others remove", async () => {
    const { world, phone, inbox, other } = await moved();
    const window = { filter: inbox.filter, timesMs: [world.now()] };
    expect(unheardChange(inbox, [], phone.version, window, inbox.movedAway)).toBe(
      `inbox: ${other} was deleted`,
    );
    world.process.die();
  });
});
