import { beforeEach, expect, it } from "vitest";
import { NodeQuestions } from "../../../../../src/cli/serve/nodes/node-questions.js";
import type { Question } from "../../../../../src/cli/serve/question.js";
import { FakeClock, type MemoryRelay, MemoryRelayHub } from "../../../../../src/testing/index.js";

interface TestNode {
  readonly relay: MemoryRelay;
  readonly nodes: NodeQuestions;
}

const question: Question = { topic: "status", query: { text: "alice" } };
let clock: FakeClock;
let hub: MemoryRelayHub;

beforeEach(() => {
  clock = new FakeClock();
  hub = new MemoryRelayHub({ clock });
});

async function node(
  name: string,
  answer = async (asked: Question): Promise<unknown> => ({ name, asked }),
): Promise<TestNode> {
  const relay = hub.connect();
  const nodes = new NodeQuestions({ relay, answer, clock });
  await nodes.start();
  await clock.advance(0);
  return { relay, nodes };
}

/** What a node is answered, and after how many milliseconds. */
async function asked({
  nodes,
}: TestNode): Promise<{ readonly answers: readonly unknown[]; readonly afterMs: number }> {
  const startedAtMs = clock.now();
  let answers: readonly unknown[] | undefined;
  void nodes.ask({ ...question, everywhere: true }).then((all) => {
    answers = all;
  });
  for (;;) {
    await clock.advance(0);
    if (answers !== undefined) return { answers, afterMs: clock.now() - startedAtMs };
    await clock.advance(100);
  }
}

const answerOf = (name: string): unknown => ({ name, asked: question });

it("alone asks itself", async () => {
  expect(await asked(await node("a"))).toEqual({ answers: [answerOf("a")], afterMs: 0 });
});

it("asks all, and has their answers as soon as they are there", async () => {
  const [a, b, c] = [await node("a"), await node("b"), await node("c")];
  expect(await asked(a)).toEqual({ answers: ["a", "b", "c"].map(answerOf), afterMs: 0 });
  expect(await asked(b)).toEqual({ answers: ["b", "a", "c"].map(answerOf), afterMs: 0 });
  expect(await asked(c)).toEqual({ answers: ["c", "a", "b"].map(answerOf), afterMs: 0 });
});

it("leaves out those that have nothing to say, without waiting for them", async () => {
  const a = await node("a");
  await node("b", async () => undefined);
  await node("c", async () => {
    throw new Error("cannot say");
  });
  expect(await asked(a)).toEqual({ answers: [answerOf("a")], afterMs: 0 });
});

it("sends nothing while nobody asks", async () => {
  for (const name of ["a", "b", "c"]) await node(name);
  const before = hub.delivered;
  await clock.advance(3_600_000);
  expect(hub.delivered).toBe(before);
});

it("waits for one that was killed once, and for one that said goodbye not at all", async () => {
  const [a, b, c] = [await node("a"), await node("b"), await node("c")];
  await c.nodes.close();
  expect((await asked(a)).afterMs).toBe(0);
  hub.kill(b.relay);
  const first = await asked(a);
  expect(first.answers).toEqual([answerOf("a")]);
  expect(first.afterMs).toBeGreaterThan(0);
  expect(first.afterMs).toBeLessThanOrEqual(2_000);
  expect((await asked(a)).afterMs).toBe(0);
});

it("does not wait for one that says goodbye meanwhile", async () => {
  const a = await node("a");
  const b = await node("b", () => new Promise(() => {}));
  const answers = a.nodes.ask(question);
  await clock.advance(0);
  await b.nodes.close();
  await clock.advance(0);
  expect(await answers).toEqual([answerOf("a")]);
});

it("counts one in again that was too slow once", async () => {
  const a = await node("a");
  let release = (): void => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  await node("b", async (asked) => {
    await released;
    return { name: "b", asked };
  });
  expect((await asked(a)).answers).toEqual([answerOf("a")]);
  release();
  await clock.advance(0);
  expect(await asked(a)).toEqual({ answers: ["a", "b"].map(answerOf), afterMs: 0 });
});

it("tells of itself while the others cannot be reached, and finds those that came meanwhile", async () => {
  const a = await node("a");
  await node("b");
  hub.cut(a.relay);
  await node("c");
  expect(await asked(a)).toEqual({ answers: [answerOf("a")], afterMs: 0 });
  hub.heal(a.relay);
  await clock.advance(0);
  expect(await asked(a)).toEqual({ answers: ["a", "b", "c"].map(answerOf), afterMs: 0 });
});

it("survives what other versions may send", async () => {
  const [a, b] = [await node("a"), await node("b")];
  for (const text of ["", "{", "null", "[]", '{"kind":"ask"}', '{"kind":"new","from":"x"}']) {
    await b.relay.publish("serve/nodes", text);
  }
  await b.relay.publish(
    `serve/node/${a.relay.id}`,
    JSON.stringify({ kind: "answer", from: b.relay.id, id: 7 }),
  );
  await clock.advance(0);
  expect(await asked(a)).toEqual({ answers: ["a", "b"].map(answerOf), afterMs: 0 });
});
