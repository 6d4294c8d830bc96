import { expect, test } from "vitest";
import { mailboxContract } from "../../../src/testing/mailbox-contract.js";
import { MemoryMailbox } from "../../../src/testing/memory-mailbox.js";

const user = "alice";
type SaveArgs = Parameters<MemoryMailbox["saveDraft"]>;
type SaveAnswer = ReturnType<MemoryMailbox["saveDraft"]>;

/** Names of the checks of drafts that a mailbox fails. */
async function failures(make: () => MemoryMailbox): Promise<readonly string[]> {
  const suite = mailboxContract(() => {
    const mailbox = make();
    const add = async (receivedMs: number): Promise<string> =>
      mailbox.deliver(user, "Subject: x\r\n\r\nx", { receivedMs });
    return { mailbox, ref: { user }, folder: "inbox", add };
  });
  const failed: string[] = [];
  for (const { name, run } of suite) await run().catch(() => failed.push(name));
  return failed;
}

class AddsInsteadOfReplacing extends MemoryMailbox {
  override saveDraft(...[ref, folder, draft, , token]: SaveArgs): SaveAnswer {
    return super.saveDraft(ref, folder, draft, undefined, token);
  }
}

class ForgetsTokens extends MemoryMailbox {
  #calls = 0;

  override saveDraft(...[ref, folder, draft, replaced]: SaveArgs): SaveAnswer {
    return super.saveDraft(ref, folder, draft, replaced, `${this.#calls++}`);
  }
}

class LooksAtNoVersion extends MemoryMailbox {
  override async saveDraft(...[ref, folder, draft, replaced, token]: SaveArgs): SaveAnswer {
    const now = replaced && (await this.itemVersion(ref, folder, replaced.id));
    const latest = replaced && now && { ...replaced, expectedVersion: now.version };
    return super.saveDraft(ref, folder, draft, latest ?? replaced, token);
  }
}

class LosesBcc extends MemoryMailbox {
  override saveDraft(...[ref, folder, draft, replaced, token]: SaveArgs): SaveAnswer {
    const { bcc: _, body, ...rest } = draft;
    const raw = Buffer.from(body?.mime?.data ?? []).toString("utf8");
    const mime = { data: Buffer.from(raw.replace(/^Bcc:.*\r\n/m, "")) };
    return super.saveDraft(ref, folder, { ...rest, body: { native: "plain", mime } }, replaced, token);
  }
}

test.each([
  ["adding", AddsInsteadOfReplacing, ["a draft takes the place of the one before"]],
  ["forgetting tokens", ForgetsTokens, ["a draft that is saved again with its token is saved once"]],
  ["looking at no version", LooksAtNoVersion, ["a draft that someone else changed is not replaced"]],
  ["losing Bcc", LosesBcc, ["a draft that was saved is there as it was given, with Bcc"]],
])("%s is caught", async (_fault, Faulty, expected) => {
  expect(await failures(() => new Faulty())).toEqual(expect.arrayContaining(expected));
});

test("a store of immutable messages passes", async () => {
  class Immutable extends MemoryMailbox {
    override async saveDraft(...[ref, folder, draft, replaced, token]: SaveArgs): SaveAnswer {
      const now = replaced && (await this.itemVersion(ref, folder, replaced.id));
      const isKnown = this.#saved.has(token);
      if (replaced !== undefined && !isKnown) {
        if (now === undefined) return { kind: "not-found" };
        if (now.version !== replaced.expectedVersion) return { kind: "version-mismatch" };
      }
      const saved = await super.saveDraft(ref, folder, draft, undefined, token);
      this.#saved.add(token);
      if (replaced !== undefined && !isKnown) this.removeItem(user, folder, replaced.id);
      return saved;
    }

    readonly #saved = new Set<string>();
  }
  expect(await failures(() => new Immutable())).toEqual([]);
});
