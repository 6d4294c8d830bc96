import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import type { LinkState, Relay } from "../relay/relay.js";
import type { ContractTest } from "./contract-test.js";

/** What {@link relayContract} needs to try a relay. */
export interface RelayContractSubject {
  /** The relay of one more process; all of a test are of the same relay. */
  connect(): Promise<Relay>;
  /** Ends a process without a goodbye: the others must hear that it is gone. Without it that is not tried. */
  kill?(relay: Relay): Promise<void>;
  /** Interrupts the way of a process to the others for a moment, and resolves when that is over. Without it that is not tried. */
  interrupt?(relay: Relay): Promise<void>;
  /** Frees what the subject uses, at the end of a test. */
  close?(): Promise<void>;
}

/** Longest wait for something that must come, in milliseconds. */
const patienceMs = 30_000;

type Check = (subject: RelayContractSubject) => Promise<void>;

const checks: Readonly<Record<string, Check>> = {
  "a message reaches every process that subscribed, the sender's included": async ({ connect }) => {
    const [one, other] = [await connect(), await connect()];
    const [atOne, atOther] = [await hear(one, "a topic"), await hear(other, "a topic")];
    await one.publish("a topic", "hello ä 日本");
    await until(() => atOne.length === 1 && atOther.length === 1);
    assert.deepEqual([atOne, atOther], [["hello ä 日本"], ["hello ä 日本"]]);
  },

  "topics are told apart, whatever they are called": async ({ connect }) => {
    const [one, other] = [await connect(), await connect()];
    const topics = ["a", "A", "a*", "a?", "[a]", "{a}", "a/b", "ä", "a\0b", "k".repeat(512)];
    const heard: string[] = [];
    for (const topic of topics) await other.subscribe(topic, (message) => heard.push(`${topic} ${message}`));
    for (const topic of topics) await one.publish(topic, `for ${topic}`);
    await until(() => heard.length >= topics.length);
    assert.deepEqual(heard.sort(), topics.map((topic) => `${topic} for ${topic}`).sort());
  },

  "several listeners of a topic stop one by one, each twice": async ({ connect }) => {
    const [one, other] = [await connect(), await connect()];
    const [first, second]: [string[], string[]] = [[], []];
    const stopFirst = await other.subscribe("topic", (message) => first.push(message));
    const stopSecond = await other.subscribe("topic", (message) => second.push(message));
    await one.publish("topic", "to both");
    await until(() => first.length === 1 && second.length === 1);
    stopFirst();
    stopFirst();
    await one.publish("topic", "to one");
    await until(() => second.length === 2);
    stopSecond();
    const again = await hear(other, "topic");
    await one.publish("topic", "to the last");
    await until(() => again.length === 1);
    assert.deepEqual([first, second, again], [["to both"], ["to both", "to one"], ["to the last"]]);
  },

  "subscribing anew right after stopping loses nothing": async ({ connect }) => {
    const [one, other] = [await connect(), await connect()];
    for (let round = 0; round < 20; round += 1) {
      const stop = await other.subscribe("topic", () => undefined);
      stop();
      const heard: string[] = [];
      const stopAgain = await other.subscribe("topic", (message) => heard.push(message));
      await one.publish("topic", `round ${round}`);
      await until(() => heard.includes(`round ${round}`));
      stopAgain();
    }
  },

  "each claim of a name has another number, which others can read": async ({ connect }) => {
    const [one, other] = [await connect(), await connect()];
    const claims = [await one.claim("name"), await one.claim("name"), await other.claim("name")];
    assert.equal(new Set(claims).size, 3);
    for (const claim of claims)
      assert.ok(Number.isInteger(claim) && claim > 0 && claim < 2 ** 31, `${claim}`);
    assert.deepEqual(await one.claimed(["never claimed", "name"]), [undefined, claims[2]]);
    assert.deepEqual(await one.claimed([]), []);
  },

  "whose claim was the last one hears of the next one's, and nobody else": async ({ connect }) => {
    const relays = [await connect(), await connect(), await connect()] as const;
    const heard = relays.map((relay) => {
      const overtaken: [string, number][] = [];
      relay.onOvertaken((name, claim) => overtaken.push([name, claim]));
      return overtaken;
    });
    const claims: number[] = [];
    for (const relay of relays) claims.push(await relay.claim("user\0device\0Ping"));
    await until(() => heard[0]?.length === 1 && heard[1]?.length === 1);
    const [first, second] = claims;
    assert.deepEqual(heard, [[["user\0device\0Ping", first]], [["user\0device\0Ping", second]], []]);
  },

  "a process does not overtake itself": async ({ connect }) => {
    const [one, other] = [await connect(), await connect()];
    const overtaken: number[] = [];
    one.onOvertaken((_, claim) => overtaken.push(claim));
    await one.claim("name");
    const last = await one.claim("name");
    await other.claim("name");
    await until(() => overtaken.length > 0);
    assert.deepEqual(overtaken, [last]);
  },

  "of many claims at once each but the last is overtaken": async ({ connect }) => {
    const relays = [await connect(), await connect(), await connect(), await connect()];
    const overtaken: number[] = [];
    for (const relay of relays) relay.onOvertaken((_, claim) => overtaken.push(claim));
    const claims = await Promise.all(relays.map((relay) => relay.claim("name")));
    await until(() => overtaken.length === 3);
    const [last] = await (relays[0] as Relay).claimed(["name"]);
    assert.deepEqual([...overtaken, last].sort(), claims.sort());
  },

  "a name is leased to one process until that lets it go": async ({ connect }) => {
    const [one, other] = [await connect(), await connect()];
    assert.notEqual(one.id, other.id);
    assert.equal(await one.lease("name"), one.id);
    assert.equal(await one.lease("name"), one.id);
    assert.equal(await other.lease("name"), one.id);
    await other.release("name");
    assert.equal(await other.lease("name"), one.id);
    await one.release("name");
    assert.equal(await other.lease("name"), other.id);
    assert.equal(await one.lease("another name"), one.id);
  },

  "of many that lease a name at once one gets it": async ({ connect }) => {
    const relays = [await connect(), await connect(), await connect()];
    const owners = await Promise.all(relays.map((relay) => relay.lease("name")));
    assert.equal(new Set(owners).size, 1);
  },

  "what a process had leased is free once it is gone, and the others hear of that": async (subject) => {
    if (subject.kill === undefined) return;
    const [one, other] = [await subject.connect(), await subject.connect()];
    assert.equal(await one.lease("name"), one.id);
    const gone: string[] = [];
    other.onGone((id) => gone.push(id));
    assert.equal(await other.lease("name"), one.id);
    await subject.kill(one);
    await until(() => gone.includes(one.id));
    assert.equal(await other.lease("name"), other.id);
  },

  "after an interruption it says so, and hears again of what it subscribed to": async (subject) => {
    if (subject.interrupt === undefined) return;
    const [one, other] = [await subject.connect(), await subject.connect()];
    const heard = await hear(other, "topic");
    const links: LinkState[] = [];
    const overtaken: number[] = [];
    other.onLink((link) => links.push(link));
    other.onOvertaken((_, claim) => overtaken.push(claim));
    const claim = await other.claim("name");
    await subject.interrupt(other);
    await until(() => links.at(-1) === "restored");
    await one.publish("topic", "after");
    await one.claim("name");
    await until(() => heard.includes("after") && overtaken.includes(claim));
  },

  "listeners that were taken out hear nothing": async ({ connect }) => {
    const [one, other] = [await connect(), await connect()];
    const heard: string[] = [];
    const stops = [
      one.onOvertaken(() => heard.push("overtaken")),
      one.onGone(() => heard.push("gone")),
      one.onLink(() => heard.push("link")),
    ];
    for (const stop of [...stops, ...stops]) stop();
    let wasTold = false;
    one.onOvertaken(() => {
      wasTold = true;
    });
    await one.claim("name");
    await other.claim("name");
    await until(() => wasTold);
    assert.deepEqual(heard, []);
  },
};

/**
 * What every {@link Relay} must do, as tests for any runner.
 *
 * @param make makes a relay that nobody uses yet; called once for each test.
 */
export function relayContract(
  make: () => RelayContractSubject | Promise<RelayContractSubject>,
): readonly ContractTest[] {
  return Object.entries(checks).map(([name, check]) => ({
    name,
    run: async () => {
      const subject = await make();
      try {
        await check(subject);
      } finally {
        await subject.close?.();
      }
    },
  }));
}

async function hear(relay: Relay, topic: string): Promise<string[]> {
  const heard: string[] = [];
  await relay.subscribe(topic, (message) => heard.push(message));
  return heard;
}

async function until(holds: () => boolean): Promise<void> {
  const giveUpAt = Date.now() + patienceMs;
  while (!holds()) {
    assert.ok(Date.now() < giveUpAt, "what the relay must tell did not come");
    await pause(2);
  }
}
