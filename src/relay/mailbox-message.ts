import type { Arrival } from "../push/mailbox-change-source.js";

/** What processes tell one another of a mailbox. */
export type MailboxMessage =
  /** A folder changed. */
  | { readonly kind: "changed"; readonly folder: string; readonly arrival?: Arrival }
  /** The sender watches these folders from now on, for all; what happened before may be missed. */
  | { readonly kind: "watching"; readonly folders: readonly string[] }
  /** The sender holds requests for these folders: who watches the mailbox should watch them as well. */
  | { readonly kind: "wanted"; readonly folders: readonly string[] }
  /** The sender does not watch the mailbox any more. */
  | { readonly kind: "free" };

/** A message with who sent it. */
export interface SentMailboxMessage {
  readonly from: string;
  readonly message: MailboxMessage;
}

/** A message as text. */
export function mailboxMessageText(from: string, message: MailboxMessage): string {
  switch (message.kind) {
    case "changed": {
      const { folder, arrival } = message;
      const told = arrival === undefined ? [] : [arrival.marker, arrival.dateReceivedMs];
      return JSON.stringify([from, "changed", folder, ...told]);
    }
    case "free":
      return JSON.stringify([from, "free"]);
    default:
      return JSON.stringify([from, message.kind, message.folders]);
  }
}

/** The message in a text; undefined when there is none that is known. */
export function parseMailboxMessage(text: string): SentMailboxMessage | undefined {
  try {
    const parts: unknown = JSON.parse(text);
    if (!Array.isArray(parts)) return undefined;
    const [from, kind, ...rest] = parts as unknown[];
    const message = typeof from === "string" ? parse(kind, rest) : undefined;
    return message && { from: from as string, message };
  } catch {
    return undefined;
  }
}

function parse(
  kind: unknown,
  [first, marker, dateReceivedMs]: readonly unknown[],
): MailboxMessage | undefined {
  if (kind === "free") return { kind };
  if (kind === "watching" || kind === "wanted") {
    const isList = Array.isArray(first) && first.every((folder) => typeof folder === "string");
    return isList ? { kind, folders: first as string[] } : undefined;
  }
  if (kind !== "changed" || typeof first !== "string") return undefined;
  const isArrival = typeof marker === "string" && typeof dateReceivedMs === "number";
  return { kind, folder: first, ...(isArrival && { arrival: { marker, dateReceivedMs } }) };
}
