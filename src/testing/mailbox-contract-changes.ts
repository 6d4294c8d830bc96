import assert from "node:assert/strict";
import type { ItemVersion } from "../mailbox/mailbox.js";
import { apply, content, day, type MailboxCheck, page, readAll, remove } from "./mailbox-contract-subject.js";

/** What change lists must be like. */
export const changeChecks: Readonly<Record<string, MailboxCheck>> = {
  "an empty folder has an empty list and a cursor to go on from": async (subject) => {
    const { changes, cursor } = await readAll(subject, undefined);
    assert.deepEqual(changes, []);
    const id = await subject.add(day(1));
    const later = await readAll(subject, cursor);
    assert.deepEqual([...apply(new Map(), later.changes).keys()], [id]);
  },

  "a listing in pages of any size has every item": async (subject) => {
    const ids = new Set<string>();
    for (let number = 1; number <= 7; number += 1) ids.add(await subject.add(day(number)));
    assert.equal(ids.size, 7, "items share an id");
    for (const limit of [1, 2, 7, 100]) {
      const { changes } = await readAll(subject, undefined, limit);
      assert.deepEqual(new Set(changes.map(({ id }) => id)), ids, `in pages of ${limit}`);
    }
  },

  "ids and versions fit into what devices and state can hold": async (subject) => {
    await subject.add(day(1));
    for (const change of (await readAll(subject, undefined)).changes) {
      assert.ok(change.id.length >= 1 && change.id.length <= 48, `item id ${change.id}`);
      if (change.kind === "present") assert.ok(change.version.length <= 64, `version ${change.version}`);
    }
  },

  "a cursor works more than once": async (subject) => {
    await subject.add(day(1));
    const { cursor } = await readAll(subject, undefined);
    await subject.add(day(2));
    const once = await readAll(subject, cursor);
    await subject.add(day(3));
    const twice = await readAll(subject, cursor);
    assert.ok(twice.changes.length >= 2, "the second reading of a cursor lost changes");
    const known = new Set(twice.changes.map(({ id }) => id));
    for (const { id } of once.changes) assert.ok(known.has(id), `item ${id} was told once only`);
  },

  "what is removed is told as gone": async (subject) => {
    const stays = await subject.add(day(1));
    const goes = await subject.add(day(2));
    const { cursor } = await readAll(subject, undefined);
    await remove(subject, goes);
    const { changes } = await readAll(subject, cursor);
    assert.ok(changes.some((change) => change.kind === "gone" && change.id === goes));
    assert.ok(!changes.some((change) => change.kind === "gone" && change.id === stays));
    assert.deepEqual([...(await content(subject)).keys()], [stays]);
  },

  "what changes while a listing runs is told in the end": async (subject) => {
    const ids: string[] = [];
    for (let number = 1; number <= 6; number += 1) ids.push(await subject.add(day(number)));
    const first = await page(subject, undefined, 2);
    const [oldest = "", newest = ""] = [ids[0], ids[5]];
    await remove(subject, oldest);
    await remove(subject, newest);
    const added = await subject.add(day(7));
    const rest = await readAll(subject, first.cursor, 2);
    // Later is soon enough: with the pages after the listing, or with the next reading.
    const later = await readAll(subject, rest.cursor, 2);
    const changes = [...first.changes, ...rest.changes, ...later.changes];
    const known = apply(new Map(), changes);
    assert.deepEqual(new Set(known.keys()), new Set([...ids.slice(1, 5), added]));
  },

  "every earlier cursor leads to the same folder": async (subject) => {
    const stations: { cursor: string; known: Map<string, ItemVersion> }[] = [];
    const ids: string[] = [];
    let cursor: string | undefined;
    let known = new Map<string, ItemVersion>();
    for (let step = 0; step < 12; step += 1) {
      if (step % 4 === 3) await remove(subject, ids.shift() ?? "");
      else ids.push(await subject.add(day(step + 1)));
      const read = await readAll(subject, cursor, 3);
      known = apply(known, read.changes);
      cursor = read.cursor;
      stations.push({ cursor, known });
    }
    const present = await content(subject);
    for (const station of stations) {
      const { changes } = await readAll(subject, station.cursor, 2);
      assert.deepEqual(apply(station.known, changes), present);
    }
  },

  "nothing is told when nothing happened": async (subject) => {
    await subject.add(day(1));
    const { cursor } = await readAll(subject, undefined);
    const again = await readAll(subject, cursor);
    assert.deepEqual(again.changes, []);
    assert.deepEqual((await readAll(subject, again.cursor)).changes, []);
  },

  "a cursor that means nothing has expired": async ({ mailbox, ref, folder }) => {
    const query = { cursor: "means nothing", sinceMs: undefined, limit: 10 };
    assert.deepEqual(await mailbox.changes(ref, folder, query), { kind: "cursor-expired" });
  },

  "a listing leaves out nothing that a filter by age wants": async (subject) => {
    const { mailbox, ref, folder } = subject;
    await subject.add(day(1));
    const wanted = [await subject.add(day(10)), await subject.add(day(11))];
    const query = { cursor: undefined, sinceMs: day(10), limit: 50 };
    const answer = await mailbox.changes(ref, folder, query);
    assert.equal(answer.kind, "page");
    if (answer.kind !== "page") return;
    const told = new Set(answer.changes.map(({ id }) => id));
    for (const id of wanted) assert.ok(told.has(id), `item ${id} is missing`);
  },

  "an item's version is the one that the change list told": async (subject) => {
    const { mailbox, ref, folder } = subject;
    const id = await subject.add(day(1));
    const { changes } = await readAll(subject, undefined);
    const told = changes.find((change) => change.id === id);
    const state = await mailbox.itemVersion(ref, folder, id);
    assert.deepEqual(state && { kind: "present", id, ...state }, told);
    await remove(subject, id);
    assert.equal(await mailbox.itemVersion(ref, folder, id), undefined);
    assert.equal(await mailbox.itemVersion(ref, folder, "no-such-item"), undefined);
  },

  "an item is there to be read until it is removed": async (subject) => {
    const { mailbox, ref, folder } = subject;
    const view = { bodies: [], withBody: true };
    const id = await subject.add(day(1));
    const item = await mailbox.item(ref, folder, id, view);
    assert.equal(typeof item?.class, "string");
    await remove(subject, id);
    assert.equal(await mailbox.item(ref, folder, id, view), undefined);
    assert.equal(await mailbox.item(ref, folder, "no-such-item", view), undefined);
  },
};
