import type { StateStore } from "../state/state-store.js";

const turnsOfStore = new WeakMap<StateStore, Map<string, Promise<unknown>>>();

/**
 * Runs `work` when all earlier work for the same collection of the same device has ended, well or badly. Within this process alone: between
 * processes the compare-and-set of the store decides.
 */
export async function inTurn<R>(
  store: StateStore,
  names: readonly [user: string, deviceId: string, collectionId: string],
  work: () => Promise<R>,
): Promise<R> {
  let turns = turnsOfStore.get(store);
  if (turns === undefined) {
    turns = new Map();
    turnsOfStore.set(store, turns);
  }
  const key = JSON.stringify(names);
  const earlier = turns.get(key);
  const mine = earlier === undefined ? work() : earlier.then(work, work);
  turns.set(key, mine);
  try {
    return await mine;
  } finally {
    if (turns.get(key) === mine) turns.delete(key);
  }
}
