import type { Question } from "../question.js";

/** What the processes of a server tell one another of themselves. `from` is the relay's id. */
export type NodeMessage =
  /** `isFirst`: it wants to hear who is there. */
  | { readonly kind: "hello"; readonly from: string; readonly isFirst: boolean }
  | { readonly kind: "bye"; readonly from: string }
  | { readonly kind: "ask"; readonly from: string; readonly id: number; readonly question: Question }
  | { readonly kind: "answer"; readonly from: string; readonly id: number; readonly answer?: unknown };

const kinds: ReadonlySet<unknown> = new Set<NodeMessage["kind"]>(["hello", "bye", "ask", "answer"]);

/** A message as text. */
export function nodeMessageText(message: NodeMessage): string {
  return JSON.stringify(message);
}

/** Undefined for what another version of the program may have sent. */
export function parseNodeMessage(text: string): NodeMessage | undefined {
  let message: unknown;
  try {
    message = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof message !== "object" || message === null) return undefined;
  const { kind, from } = message as { readonly kind?: unknown; readonly from?: unknown };
  return kinds.has(kind) && typeof from === "string" ? (message as NodeMessage) : undefined;
}
