import { describe, expect, test } from "vitest";
import type { MailboxChangeSource } from "../../../src/push/mailbox-change-source.js";
import { mailboxChangeSourceContract } from "../../../src/testing/change-source-contract.js";
import { FakeClock } from "../../../src/testing/fake-clock.js";
import { MockChangeSource } from "../../../src/testing/mock-change-source.js";

const mailbox = { user: "alice" };

function subject(source: MockChangeSource): Parameters<typeof mailboxChangeSourceContract>[0] {
  return () => ({
    source,
    mailbox,
    folder: "inbox",
    otherFolder: "sent",
    change: async () => source.change("alice", "inbox"),
  });
}

describe("the mock source is a change source", () => {
  for (const { name, run } of mailboxChangeSourceContract(subject(new MockChangeSource()))) test(name, run);
});

describe("the contract fails a source that", () => {
  const faults: Record<string, (source: MockChangeSource) => Partial<MailboxChangeSource>> = {
    "never changes its marker": () => ({ marker: async () => "same" }),
    "has a new marker each time": () => {
      let count = 0;
      return { marker: async () => String(count++) };
    },
    "never tells": (source) => ({ watch: (whose, folders) => source.watch(whose, folders, () => {}) }),
    "tells once": (source) => ({
      watch: (whose, folders, onChange) => {
        let told = false;
        return source.watch(whose, folders, (folder) => {
          if (!told) onChange(folder);
          told = true;
        });
      },
    }),
    "names the wrong folder": (source) => ({
      watch: (whose, folders, onChange) => source.watch(whose, folders, () => onChange("INBOX")),
    }),
    "tells from inside watch": (source) => ({
      watch: (whose, folders, onChange) => {
        for (const folder of folders) onChange(folder);
        return source.watch(whose, folders, onChange);
      },
    }),
    "returns no stop function": (source) => ({
      watch: async (whose, folders, onChange) => {
        await source.watch(whose, folders, onChange);
        return undefined as unknown as () => void;
      },
    }),
    "watches the first folder alone": (source) => ({
      watch: (whose, folders, onChange) => source.watch(whose, folders.slice(0, 1), onChange),
    }),
  };

  test.each(Object.entries(faults))("%s", async (_name, fault) => {
    const source = new MockChangeSource();
    const faulty: MailboxChangeSource = {
      marker: (whose, folder) => source.marker(whose, folder),
      watch: (whose, folders, onChange) => source.watch(whose, folders, onChange),
      ...fault(source),
    };
    let closed = 0;
    const cases = mailboxChangeSourceContract(
      async () => ({
        ...(await subject(source)()),
        source: faulty,
        close: async () => {
          closed += 1;
        },
      }),
      { notifiedWithinMs: 5 },
    );
    const results = await Promise.allSettled(cases.map(({ run }) => run()));
    expect(results.some(({ status }) => status === "rejected")).toBe(true);
    expect(closed).toBe(cases.length);
  });
});

describe("the mock source", () => {
  test("counts what is asked of it", async () => {
    const source = new MockChangeSource();
    await source.marker(mailbox, "inbox");
    const stop = await source.watch(mailbox, ["inbox"], () => {});
    await source.watch(mailbox, ["inbox"], () => {});
    stop();
    stop();
    expect(source).toMatchObject({
      markersAsked: 1,
      watchesAsked: 2,
      watchesOpened: 2,
      watchesStopped: 1,
      watchesOpen: 1,
    });
  });

  test("misbehaves as told", async () => {
    const clock = new FakeClock();
    const source = new MockChangeSource(clock);
    const error = new Error("down");
    source.markerBehaviour = { kind: "reject", error };
    await expect(source.marker(mailbox, "inbox")).rejects.toBe(error);
    source.markerBehaviour = { kind: "throw", error };
    expect(() => source.marker(mailbox, "inbox")).toThrow(error);
    source.watchBehaviour = { kind: "delay", delayMs: 100 };
    const opening = source.watch(mailbox, ["inbox"], () => {});
    await clock.advance(99);
    expect(source.watchesOpen).toBe(0);
    await clock.advance(1);
    await opening;
    expect(source.watchesOpen).toBe(1);
  });

  test("tells of changes, of none, of unwatched folders and after the stop", async () => {
    const source = new MockChangeSource();
    const heard: string[] = [];
    source.notifiedInsideWatch = ["inside"];
    const stop = await source.watch(mailbox, ["inbox"], (folder) => heard.push(folder));
    source.setMarker("alice", "inbox", "silent");
    source.change("alice", "sent");
    source.change("bob", "inbox");
    source.notify("alice", "inbox");
    source.notifyUnwatched("alice", "sent");
    source.notifyStopped("too early");
    stop();
    source.change("alice", "inbox");
    source.notifyStopped("late");
    expect(heard).toEqual(["inside", "inbox", "sent", "late"]);
    expect(source.markerNow("alice", "inbox")).toMatch(/^changed-/);
  });
});
