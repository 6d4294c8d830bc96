/** A mail that every process's copy of the mailbox gets. */
export interface DeliveredMail {
  readonly user: string;
  readonly subject: string;
  readonly receivedMs: number;
}

/** What a process of the cluster is told. */
export type ToNode =
  | { readonly kind: "deliver"; readonly mails: readonly DeliveredMail[] }
  | { readonly kind: "publish"; readonly user: string }
  | { readonly kind: "held" }
  /** Answer what is held, and end. */
  | { readonly kind: "close" };

/** What a process of the cluster tells. Each `ToNode` but `close` is answered, in order. */
export type FromNode =
  | { readonly kind: "listening"; readonly port: number }
  | { readonly kind: "done" }
  | { readonly kind: "held"; readonly devices: readonly string[] };
