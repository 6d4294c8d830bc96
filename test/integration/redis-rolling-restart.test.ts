import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { redisIsThere } from "./redis-server.js";
import { RedisSite } from "./redis-site.js";

/**
 * Answers that a phone gets at most between a mail's arrival and the mail: those of a Sync that had begun and of the next Ping, of a Ping that
 * its process's end answers, of the Ping that tells, and of the Sync that brings.
 */
const mostAnswers = 5;

describe.skipIf(!redisIsThere())("restarting all processes in turn", () => {
  let site: RedisSite;

  beforeAll(async () => {
    site = await RedisSite.start();
  });

  afterAll(() => site?.close());

  test("under load breaks no connection, loses and doubles nothing, and keeps no mail waiting", async () => {
    const { cluster, phones, users } = site;
    const old = [...cluster.nodes];
    let isOver = false;
    const answersAtArrival = new Map<string, readonly number[]>();
    const load = (async () => {
      for (let at = 0; !isOver; at += 1) {
        const subject = await cluster.deliver(users[at % users.length] ?? "");
        answersAtArrival.set(
          subject,
          phones.map(({ answers }) => answers),
        );
        await pause(50);
      }
    })();
    for (const node of old) {
      await cluster.add();
      await node.close();
    }
    isOver = true;
    await load;
    await site.allHaveAll();
    await site.allAreHeld();
    expect(cluster.nodes.some((node) => old.includes(node))).toBe(false);
    expect([site.sum("broken"), site.sum("turnedAway"), site.sum("resyncs")]).toEqual([0, 0, 0]);
    for (const [index, phone] of phones.entries()) {
      const waits = phone.mails.map((mail, at) => {
        return (phone.answersAtMail[at] ?? 0) - (answersAtArrival.get(mail)?.[index] ?? 0);
      });
      expect(Math.max(...waits)).toBeLessThanOrEqual(mostAnswers);
    }
  });
});
