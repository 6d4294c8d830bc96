import { initialSyncKey } from "../protocol/sync-key.js";
import type { HierarchyGeneration, HierarchyRecord, KnownFolder } from "../state/hierarchy-record.js";
import { isSameTree } from "./folder-tree.js";

/** What a presented key leads to. */
export type HierarchyAnswer =
  /** The key is none that the device can have; or nothing is known of the device, which had a tree. */
  | { readonly kind: "unknown-key"; readonly isForgotten: boolean }
  | {
      readonly kind: "answered";
      /** The tree that the device has, as its key says. */
      readonly before: readonly KnownFolder[];
      /** What it has after the answer. */
      readonly after: HierarchyGeneration;
      readonly record: HierarchyRecord;
    };

/** Generations that are kept: more answers than these lost in a row, each with another tree, cost a new start. */
const maxGenerations = 4;

/**
 * Answers a hierarchy key. Presenting a key proves that the device has its tree, and discards the trees before it; those answered since
 * stay valid, because the answer may have been lost ([MS-ASCMD] 3.1.5.9). Key "0" proves nothing: some devices use it to try a password.
 *
 * @param current the tree as it is now, under a key of its own that is used if no kept generation has the same tree.
 */
export function answerHierarchyKey(
  record: HierarchyRecord | undefined,
  presentedKey: string,
  current: HierarchyGeneration,
): HierarchyAnswer {
  if (presentedKey === initialSyncKey) return answered([], undefined, record?.generations ?? [], current);
  const found = presentedGeneration(record, presentedKey);
  if (found === undefined) return { kind: "unknown-key", isForgotten: record === undefined };
  return answered(found.presented.folders, found.presented, found.later, current);
}

/** Which of the kept generations a device presents, and those that it was given since; undefined for a key that it cannot have. */
export function presentedGeneration(
  record: HierarchyRecord | undefined,
  presentedKey: string,
): { readonly presented: HierarchyGeneration; readonly later: readonly HierarchyGeneration[] } | undefined {
  const known: readonly HierarchyGeneration[] = record?.generations ?? [];
  const index = known.findIndex((generation) => generation.key === presentedKey);
  const presented = known[index];
  return presented && { presented, later: known.slice(index + 1) };
}

/** The record once a device that presented a key was given another for a change of its own. */
export function withOwnGeneration(
  { presented, later }: NonNullable<ReturnType<typeof presentedGeneration>>,
  own: HierarchyGeneration,
): HierarchyRecord {
  return { generations: [presented, ...later.slice(2 - maxGenerations), own] };
}

function answered(
  before: readonly KnownFolder[],
  presented: HierarchyGeneration | undefined,
  later: readonly HierarchyGeneration[],
  current: HierarchyGeneration,
): HierarchyAnswer {
  const candidates = presented === undefined ? later : [presented, ...later];
  const same = candidates.find((generation) => isSameTree(generation.folders, current.folders));
  const after =
    same === undefined
      ? current
      : { ...current, key: same.key, ...(same.change !== undefined && { change: same.change }) };
  const kept = presented === undefined || presented.key === after.key ? [] : [presented];
  const others = later.filter((generation) => generation.key !== after.key);
  const room = maxGenerations - kept.length - 1;
  const [first, ...rest] = [...kept, ...others.slice(-room), after];
  return { kind: "answered", before, after, record: { generations: [first ?? after, ...rest] } };
}
