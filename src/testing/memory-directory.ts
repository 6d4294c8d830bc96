import type { DirectoryEntry, DirectoryQuery } from "../mailbox/abilities/directory.js";
import { wordsOf } from "./memory-search.js";

/** Those of the entries that have a word beginning with each word of the query, by name. */
export function searchEntries(
  entries: readonly DirectoryEntry[],
  { text, first, limit, withPhotos }: DirectoryQuery,
): { readonly entries: readonly DirectoryEntry[]; readonly total: number } {
  const found = matchingEntries(entries, text);
  const page = found.slice(first, first + limit);
  return { entries: withPhotos ? page : page.map(({ photo: _, ...entry }) => entry), total: found.length };
}

/** All of the entries that match a text, by name. */
export function matchingEntries<T extends DirectoryEntry>(entries: readonly T[], text: string): readonly T[] {
  const wanted = wordsOf(text);
  if (wanted.length === 0) return [];
  return entries
    .filter((entry) => {
      const words = Object.values(entry).flatMap((value) =>
        typeof value === "string" ? wordsOf(value) : [],
      );
      return wanted.every((prefix) => words.some((word) => word.startsWith(prefix)));
    })
    .sort((a, b) => (a.displayName < b.displayName ? -1 : 1));
}
