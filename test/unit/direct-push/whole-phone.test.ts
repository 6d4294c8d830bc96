import { describe, expect, it } from "vitest";
import { createDirectPush, type DirectPushOptions } from "../../../src/index.js";
import { FakeClock, InProcessDevice, MemoryMailbox } from "../../../src/testing/index.js";
import { child, childElements, childText, FolderHierarchy, Ping } from "../../../src/wbxml/index.js";

const user = "alice@example.com";
const mail = (subject: string) =>
  `From: bob@example.com\r\nTo: ${user}\r\nSubject: ${subject}\r\n\r\nhello\r\n`;

function setUp(options: Partial<DirectPushOptions> = {}) {
  const clock = new FakeClock();
  const mailbox = new MemoryMailbox({ clock });
  const directPush = createDirectPush({
    mailbox,
    source: mailbox,
    clock,
    authenticate: async (attempt) =>
      attempt.kind === "basic" && attempt.password === "alice" ? { kind: "user", user } : { kind: "refused" },
    ...options,
  });
  const failures: unknown[] = [];
  directPush.events.on("requestFailed", (event) => failures.push(event));
  directPush.events.on("sourceFailed", (event) => failures.push(event));
  return { clock, mailbox, directPush, failures };
}

describe.each(["12.1", "14.0", "14.1", "16.0", "16.1"] as const)("a phone of version %s", (version) => {
  it.each(["plain", "base64"] as const)(
    "with %s queries: set-up, first sync, push, sync",
    async (queryForm) => {
      const { clock, mailbox, directPush, failures } = setUp({ policy: { enforce: true } });
      const phone = new InProcessDevice(directPush, { version, queryForm });
      mailbox.deliver(user, mail("first"));
      expect((await phone.options()).headers["ms-asprotocolcommands"]).toBe(
        "Sync,FolderSync,FolderCreate,FolderDelete,FolderUpdate,MoveItems,GetItemEstimate,ItemOperations,GetAttachment,Search,Find,ResolveRecipients,ValidateCert,Settings,Ping,Provision",
      );
      phone.policyKey = 0;
      const refused = await phone.folderSync();
      if (version === "12.1") expect(refused.status).toBe(449);
      else expect(childText(refused.document, FolderHierarchy.Status)).toBe("142");
      await phone.provision();
      expect(phone.policyKey).toBeGreaterThan(0);
      const tree = await phone.folderSync();
      const changes = child(tree.document, FolderHierarchy.Changes);
      expect(childElements(changes).length).toBeGreaterThan(5);
      const [start, first] = await phone.syncAll("inbox");
      expect(start).toMatchObject({ status: "1", added: [] });
      expect(first).toMatchObject({ status: "1", moreAvailable: false });
      expect(first?.added).toHaveLength(1);
      const ping = phone.ping({ heartbeatSeconds: 480, folders: ["inbox"] });
      await clock.advance(100_000);
      expect(ping.isAnswered).toBe(false);
      mailbox.deliver(user, mail("second"));
      await clock.advance(1_000);
      expect(childText((await ping.answer).document, Ping.Status)).toBe("2");
      expect((await phone.sync("inbox")).added).toHaveLength(1);
      const next = phone.ping();
      await clock.advance(480_000);
      expect(childText((await next.answer).document, Ping.Status)).toBe("1");
      expect(failures).toEqual([]);
      await directPush.close();
      expect(clock.pendingTimers).toBe(0);
      expect(mailbox.openWatches).toBe(0);
    },
  );
});

it("a phone that is to be erased is told so at once", async () => {
  const { clock, directPush } = setUp();
  const phone = new InProcessDevice(directPush);
  await phone.folderSync();
  await phone.syncAll("inbox");
  const ping = phone.ping({ heartbeatSeconds: 480, folders: ["inbox"] });
  await clock.advance(1_000);
  await directPush.wipeDevice(user, "device1", "device");
  await clock.settle();
  expect(childText((await ping.answer).document, Ping.Status)).toBe("7");
  expect(childText((await phone.folderSync()).document, FolderHierarchy.Status)).toBe("140");
});

it("nothing is stored for the device `validate`", async () => {
  const { directPush } = setUp();
  const probe = new InProcessDevice(directPush, { deviceId: "validate", version: "12.1" });
  expect(childText((await probe.folderSync("0")).document, FolderHierarchy.Status)).toBe("1");
  expect(await directPush.cancelWipe(user, "validate")).toBe(false);
});
