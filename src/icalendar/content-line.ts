/** Most characters of a parameter's value: a name is no novel. */
const maxParameterCharacters = 256;

/** A line of a calendar (RFC 5545, 3.1), folded. `value` is written as it is; parameters that are undefined are left out. */
export function contentLine(
  name: string,
  value: string,
  parameters: Readonly<Record<string, string | undefined>> = {},
): string {
  const given = Object.entries(parameters).filter(([, text]) => text !== undefined);
  const written = given.map(([key, text = ""]) => `;${key}=${parameterValue(text)}`).join("");
  return folded(`${name}${written}:${value}`);
}

/** A property's text (RFC 5545, 3.3.11). */
export function textValue(text: string): string {
  return text
    .replaceAll(/[\\;,]/g, "\\$&")
    .replaceAll(/\r\n|[\r\n\u2028\u2029]/g, "\\n")
    .replaceAll(/\p{Cc}+/gu, " ");
}

/** Quoted where it has to be; what no parameter can have is left out (RFC 5545, 3.2). */
function parameterValue(text: string): string {
  const shown = text
    .replaceAll(/["\p{Cc}]+/gu, " ")
    .trim()
    .slice(0, maxParameterCharacters);
  return /[:;, ]/.test(shown) ? `"${shown}"` : shown;
}

/** Lines of at most 75 octets; no character has more than four. */
function folded(line: string): string {
  if (Buffer.byteLength(line) <= 75) return line;
  const characters = [...line];
  const pieces: string[] = [];
  for (let at = 0; at < characters.length; at += 18) pieces.push(characters.slice(at, at + 18).join(""));
  return pieces.join("\r\n ");
}
