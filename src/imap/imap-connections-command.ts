import type { ImapFlow } from "imapflow";

/** A part of a command or a response as imapflow's parser has it. */
export type Attribute =
  | { readonly type?: string; readonly value?: unknown; readonly section?: readonly Attribute[] }
  | string
  | null
  | readonly Attribute[];

/** A response that belongs to no command. */
export interface Untagged {
  /** The keyword, or the number before it. */
  readonly command?: string;
  readonly attributes?: readonly Attribute[];
}

/** Takes responses by their keyword. */
export type UntaggedHandlers = Readonly<Record<string, (response: Untagged) => Promise<void>>>;

/** What imapflow can do and its declarations do not show: it is how its own commands are made. */
interface CommandRunner {
  exec(
    command: string,
    attributes: readonly Attribute[],
    options: { readonly untagged?: UntaggedHandlers },
  ): Promise<{ next(): void }>;
  untaggedHandlers: Record<string, (response: Untagged) => Promise<void>>;
  sectionHandlers: Record<string, () => Promise<void>>;
}

/**
 * Sends a command for which imapflow has no method.
 *
 * @param untagged takes the responses that come until it is answered, instead of imapflow.
 * @throws imapflow's error when the server answers NO or BAD.
 */
export async function runCommand(
  client: ImapFlow,
  command: string,
  attributes: readonly Attribute[],
  untagged: UntaggedHandlers = {},
): Promise<void> {
  const response = await (client as unknown as CommandRunner).exec(command, attributes, { untagged });
  response.next();
}

/** Takes responses of one keyword for as long as the connection lives, where no command of its own takes them. */
export function onUntagged(client: ImapFlow, keyword: string, take: (response: Untagged) => void): void {
  (client as unknown as CommandRunner).untaggedHandlers[keyword] = async (response) => take(response);
}

/** Hears of a response code, in whichever response. */
export function onResponseCode(client: ImapFlow, code: string, hear: () => void): void {
  (client as unknown as CommandRunner).sectionHandlers[code] = async () => hear();
}

/** A word that is sent as it is. */
export function atom(value: string): Attribute {
  return { type: "ATOM", value };
}

/** The text of a part of a response; empty for NIL and for lists. */
export function textOf(attribute: Attribute | undefined): string {
  if (typeof attribute === "string") return attribute;
  if (attribute === undefined || attribute === null || isList(attribute)) return "";
  const { value } = attribute;
  return value === undefined || value === null ? "" : String(value);
}

/** Whether a part is a list of parts. */
export function isList(attribute: Attribute | undefined): attribute is readonly Attribute[] {
  return Array.isArray(attribute);
}

/** The names and values of a list like that of STATUS. */
export function pairsOf(list: readonly Attribute[]): readonly (readonly [string, Attribute | undefined])[] {
  const pairs: [string, Attribute | undefined][] = [];
  for (let index = 0; index + 1 < list.length; index += 2) {
    pairs.push([textOf(list[index]).toUpperCase(), list[index + 1]]);
  }
  return pairs;
}
