import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { CommandContext } from "../../../../src/commands/command.js";
import { guardedMailbox } from "../../../../src/mailbox/guarded-mailbox.js";
import type { SubmissionResult } from "../../../../src/mailbox/mail-submission.js";
import { guardedSubmission } from "../../../../src/server/guarded-submission.js";
import { guardedStateStore } from "../../../../src/state/guarded-state-store.js";
import type { WbxmlElement } from "../../../../src/wbxml/index.js";
import type { BenchWishes } from "../command-context.js";
import { bob, calendar, carol, daily, MeetingBench, review, type Told } from "./meeting-bench.js";
import { changeOccurrence, deleteOccurrence, type Meeting, said } from "./meeting-requests.js";
import { addCommand, type CollectionAnswer, changeCommand, deleteCommand } from "./sync-bench.js";
import { meetingInWords, ToldAttendee } from "./told-attendee.js";

/** What goes wrong at one call of the server into what outlives it. */
interface Fault {
  /** Which call, from 0 on. */
  readonly at: number;
  /** Whether the call still has its effect. */
  readonly takesEffect: boolean;
  /** Whether the process dies of it, and no later call happens. */
  readonly isDeath: boolean;
}

/** A bench whose server fails at a call. */
class FailingBench extends MeetingBench {
  calls = 0;
  fault: Fault | undefined;

  static override async begin(wishes: BenchWishes = {}): Promise<FailingBench> {
    return new FailingBench(calendar, wishes).setUp();
  }

  override context(wishes: BenchWishes = {}, sequence?: number): CommandContext {
    const context = super.context(wishes, sequence);
    const bound = { timeoutMs: 10_000, clock: this.clock };
    return {
      ...context,
      mailbox: guardedMailbox(this.#failing(this.mailbox), bound),
      submission: guardedSubmission(this.#failing(this.mailbox.submission), bound),
      state: guardedStateStore(this.#failing(this.state), bound),
    };
  }

  /** Sends commands until they are answered as done, as phones do; the first time with a fault. */
  async insist(commands: readonly WbxmlElement[], fault?: Fault): Promise<CollectionAnswer> {
    this.calls = 0;
    this.fault = fault;
    for (let attempt = 0; attempt < 5; attempt += 1) {
      const answer = await this.one({ id: calendar, key: this.key, commands }).catch(() => undefined);
      this.fault = undefined;
      if (answer?.status === "1") {
        this.key = answer.key;
        return answer;
      }
      // Another process takes what is being sent for its own only after a while.
      await this.clock.advance(130_000);
    }
    throw new Error("The commands are never answered as done");
  }

  #failing<T extends object>(target: T): T {
    return new Proxy(target, {
      get: (object, property) => {
        const member: unknown = Reflect.get(object, property, object);
        if (typeof member !== "function") return member;
        return async (...args: unknown[]) => {
          const { fault } = this;
          const call = this.calls++;
          const isDead = fault?.isDeath === true && call > fault.at;
          if (isDead) throw new Error("The process is dead");
          const fails = call === fault?.at;
          if (fails && !fault?.takesEffect) throw new Error("The call failed");
          const result: unknown = await Reflect.apply(member, object, args);
          if (fails) throw new Error("The answer of the call is lost");
          return result;
        };
      },
    });
  }
}

type Step = (id: string) => readonly WbxmlElement[];

const people = [bob, carol];
const steps: Readonly<Record<string, { readonly meeting: Meeting; readonly step: Step }>> = {
  "other people": {
    meeting: review,
    step: (id) => [changeCommand(id, said({ people: [carol] }))],
  },
  "nobody any more": { meeting: review, step: (id) => [changeCommand(id, said({ people: [] }))] },
  "another occurrence": {
    meeting: daily,
    step: (id) => [
      changeOccurrence(id, "20260110T090000Z", { start: "20260110T120000Z", end: "20260110T130000Z" }),
    ],
  },
  "an occurrence less": { meeting: daily, step: (id) => [deleteOccurrence(id, "20260110T090000Z")] },
  "calling off": { meeting: { ...review, people }, step: (id) => [deleteCommand(id)] },
  "two changes at once": {
    meeting: review,
    step: (id) => [addCommand("c2", said(daily)), changeCommand(id, said({ place: "Room 5" }))],
  },
};

/** What is told, and how many calls it takes. */
async function run(
  name: string,
  fault: Fault | undefined,
): Promise<{ readonly news: readonly Told[]; readonly calls: number; readonly items: number }> {
  const { meeting, step } = steps[name] ?? { meeting: review, step: () => [] };
  const bench = await FailingBench.begin();
  const id = await bench.make(meeting);
  bench.news();
  await bench.insist(step(id), fault);
  const { calls } = bench;
  return { news: bench.news(), calls, items: bench.ids().length };
}

describe("an announcement", () => {
  it.each(Object.keys(steps))("of %s is made once whatever fails, and is not lost", async (name) => {
    const expected = await run(name, undefined);
    expect(expected.news.length).toBeGreaterThan(0);
    const kinds = [
      { takesEffect: false, isDeath: false },
      { takesEffect: true, isDeath: false },
      { takesEffect: true, isDeath: true },
    ];
    for (let at = 0; at < expected.calls; at += 1) {
      for (const kind of kinds) {
        const fault = { at, ...kind };
        const { news, items } = await run(name, fault);
        expect({ fault, news, items }).toEqual({ fault, news: expected.news, items: expected.items });
      }
    }
  });

  it("is not made again for a request whose answer was lost", async () => {
    const bench = await MeetingBench.begin();
    const add = [addCommand("c1", said(review))];
    await bench.lost(add);
    await bench.up(add);
    const [id = ""] = bench.ids();
    expect(bench.news()).toEqual([{ what: "REQUEST 0", to: [bob] }]);
    const change = [changeCommand(id, said({ place: "Room 5" })), deleteOccurrence(id, "20260108T090000Z")];
    await bench.lost(change);
    await bench.up(change);
    expect(bench.news()).toEqual([{ what: "REQUEST 1", to: [bob] }]);
    const removal = [deleteCommand(id)];
    await bench.lost(removal);
    await bench.up(removal);
    expect(bench.news()).toEqual([{ what: "CANCEL 2", to: [bob] }]);
  });

  it("is made again by a user who says the same once more", async () => {
    const bench = await MeetingBench.begin();
    const id = await bench.make();
    bench.news();
    for (const subject of ["A", "B", "A", "B"]) await bench.up([changeCommand(id, said({ subject }))]);
    expect(bench.news()).toHaveLength(4);
  });
});

describe("a meeting that cannot be announced", () => {
  type Reason = Extract<SubmissionResult, { kind: "refused" }>["reason"];

  function refuse(bench: MeetingBench, reason: Reason): () => void {
    const { submission } = bench.mailbox;
    const submit = submission.submit.bind(submission);
    submission.submit = async () => ({ kind: "refused", reason });
    return () => {
      submission.submit = submit;
    };
  }

  it("is told with the next change of it", async () => {
    const bench = await MeetingBench.begin();
    const mend = refuse(bench, "failed");
    const refused = await bench.up([addCommand("c1", said({ ...review, people }))]);
    expect(refused.responses).toEqual(["Add c1 120"]);
    const [id = ""] = bench.ids();
    // The phone does not know it as its own, and is given it.
    expect(refused.adds).toEqual([id]);
    mend();
    await bench.up([changeCommand(id, said({ reminder: 5 }))]);
    expect(bench.news()).toEqual([{ what: "REQUEST 0", to: people }]);
    const fail = refuse(bench, "quota-exceeded");
    const moved = await bench.up([changeCommand(id, said({ place: "Room 5", people: [bob] }))]);
    expect(moved.responses).toEqual([`Change ${id} 115`]);
    const kept = await bench.up([deleteCommand(id)]);
    expect([kept.responses, kept.adds]).toEqual([[`Delete ${id} 115`], [id]]);
    fail();
    await bench.up([changeCommand(id, said({ reminder: 10 }))]);
    expect(bench.news()).toEqual([
      { what: "REQUEST 1", to: [bob] },
      { what: "CANCEL 1", to: [carol] },
    ]);
    await bench.up([changeCommand(id, said({ reminder: 15 }))]);
    expect(bench.news()).toEqual([]);
  });

  it("is told when the refused request is repeated", async () => {
    const bench = await MeetingBench.begin();
    const mend = refuse(bench, "failed");
    const add = [addCommand("c1", said(review))];
    await bench.lost(add);
    mend();
    const answer = await bench.up(add);
    const [id = ""] = bench.ids();
    expect([answer.responses, answer.adds]).toEqual([[`Add c1 ${id} 1`], []]);
    expect(bench.news()).toEqual([{ what: "REQUEST 0", to: [bob] }]);
  });

  it("is refused for addresses that nobody has, but called off all the same once they are nobody's", async () => {
    const bench = await MeetingBench.begin();
    const id = await bench.make();
    refuse(bench, "recipient-unknown");
    expect((await bench.up([addCommand("c2", said(review))])).responses).toEqual(["Add c2 183"]);
    expect((await bench.up([changeCommand(id, said({ place: "Room 5" }))])).responses).toEqual([]);
    expect((await bench.up([deleteCommand(id)])).responses).toEqual([]);
    expect(bench.ids()).not.toContain(id);
  });

  it("is not stored where the user has no address to send from", async () => {
    const bench = await MeetingBench.begin({ user: "alice" });
    Object.assign(bench.mailbox, { userInformation: async () => ({ addresses: [] }) });
    expect((await bench.up([addCommand("c1", said(review))])).responses).toEqual(["Add c1 167"]);
    expect(bench.ids()).toEqual([]);
  });
});

const edits = ["move", "rename", "remove-one", "move-one", "people", "back", "own", "delete"] as const;

function editOf(edit: (typeof edits)[number], number: number, id: string): WbxmlElement {
  const hour = String(8 + (number % 9)).padStart(2, "0");
  const occurrence = `202601${String(10 + (number % 4)).padStart(2, "0")}T090000Z`;
  const times = { start: `20260108T${hour}0000Z`, end: `20260108T${hour}3000Z` };
  switch (edit) {
    case "move":
      return changeCommand(id, said(times));
    case "rename":
      return changeCommand(id, said({ subject: `Subject ${number}` }));
    case "remove-one":
      return deleteOccurrence(id, occurrence);
    case "move-one":
      return changeOccurrence(id, occurrence, {
        start: occurrence.replace("T09", "T1"),
        end: occurrence.replace("T090000", "T230000"),
      });
    case "people":
      return changeCommand(id, said({ people: number % 2 === 0 ? [bob] : [bob, carol] }));
    case "back":
      return changeCommand(id, said(daily));
    case "own":
      return changeCommand(id, said({ reminder: number % 60 }));
    case "delete":
      return deleteCommand(id);
  }
}

describe("those who are invited", () => {
  it("know in the end how the meeting is, whatever failed and whatever the user did instead", async () => {
    const fault = fc.record({
      at: fc.integer({ min: 0, max: 25 }),
      takesEffect: fc.boolean(),
      isDeath: fc.boolean(),
    });
    const turn = fc.record({
      edit: fc.constantFrom(...edits),
      number: fc.integer({ min: 0, max: 99 }),
      fault: fc.option(fault, { nil: undefined, freq: 2 }),
      /** Whether the user does something else where the phone did not hear an answer. */
      isDropped: fc.boolean(),
    });
    const property = fc.asyncProperty(fc.array(turn, { minLength: 1, maxLength: 8 }), async (turns) => {
      const bench = await FailingBench.begin();
      const all = [new ToldAttendee(bob), new ToldAttendee(carol)];
      const id = await bench.make({ ...daily, people });
      const { uid = "" } = await bench.stored(id);
      for (const { edit, number, fault: failure, isDropped } of turns) {
        await bench.clock.advance(130_000);
        const commands = [editOf(edit, number, id)];
        if (isDropped && edit !== "delete") {
          bench.calls = 0;
          bench.fault = failure;
          const answer = await bench.one({ id: calendar, key: bench.key, commands }).catch(() => undefined);
          bench.fault = undefined;
          if (answer?.status === "1") bench.key = answer.key;
        } else await bench.insist(commands, failure);
      }
      await bench.clock.advance(130_000);
      if (bench.ids().includes(id)) await bench.insist([changeCommand(id, said({ reminder: 77 }))]);
      for (const mail of bench.out) for (const one of all) one.hears(mail);
      const meeting = bench.ids().includes(id) ? await bench.stored(id) : undefined;
      for (const one of all) {
        const isInvited = meeting?.attendees?.some(({ email }) => email === one.address) === true;
        expect(one.knows(uid)).toBe(isInvited && meeting !== undefined ? meetingInWords(meeting) : undefined);
        expect(one.faults).toEqual([]);
      }
    });
    await fc.assert(property, { numRuns: 60 });
  });
});
