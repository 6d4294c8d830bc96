/** Longest keyword that is stored: Dovecot refuses the whole command for a longer one. */
const maxKeywordBytes = 50;
/** More than a device can be sent ([MS-ASEMAIL] 2.2.2.17). */
const maxCategories = 300;

/** What may stand in a keyword as it is: an atom of RFC 9051, without what begins a system flag or an escape. */
const plainCharacters = /^[A-Za-z0-9!#&'+,\-./:;<>?@^_`|~]$/;

/** Keywords that say something to programs and nothing to people; those that begin with `$` are the registered ones. */
const hiddenKeywords = new Set(["junk", "nonjunk", "notjunk", "junkrecorded", "forwarded", "mdnsent", "old"]);

/**
 * The IMAP keyword that stands for a category: the category itself, with each byte that a keyword cannot have as `=` and two digits. Undefined
 * for one that is too long, or that other programs would take for something else.
 */
export function keywordOf(category: string): string | undefined {
  const text = category.trim();
  const keyword = [...text].map(escaped).join("");
  if (keyword === "" || keyword.length > maxKeywordBytes || isHidden(keyword)) return undefined;
  return keyword;
}

/** The category that a keyword stands for; undefined for a system flag, and for a keyword that is no user's. */
export function categoryOf(keyword: string): string | undefined {
  if (keyword === "" || isHidden(keyword)) return undefined;
  const text = decoded(keyword);
  // What another program wrote may only look like ours.
  const isOurs = text !== undefined && keywordOf(text)?.toLowerCase() === keyword.toLowerCase();
  return isOurs ? text : keyword;
}

/** The categories of a message, in an order that its server has no say in. */
export function categoriesOf(flags: ReadonlySet<string>): readonly string[] {
  const categories = [...flags].flatMap((flag) => categoryOf(flag) ?? []);
  return categories.sort((a, b) => (a < b ? -1 : 1)).slice(0, maxCategories);
}

/** Which keywords are to be set and which removed, for a message to have the wanted categories and no other. */
export function keywordChanges(
  flags: ReadonlySet<string>,
  categories: readonly string[],
): { readonly add: readonly string[]; readonly remove: readonly string[] } {
  const wanted = new Map<string, string>();
  for (const category of categories.slice(0, maxCategories)) {
    const keyword = keywordOf(category);
    if (keyword !== undefined) wanted.set(keyword.toLowerCase(), keyword);
  }
  const present = [...flags].filter((flag) => categoryOf(flag) !== undefined);
  const has = new Set(present.map((flag) => flag.toLowerCase()));
  return {
    add: [...wanted].filter(([key]) => !has.has(key)).map(([, keyword]) => keyword),
    remove: present.filter((flag) => !wanted.has(flag.toLowerCase())),
  };
}

function isHidden(keyword: string): boolean {
  return /^[\\$]/.test(keyword) || hiddenKeywords.has(keyword.toLowerCase());
}

function escaped(character: string, index: number): string {
  const isPlain = plainCharacters.test(character) && !(index === 0 && character === "$");
  if (isPlain) return character;
  return [...Buffer.from(character, "utf8")]
    .map((byte) => `=${byte.toString(16).toUpperCase().padStart(2, "0")}`)
    .join("");
}

function decoded(keyword: string): string | undefined {
  const bytes: number[] = [];
  for (let at = 0; at < keyword.length; at += 1) {
    const code = keyword.charCodeAt(at);
    if (code > 0x7e) return undefined;
    if (keyword[at] !== "=") {
      bytes.push(code);
      continue;
    }
    const digits = keyword.slice(at + 1, at + 3);
    if (!/^[0-9A-Fa-f]{2}$/.test(digits)) return undefined;
    bytes.push(Number.parseInt(digits, 16));
    at += 2;
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(Uint8Array.from(bytes));
  } catch {
    return undefined;
  }
}
