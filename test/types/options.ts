/** Compiled, never run: what must not compile is marked, and the compiler complains about a mark that is not needed. */
import {
  createDirectPush,
  type DirectPush,
  type Mailbox,
  type MailboxChangeSource,
  protocolVersions,
  type StateStore,
} from "direct-push";

declare const mailbox: Mailbox;
declare const source: MailboxChangeSource;
const authenticate = async () => ({ kind: "user", user: "alice" }) as const;

export const smallest: DirectPush = createDirectPush({ mailbox, source, authenticate });

export const full: DirectPush = createDirectPush({
  mailbox,
  source,
  authenticate: async (attempt) =>
    attempt.kind === "basic" ? { kind: "user", user: attempt.user } : { kind: "refused" },
  heartbeat: { minSeconds: 60, maxSeconds: 1740 },
  policy: { enforce: true },
  authorizeDevice: async (device) =>
    device.type === "iPhone"
      ? { kind: "allow" }
      : { kind: "quarantine", reason: `unknown type ${device.type}` },
  versions: () => protocolVersions,
});

// @ts-expect-error the change source is missing
createDirectPush({ mailbox, authenticate });

// @ts-expect-error nothing says who the user is
createDirectPush({ mailbox, source });

// @ts-expect-error an option that does not exist
createDirectPush({ mailbox, source, authenticate, heartbeatSeconds: 480 });

// @ts-expect-error the unit is part of the name
createDirectPush({ mailbox, source, authenticate, heartbeat: { min: 60 } });

// @ts-expect-error a user must be named
createDirectPush({ mailbox, source, authenticate: async () => ({ kind: "user" }) });

// @ts-expect-error a hook answers with a promise
createDirectPush({ mailbox, source, authenticate: () => ({ kind: "refused" }) });

// @ts-expect-error a device that is kept out is kept out for a reason
createDirectPush({ mailbox, source, authenticate, authorizeDevice: async () => ({ kind: "block" }) });

// @ts-expect-error version 2.5 is not spoken
createDirectPush({ mailbox, source, authenticate, versions: () => ["2.5"] });

// @ts-expect-error a store that does not compare
export const state: StateStore = { read: async () => undefined, delete: async () => undefined };

// @ts-expect-error the server is not changed from outside
smallest.heldCount = 0;
