/** What a process of the cluster is asked. */
export type NodeQuestion =
  /** Tell that the inbox of a user changed. */
  | { readonly kind: "publish"; readonly user: string }
  /** The devices whose requests are held. */
  | { readonly kind: "held" }
  /** Answer when Redis has answered everything of before. */
  | { readonly kind: "settle" }
  /** How often the way to the others was lost, and came back. */
  | { readonly kind: "links" }
  /** Order a device to erase itself. */
  | { readonly kind: "wipe"; readonly user: string; readonly deviceId: string };

/** What a process of the cluster says to that. */
export type NodeReply =
  | { readonly kind: "done" }
  | { readonly kind: "held"; readonly devices: readonly string[] }
  | { readonly kind: "links"; readonly lost: number; readonly restored: number };

/** What a process of the cluster is told. */
export type ToNode =
  | { readonly kind: "ask"; readonly id: number; readonly question: NodeQuestion }
  /** What a call into the mailbox came to. */
  | { readonly kind: "called"; readonly id: number; readonly value?: unknown; readonly error?: string }
  /** Answer what is held, and end. */
  | { readonly kind: "close" };

/** What a process of the cluster tells. */
export type FromNode =
  | { readonly kind: "listening"; readonly port: number }
  | { readonly kind: "reply"; readonly id: number; readonly reply: NodeReply }
  /** A call into the mailbox, which the test has. */
  | MailboxCall;

/** See {@link FromNode}. */
export interface MailboxCall {
  readonly kind: "call";
  readonly id: number;
  readonly method: string;
  readonly args: readonly unknown[];
}
