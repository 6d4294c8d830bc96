import assert from "node:assert/strict";
import type { Arrival, MailboxChangeSource, MailboxRef } from "../push/mailbox-change-source.js";
import type { ContractTest } from "./contract-test.js";

/** A change source to be tested, with one folder that the test can change. */
export interface ChangeSourceSubject {
  readonly source: MailboxChangeSource;
  readonly mailbox: MailboxRef;
  /** A folder of the mailbox that nobody else changes meanwhile. */
  readonly folder: string;
  /** Another such folder, for the tests that need two; they pass unseen without it. */
  readonly otherFolder?: string;
  /** Changes `folder`: adds a mail, say. Resolves once the mail server has it. */
  change(): Promise<void>;
  /** Called after each test. */
  close?(): Promise<void> | void;
}

/** How patient the suite is. */
export interface ChangeSourceContractOptions {
  /** Longest wait for a notification, in milliseconds: 2000 by default. A source that polls needs more than its interval. */
  readonly notifiedWithinMs?: number;
}

type Requirement = (subject: ChangeSourceSubject, notifiedWithinMs: number) => Promise<void>;

/**
 * What every {@link MailboxChangeSource} must do, as tests.
 *
 * @param make called once for each test; what it made is closed afterwards, whether the test passes or not.
 */
export function mailboxChangeSourceContract(
  make: () => ChangeSourceSubject | Promise<ChangeSourceSubject>,
  options: ChangeSourceContractOptions = {},
): readonly ContractTest[] {
  const { notifiedWithinMs = 2_000 } = options;
  return Object.entries(requirements).map(([name, requirement]) => ({
    name,
    async run() {
      const subject = await make();
      try {
        await requirement(subject, notifiedWithinMs);
      } finally {
        await subject.close?.();
      }
    },
  }));
}

const requirements: Readonly<Record<string, Requirement>> = {
  "a folder's marker is a string that stays while nothing changes": async ({ source, mailbox, folder }) => {
    const first = await source.marker(mailbox, folder);
    assert.equal(typeof first, "string", "marker() must resolve to a string");
    assert.equal(await source.marker(mailbox, folder), first, "the marker changed without a change");
  },

  "a folder's marker differs after each change": async ({ source, mailbox, folder, change }) => {
    const markers = new Set([await source.marker(mailbox, folder)]);
    for (let time = 1; time <= 3; time += 1) {
      await change();
      markers.add(await source.marker(mailbox, folder));
      assert.equal(markers.size, time + 1, "the marker is one that the folder had before");
    }
  },

  "a change of one folder leaves another folder's marker alone": async (subject) => {
    const { source, mailbox, otherFolder } = subject;
    if (otherFolder === undefined) return;
    const before = await source.marker(mailbox, otherFolder);
    await subject.change();
    assert.equal(await source.marker(mailbox, otherFolder), before, "the other folder's marker changed");
  },

  "a watch tells of a change, and names its folder": async (subject, notifiedWithinMs) => {
    const calls = new Calls();
    const stop = await watch(subject, calls);
    await subject.change();
    await calls.wait(subject.folder, notifiedWithinMs);
    stop();
  },

  "the marker differs by the time the watch tells of the change": async (subject, notifiedWithinMs) => {
    const { source, mailbox, folder } = subject;
    const before = await source.marker(mailbox, folder);
    const calls = new Calls();
    const stop = await watch(subject, calls);
    await subject.change();
    await calls.wait(folder, notifiedWithinMs);
    assert.notEqual(
      await source.marker(mailbox, folder),
      before,
      "notified, but the marker is still the old one",
    );
    stop();
  },

  "a mail that the watch tells of as arrived is in the marker that comes with it": async (
    subject,
    notifiedWithinMs,
  ) => {
    const { source, mailbox, folder } = subject;
    const calls = new Calls();
    const stop = await watch(subject, calls);
    await subject.change();
    await calls.wait(folder, notifiedWithinMs);
    const { arrival } = calls;
    if (arrival !== undefined) {
      assert.equal(arrival.marker, await source.marker(mailbox, folder), "the arrival has another marker");
      assert.ok(Number.isFinite(arrival.dateReceivedMs), "the arrival has no date");
    }
    stop();
  },

  "no change falls between an open watch and a marker that is read next": async (
    subject,
    notifiedWithinMs,
  ) => {
    const { source, mailbox, folder } = subject;
    const before = await source.marker(mailbox, folder);
    const calls = new Calls();
    const stop = await watch(subject, calls);
    const [marker] = await Promise.all([source.marker(mailbox, folder), subject.change()]);
    if (marker === before) await calls.wait(folder, notifiedWithinMs);
    stop();
  },

  "a watch tells of every later change, not of the first alone": async (subject, notifiedWithinMs) => {
    const calls = new Calls();
    const stop = await watch(subject, calls);
    for (let time = 0; time < 3; time += 1) {
      calls.forget();
      await subject.change();
      await calls.wait(subject.folder, notifiedWithinMs);
    }
    stop();
  },

  "a watch is never told from inside watch() or before it resolves to its stop function": async (subject) => {
    const { source, mailbox, folder } = subject;
    await subject.change();
    let isInside = true;
    let wasToldInside = false;
    const opening = source.watch(mailbox, [folder], () => {
      wasToldInside ||= isInside;
    });
    isInside = false;
    const stop = await opening;
    assert.equal(typeof stop, "function", "watch() must resolve to a function");
    assert.equal(wasToldInside, false, "onChange was called from inside watch()");
    stop();
  },

  "a watch of several folders tells of each": async (subject, notifiedWithinMs) => {
    const { source, mailbox, folder, otherFolder } = subject;
    if (otherFolder === undefined) return;
    const calls = new Calls();
    const stop = await source.watch(mailbox, [otherFolder, folder], calls.onChange);
    await subject.change();
    await calls.wait(folder, notifiedWithinMs);
    stop();
  },

  "stopping one watch leaves another of the same folder open": async (subject, notifiedWithinMs) => {
    const [stopped, open] = [new Calls(), new Calls()];
    const stopFirst = await watch(subject, stopped);
    const stopSecond = await watch(subject, open);
    stopFirst();
    await subject.change();
    await open.wait(subject.folder, notifiedWithinMs);
    stopSecond();
  },

  "a watch may be stopped twice, and opened again": async (subject, notifiedWithinMs) => {
    const stopFirst = await watch(subject, new Calls());
    stopFirst();
    stopFirst();
    const calls = new Calls();
    const stop = await watch(subject, calls);
    stopFirst();
    await subject.change();
    await calls.wait(subject.folder, notifiedWithinMs);
    stop();
  },
};

function watch({ source, mailbox, folder }: ChangeSourceSubject, calls: Calls): Promise<() => void> {
  return source.watch(mailbox, [folder], calls.onChange);
}

/** The calls of an `onChange`. */
class Calls {
  readonly #folders: string[] = [];
  #onCall: () => void = () => {};

  /** Of the last call. */
  arrival: Arrival | undefined;

  readonly onChange = (folder: string, told?: Arrival | "perhaps"): void => {
    this.#folders.push(folder);
    this.arrival = told === "perhaps" ? undefined : told;
    this.#onCall();
  };

  forget(): void {
    this.#folders.length = 0;
  }

  async wait(folder: string, withinMs: number): Promise<void> {
    if (this.#folders.includes(folder)) return;
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => {
        const heard = this.#folders.length === 0 ? "nothing" : this.#folders.join(", ");
        reject(
          new assert.AssertionError({ message: `no call for ${folder} within ${withinMs} ms, but ${heard}` }),
        );
      }, withinMs);
      this.#onCall = () => {
        if (!this.#folders.includes(folder)) return;
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
