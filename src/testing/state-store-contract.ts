import assert from "node:assert/strict";
import type { StateStore } from "../state/state-store.js";
import type { ContractTest } from "./contract-test.js";

type Check = (store: StateStore) => Promise<void>;

const checks: Readonly<Record<string, Check>> = {
  "a key that was never written has no value": async (store) => {
    assert.equal(await store.read("never"), undefined);
  },

  "a key can be written once without a version, and is read back": async (store) => {
    const version = await store.write("key", '{"a":1}', undefined);
    assert.equal(typeof version, "string");
    assert.deepEqual(await store.read("key"), { value: '{"a":1}', version });
    assert.equal(await store.write("key", "other", undefined), undefined);
    assert.deepEqual(await store.read("key"), { value: '{"a":1}', version });
  },

  "a write takes effect only with the present version": async (store) => {
    const first = await store.write("key", "one", undefined);
    const second = await store.write("key", "two", first);
    assert.equal(typeof second, "string");
    assert.notEqual(second, first);
    assert.equal(await store.write("key", "three", first), undefined);
    assert.equal(await store.write("key", "three", "no such version"), undefined);
    assert.deepEqual(await store.read("key"), { value: "two", version: second });
  },

  "writing the same value again still changes the version": async (store) => {
    const first = await store.write("key", "same", undefined);
    const second = await store.write("key", "same", first);
    assert.notEqual(second, first);
    assert.equal(await store.write("key", "same", first), undefined);
  },

  "a version is needed for a key that exists, and refused for one that does not": async (store) => {
    assert.equal(await store.write("key", "one", "a version"), undefined);
    assert.equal(await store.read("key"), undefined);
  },

  "a deleted key is gone and can be written anew": async (store) => {
    const old = await store.write("key", "one", undefined);
    await store.delete("key");
    assert.equal(await store.read("key"), undefined);
    assert.equal(await store.write("key", "two", old), undefined);
    const anew = await store.write("key", "two", undefined);
    assert.equal((await store.read("key"))?.value, "two");
    assert.notEqual(anew, old, "a version from before the deletion would still be accepted");
  },

  "deleting a key that does not exist is ignored": async (store) => {
    await store.delete("never");
    assert.equal(await store.read("never"), undefined);
  },

  "of many writers with the same version one wins": async (store) => {
    const first = await store.write("key", "start", undefined);
    const writers = Array.from({ length: 20 }, (_, writer) => `writer ${writer}`);
    const versions = await Promise.all(writers.map((value) => store.write("key", value, first)));
    const won = versions.flatMap((version, at) => (version === undefined ? [] : [{ version, at }]));
    assert.equal(won.length, 1, `${won.length} of 20 writers were told that they won`);
    const [winner] = won;
    assert.deepEqual(await store.read("key"), { value: writers[winner?.at ?? -1], version: winner?.version });
  },

  "of many writers of a new key one wins": async (store) => {
    const writers = Array.from({ length: 20 }, (_, writer) => store.write("key", `${writer}`, undefined));
    const versions = await Promise.all(writers);
    assert.equal(versions.filter((version) => version !== undefined).length, 1);
  },

  "keys of any text up to 512 characters are told apart": async (store) => {
    const stem = "k".repeat(511);
    const keys = [
      "a",
      "A",
      "a ",
      "a/b",
      "a:b",
      "a*",
      "a?",
      "%61",
      "ä",
      "a\u0308",
      "日本",
      "..",
      `${stem}1`,
      `${stem}2`,
    ];
    for (const key of keys) assert.notEqual(await store.write(key, `of ${key}`, undefined), undefined, key);
    for (const key of keys) assert.equal((await store.read(key))?.value, `of ${key}`);
    await store.delete("a");
    assert.equal((await store.read("A"))?.value, "of A");
  },

  "values come back as they were, to the last character": async (store) => {
    const values = [`"'\\\r\n\t\u0001`, "äöü 日本 😀", "x".repeat(200_000), "{}"];
    for (const [at, value] of values.entries()) await store.write(`key ${at}`, value, undefined);
    for (const [at, value] of values.entries()) assert.equal((await store.read(`key ${at}`))?.value, value);
  },
};

/**
 * What every {@link StateStore} must do, as tests for any runner.
 *
 * @param make makes an empty store; called once for each test.
 */
export function stateStoreContract(make: () => StateStore | Promise<StateStore>): readonly ContractTest[] {
  return Object.entries(checks).map(([name, check]) => ({
    name,
    run: async () => check(await make()),
  }));
}
