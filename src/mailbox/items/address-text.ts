/** The address of `"Name" <user@host>`. */
export function addressOf(text: string): string {
  return (/<([^<>]*)>\s*$/.exec(text)?.[1] ?? text).trim();
}

/** The name of `"Name" <user@host>`; the address where there is none. */
export function nameOf(text: string): string {
  const name = /^(.*)<[^<>]*>\s*$/s.exec(text)?.[1]?.trim() ?? "";
  return name.replace(/^"(.*)"$/s, "$1").replaceAll(/\\(["\\])/g, "$1") || addressOf(text);
}
