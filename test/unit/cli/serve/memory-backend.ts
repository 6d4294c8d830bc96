import type { Finding } from "../../../../src/cli/serve/check/finding.js";
import type { MailBackend } from "../../../../src/cli/serve/mail-backend.js";
import type { MemoryMailbox } from "../../../../src/testing/index.js";

/** A mail server in memory, with one user whose password is `alice`. */
export function memoryBackend(mailbox: MemoryMailbox, findings: readonly Finding[] = []): MailBackend {
  return {
    mailbox,
    source: mailbox,
    submission: undefined,
    authenticate: async (attempt) =>
      attempt.kind === "basic" && attempt.password === "alice"
        ? { kind: "user", user: "alice@example.com" }
        : { kind: "refused" },
    connections: () => ({ working: 0, idle: 0, waiting: 0 }),
    inspect: async () => findings,
    close: async () => {},
  };
}
