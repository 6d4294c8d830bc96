import type {
  OutOfOffice,
  OutOfOfficeAudience,
  OutOfOfficeChange,
  OutOfOfficeMessage,
} from "../mailbox/abilities/out-of-office.js";

const audiences: readonly OutOfOfficeAudience[] = ["internal", "external-known", "external-unknown"];

const none: OutOfOffice = {
  state: { kind: "off" },
  messages: {
    internal: { enabled: false },
    "external-known": { enabled: false },
    "external-unknown": { enabled: false },
  },
};

/** The absence notes of all users of a memory mailbox; nothing sends them. */
export class MemoryOutOfOffice {
  readonly #notes = new Map<string, OutOfOffice>();

  /** Off, without a text, until something was set. */
  of(user: string): OutOfOffice {
    return this.#notes.get(user) ?? none;
  }

  change(user: string, { state, messages }: OutOfOfficeChange): void {
    const before = this.of(user);
    const after: Partial<Record<OutOfOfficeAudience, OutOfOfficeMessage>> = { ...before.messages };
    for (const audience of audiences) {
      after[audience] = { enabled: false, ...before.messages[audience], ...messages[audience] };
    }
    this.#notes.set(user, { state: state ?? before.state, messages: after });
  }
}
