/** A phone whose hanging Sync is left behind in one process, and whose next request goes to another. */
import { describe, expect, it } from "vitest";
import { createDirectPush, MemoryStateStore } from "../../../src/index.js";
import { FakeClock, InProcessDevice, MemoryMailbox, MemoryRelayHub } from "../../../src/testing/index.js";
import { child, childElements, childText, Ping } from "../../../src/wbxml/index.js";

const user = "alice@example.com";

/** The same phone at two processes, whose messages to one another take as long as is said. */
function twoProcesses(delayMs: number) {
  const clock = new FakeClock();
  const mailbox = new MemoryMailbox({ clock });
  const state = new MemoryStateStore();
  const hub = new MemoryRelayHub({ clock, delayMs: () => delayMs });
  const [here, there] = [0, 1].map(() => {
    const relay = hub.connect();
    const authenticate = async () => ({ kind: "user", user }) as const;
    return new InProcessDevice(
      createDirectPush({ mailbox, source: mailbox, state, relay, clock, authenticate }),
      { user },
    );
  }) as [InProcessDevice, InProcessDevice];
  return { clock, mailbox, here, there };
}

describe("a mail that comes when a phone has left a hanging Sync in another process behind", () => {
  it.each([0, 800])(
    "wakes the Ping after the Sync that followed, with messages of %i ms",
    async (delayMs) => {
      const { clock, mailbox, here, there } = twoProcesses(delayMs);
      await here.folderSync();
      await here.syncAll("inbox");
      const left = here.hangingSync("inbox", { waitSeconds: 900 });
      await clock.settle();
      there.setSyncKey("inbox", here.syncKeyOf("inbox"));
      expect((await there.sync("inbox")).added).toEqual([]);
      mailbox.deliver(user, "Subject: news\r\n\r\n");
      await clock.advance(100);
      expect((await left.answer).document).toBeUndefined();
      const ping = there.ping({ heartbeatSeconds: 900, folders: ["inbox"] });
      await clock.advance(1_000);
      const { document } = await ping.answer;
      expect(childText(document, Ping.Status)).toBe("2");
      expect(childElements(child(document, Ping.Folders)).map(({ content }) => content)).toEqual(["inbox"]);
      expect((await there.sync("inbox")).added).toHaveLength(1);
    },
  );
});
