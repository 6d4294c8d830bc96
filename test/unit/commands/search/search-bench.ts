import type { Command } from "../../../../src/commands/command.js";
import { search } from "../../../../src/commands/search/index.js";
import type { ProtocolVersion } from "../../../../src/protocol/version.js";
import { element, Search, textElement, type WbxmlElement } from "../../../../src/wbxml/index.js";
import { until } from "../../../contract/deadline.js";
import { type CommandBench, documentOf, plain } from "../command-context.js";

/** Whose mailbox it is. */
export const user = "alice@example.com";

/** Children of an element; what is undefined is left out. */
export type Parts = readonly (WbxmlElement | undefined)[];

/** A mail as it travels. */
export function mail(subject: string, body = "hello", from = "Bob <bob@example.com>"): string {
  return [`From: ${from}`, `To: ${user}`, `Subject: ${subject}`, "", body, ""].join("\r\n");
}

/** A Search of a store. */
export function store(name: string, query: WbxmlElement, options: Parts = []): WbxmlElement {
  return element(Search.Search, [
    element(Search.Store, [
      textElement(Search.Name, name),
      query,
      options.length === 0 ? undefined : element(Search.Options, options),
    ]),
  ]);
}

/** A Query of the mailbox. */
export function and(...criteria: Parts): WbxmlElement {
  return element(Search.Query, [element(Search.And, criteria)]);
}

/** A limit by date. */
export function dated(tag: number, property: number, value: string): WbxmlElement {
  return element(tag, [element(property, []), textElement(Search.Value, value)]);
}

/** What the Store answered, as plain data. */
export async function ask(
  bench: CommandBench,
  document: WbxmlElement,
  version: ProtocolVersion = "16.1",
  command: Command = search,
): Promise<Answered> {
  const sent = await bench.send(command, document, { version });
  // The parser of mail is loaded when it is first needed, which is no matter of the bench's clock.
  await until("an outcome", () => sent.outcome !== undefined);
  const root = plain(documentOf(sent)) as Plain;
  const [, status, response] = root;
  if (status?.[1] !== "1") throw new Error(`Search answered ${JSON.stringify(root)}`);
  const [, answered] = response as unknown as [string, Plain];
  const children = answered.slice(1) as unknown as readonly Plain[];
  const textOf = (name: string): string | undefined => children.find(([tag]) => tag === name)?.[1] as never;
  return {
    status: textOf("Status") ?? "",
    results: children.filter(([tag]) => tag === "Result"),
    range: textOf("Range"),
    total: textOf("Total"),
  };
}

/** An element as plain data: its name, then its text or its children. */
export type Plain = readonly [string, ...(readonly unknown[])[]];

/** What a Store answered. */
export interface Answered {
  readonly status: string;
  readonly results: readonly Plain[];
  readonly range: string | undefined;
  readonly total: string | undefined;
}

/** The texts of a property of all results, wherever it is in them. */
export function propertyOf(answered: Answered, name: string): readonly string[] {
  const texts: string[] = [];
  const visit = (node: unknown): void => {
    if (!Array.isArray(node)) return;
    if (node[0] === name && typeof node[1] === "string") texts.push(node[1]);
    for (const inner of node.slice(1)) visit(inner);
  };
  for (const result of answered.results) visit(result);
  return texts;
}
