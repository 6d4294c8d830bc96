/** What the bench tells the process that serves phones in front of the mail server. */
export type ImapServerOrder =
  | { readonly kind: "memory" }
  | { readonly kind: "held" }
  | { readonly kind: "connections" }
  /** The CPU time that the process has used, in microseconds. */
  | { readonly kind: "cpu" }
  /** What a hook of the mail server would say. */
  | { readonly kind: "changed"; readonly user: string };

/** The connections to the mail server: users that are watched for, and connections that work or wait for work. */
export interface ImapConnectionCounts {
  readonly watchedUsers: number;
  readonly pooled: number;
}

/** What the bench tells the process that plays the phones. */
export type ImapPhonesOrder =
  /** Phones of users begin, each with so many devices; the value comes when all of them hold a Ping. */
  | {
      readonly kind: "start";
      readonly port: number;
      readonly users: readonly string[];
      readonly devices: number;
    }
  /** Forgets when phones were answered. */
  | { readonly kind: "forget" }
  /** When each of these users' first device was answered that something has changed, once all are. */
  | { readonly kind: "answered"; readonly users: readonly string[] }
  /** Resolves when all phones hold a Ping. */
  | { readonly kind: "waiting" }
  | { readonly kind: "stop" }
  /** One phone begins anew and syncs its inbox; the value is how it went. */
  | { readonly kind: "initial-sync"; readonly port: number; readonly user: string };

/** A first sync of an inbox. */
export interface InitialSync {
  readonly mails: number;
  readonly seconds: number;
}

/** Every user's password: the mail server of the bench has the users of the integration tests. */
export function passwordOf(user: string): string {
  return `secret of ${user}`;
}
