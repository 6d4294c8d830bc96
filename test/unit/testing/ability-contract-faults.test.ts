/** Each rule about an optional ability finds the fault that it is there for, and a subject that offers nothing is asked for nothing. */
import { describe, expect, test } from "vitest";
import type { FoundRecipient } from "../../../src/mailbox/abilities/recipients.js";
import { mailboxContract } from "../../../src/testing/mailbox-contract.js";
import type { MailboxSubject } from "../../../src/testing/mailbox-contract-subject.js";
import { MemoryMailbox } from "../../../src/testing/memory-mailbox.js";

const user = "alice@example.com";
const bob = "bob@example.com";

function mailSubject(mailbox: MemoryMailbox): MailboxSubject {
  mailbox.deliver(bob, "Subject: x\r\n\r\nx");
  return {
    mailbox,
    ref: { user },
    folder: "inbox",
    otherFolder: "deleted",
    add: async (receivedMs) => mailbox.deliver(user, "Subject: x\r\n\r\nx", { receivedMs }),
    deliver: async (message, receivedMs) => mailbox.deliver(user, message, { receivedMs }),
    person: {
      displayName: "bob",
      emailAddress: bob,
      addAppointment: async (startTimeMs, endTimeMs) => {
        mailbox.addItem(bob, "calendar", { class: "Calendar", startTimeMs, endTimeMs });
      },
    },
  };
}

function calendarSubject(mailbox: MemoryMailbox): MailboxSubject {
  const appointment = (endTimeMs: number) =>
    ({ class: "Calendar", startTimeMs: endTimeMs - 1, endTimeMs }) as const;
  return {
    mailbox,
    ref: { user },
    folder: "calendar",
    otherFolder: mailbox.createFolder(user, { name: "Other", kind: "user-calendar" }).id,
    add: async (dateMs) => mailbox.addItem(user, "calendar", appointment(dateMs)),
    newItem: () => appointment(0),
  };
}

async function failures(make: () => MailboxSubject): Promise<readonly string[]> {
  const failed: string[] = [];
  for (const { name, run } of mailboxContract(make)) await run().catch(() => failed.push(name));
  return failed;
}

type Calls<Name extends keyof MemoryMailbox> = MemoryMailbox[Name] extends (...args: infer A) => infer R
  ? { readonly args: A; readonly answer: R }
  : never;

class FindsOldestFirst extends MemoryMailbox {
  override async search(...args: Calls<"search">["args"]): Promise<Awaited<Calls<"search">["answer"]>> {
    const result = await super.search(...args);
    return result.kind === "found" ? { ...result, items: [...result.items].reverse() } : result;
  }
}

class SearchesEveryField extends MemoryMailbox {
  override search(...[ref, query]: Calls<"search">["args"]): Calls<"search">["answer"] {
    const { expression } = query;
    if (expression?.kind !== "text") return super.search(ref, query);
    return super.search(ref, { ...query, expression: { kind: "text", text: expression.text } });
  }
}

class TakesNotForAnything extends MemoryMailbox {
  override search(...[ref, query]: Calls<"search">["args"]): Calls<"search">["answer"] {
    const { expression } = query;
    if (expression?.kind !== "not") return super.search(ref, query);
    return super.search(ref, { ...query, expression: undefined });
  }
}

class IncludesTheEnds extends MemoryMailbox {
  override search(...[ref, query]: Calls<"search">["args"]): Calls<"search">["answer"] {
    const { afterMs, beforeMs } = query;
    const wider = {
      afterMs: afterMs === undefined ? undefined : afterMs - 1,
      beforeMs: beforeMs === undefined ? undefined : beforeMs + 1,
    };
    return super.search(ref, { ...query, ...wider });
  }
}

class ForgetsWhereThePageBegins extends MemoryMailbox {
  override search(...[ref, query]: Calls<"search">["args"]): Calls<"search">["answer"] {
    return super.search(ref, { ...query, first: 0 });
  }
}

class SearchesTheInboxAnyhow extends MemoryMailbox {
  override search(...[ref, query]: Calls<"search">["args"]): Calls<"search">["answer"] {
    return super.search(ref, { ...query, folders: ["inbox"] });
  }
}

class IndexesForEver extends MemoryMailbox {
  readonly #index = new Map<string, string>();
  override deliver(...args: Parameters<MemoryMailbox["deliver"]>): string {
    const id = super.deliver(...args);
    this.#index.set(id, String(args[1]).toLowerCase());
    return id;
  }
  override async search(
    ...[ref, query]: Calls<"search">["args"]
  ): Promise<Awaited<Calls<"search">["answer"]>> {
    const { expression } = query;
    if (expression?.kind !== "text" || expression.in !== undefined) return super.search(ref, query);
    const hits = [...this.#index].filter(([, words]) => words.includes(expression.text.toLowerCase()));
    const items = hits.map(([item]) => ({ folder: "inbox", item })).reverse();
    return { kind: "found", items, total: items.length };
  }
}

class GluesQueriesTogether extends MemoryMailbox {
  override search(...[ref, query]: Calls<"search">["args"]): Calls<"search">["answer"] {
    const { expression } = query;
    const isOpen = expression?.kind === "text" && expression.text.includes("ALL");
    return super.search(ref, isOpen ? { ...query, expression: undefined } : query);
  }
}

class MovesOneMail extends MemoryMailbox {
  override async moveConversation(
    ...[ref, , toFolder]: Calls<"moveConversation">["args"]
  ): Promise<Awaited<Calls<"moveConversation">["answer"]>> {
    const [first] = this.snapshot(ref.user, "inbox").keys();
    if (first === undefined) return { kind: "not-found" };
    this.moveItem(ref.user, "inbox", first, toFolder);
    return { kind: "moved" };
  }
}

class ForgetsConversations extends MemoryMailbox {
  override async moveConversation(
    ...[ref, id, toFolder]: Calls<"moveConversation">["args"]
  ): Promise<Awaited<Calls<"moveConversation">["answer"]>> {
    let isFound = false;
    for (const item of this.snapshot(ref.user, "inbox").keys()) {
      const mail = await this.item(ref, "inbox", item, { bodies: [], withBody: false });
      if (mail?.class !== "Email" || !Buffer.from(mail.conversationId ?? []).equals(id)) continue;
      isFound = true;
      this.moveItem(ref.user, "inbox", item, toFolder);
    }
    return isFound ? { kind: "moved" } : { kind: "not-found" };
  }
}

class MovesAnyConversation extends MemoryMailbox {
  override async moveConversation(
    ...args: Calls<"moveConversation">["args"]
  ): Promise<Awaited<Calls<"moveConversation">["answer"]>> {
    await super.moveConversation(...args);
    return { kind: "moved" };
  }
}

class MarksInSilence extends MemoryMailbox {
  override async setLastVerb(): Promise<Awaited<Calls<"setLastVerb">["answer"]>> {
    return { kind: "updated" };
  }
}

class FindsUidsInAnyCase extends MemoryMailbox {
  override async meetingByUid(
    ...[ref, uid]: Calls<"meetingByUid">["args"]
  ): Promise<Awaited<Calls<"meetingByUid">["answer"]>> {
    for (const { id: folder } of await this.folders(ref)) {
      for (const item of this.snapshot(ref.user, folder).keys()) {
        const found = await this.item(ref, folder, item, { bodies: [], withBody: false });
        if (found?.class === "Calendar" && found.uid?.toLowerCase() === uid.toLowerCase())
          return { folder, item };
      }
    }
    return undefined;
  }
}

class RemembersUids extends MemoryMailbox {
  #last: Awaited<Calls<"meetingByUid">["answer"]>;
  override async meetingByUid(
    ...args: Calls<"meetingByUid">["args"]
  ): Promise<Awaited<Calls<"meetingByUid">["answer"]>> {
    this.#last = (await super.meetingByUid(...args)) ?? this.#last;
    return this.#last;
  }
}

class LooksInOneCalendar extends MemoryMailbox {
  override async meetingByUid(
    ...args: Calls<"meetingByUid">["args"]
  ): Promise<Awaited<Calls<"meetingByUid">["answer"]>> {
    const found = await super.meetingByUid(...args);
    return found?.folder === "calendar" ? found : undefined;
  }
}

class WantsWholeNames extends MemoryMailbox {
  override async findInDirectory(
    ...[ref, query]: Calls<"findInDirectory">["args"]
  ): Promise<Awaited<Calls<"findInDirectory">["answer"]>> {
    const { entries } = await super.findInDirectory(ref, query);
    const exact = entries.filter(({ displayName }) => displayName === query.text);
    return { entries: exact, total: exact.length };
  }
}

class ListsEveryone extends MemoryMailbox {
  override findInDirectory(
    ...[ref, query]: Calls<"findInDirectory">["args"]
  ): Calls<"findInDirectory">["answer"] {
    return super.findInDirectory(ref, { ...query, text: "b" });
  }
}

class ListsWithoutEnd extends MemoryMailbox {
  override findInDirectory(
    ...[ref, query]: Calls<"findInDirectory">["args"]
  ): Calls<"findInDirectory">["answer"] {
    return super.findInDirectory(ref, { ...query, first: 0 });
  }
}

const stranger: FoundRecipient = {
  source: "contact",
  displayName: "Bobby",
  emailAddress: "bobby@example.com",
};

class AddsSuggestions extends MemoryMailbox {
  override async resolveRecipient(
    ...args: Calls<"resolveRecipient">["args"]
  ): Promise<Awaited<Calls<"resolveRecipient">["answer"]>> {
    const { recipients, total } = await super.resolveRecipient(...args);
    return { recipients: [...recipients, stranger].slice(0, args[2].limit), total: total + 1 };
  }
}

class KnowsAddressesAlone extends MemoryMailbox {
  override async resolveRecipient(
    ...args: Calls<"resolveRecipient">["args"]
  ): Promise<Awaited<Calls<"resolveRecipient">["answer"]>> {
    if (!args[1].includes("@")) return { recipients: [], total: 0 };
    return super.resolveRecipient(...args);
  }
}

class TellsTheWholeCalendar extends MemoryMailbox {
  override freeBusy(...[ref, address]: Calls<"freeBusy">["args"]): Calls<"freeBusy">["answer"] {
    return super.freeBusy(ref, address, 0, Number.MAX_SAFE_INTEGER);
  }
}

class TellsThatAllAreFree extends MemoryMailbox {
  override async freeBusy(): Promise<Awaited<Calls<"freeBusy">["answer"]>> {
    return { kind: "intervals", intervals: [] };
  }
}

class TellsAddressesTwice extends MemoryMailbox {
  override async userInformation(): Promise<Awaited<Calls<"userInformation">["answer"]>> {
    return { addresses: [user, user.toUpperCase()] };
  }
}

class TakesShortPasswords extends MemoryMailbox {
  override setRecoveryPassword(
    ...args: Calls<"setRecoveryPassword">["args"]
  ): Calls<"setRecoveryPassword">["answer"] {
    if (args[2].length > 16) throw new RangeError("too long");
    return super.setRecoveryPassword(...args);
  }
}

class TrustsNonsense extends MemoryMailbox {
  override async trustedAuthorities(): Promise<readonly Uint8Array[]> {
    return [Buffer.from("not a certificate")];
  }
}

describe("the mailbox contract about optional abilities", () => {
  test.each([
    ["mail", mailSubject],
    ["calendar", calendarSubject],
  ])("a %s mailbox without fault passes", async (_, subject) => {
    expect(await failures(() => subject(new MemoryMailbox()))).toEqual([]);
  });

  test("a mailbox that has none of them passes unseen", async () => {
    const none: Partial<Record<keyof MemoryMailbox, undefined>> = {
      search: undefined,
      moveConversation: undefined,
      setLastVerb: undefined,
      meetingByUid: undefined,
      findInDirectory: undefined,
      resolveRecipient: undefined,
      freeBusy: undefined,
      userInformation: undefined,
      setRecoveryPassword: undefined,
      trustedAuthorities: undefined,
    };
    const bare = (): MailboxSubject => mailSubject(Object.assign(new MemoryMailbox(), none));
    expect(await failures(bare)).toEqual([]);
  });

  test.each([
    [FindsOldestFirst, "a search finds words in subject and text, in any letter case, newest first"],
    [SearchesEveryField, "a search by field looks there alone"],
    [TakesNotForAnything, "a search keeps to all, any and not"],
    [IncludesTheEnds, "a search by date leaves out both of its ends"],
    [ForgetsWhereThePageBegins, "a search is read in pages"],
    [SearchesTheInboxAnyhow, "a search looks in the folders that it names"],
    [IndexesForEver, "a search does not find what is gone"],
    [GluesQueriesTogether, "a search for text that means something to a query language is one for text"],
    [MovesOneMail, "a conversation is moved as a whole, and what is no part of it stays"],
    [MovesOneMail, "a conversation that does not exist is not found, and nothing is moved"],
    [ForgetsConversations, "what arrives later of a conversation that was moved goes where it is"],
    [ForgetsConversations, "a conversation that is moved again stays where it is"],
    [MovesAnyConversation, "a conversation that does not exist is not found, and nothing is moved"],
    [MarksInSilence, "a mail that was answered says so, and counts as changed"],
    [MarksInSilence, "a mail that does not exist was not answered"],
    [WantsWholeNames, "the address list finds people by the beginnings of their names, in any letter case"],
    [ListsEveryone, "the address list finds nobody who is not there"],
    [ListsWithoutEnd, "the address list is read in pages, always in the same order"],
    [AddsSuggestions, "an address stands for its owner alone, in any letter case"],
    [AddsSuggestions, "who is not there is nobody"],
    [KnowsAddressesAlone, "part of a name stands for everyone who has it"],
    [TellsTheWholeCalendar, "when someone is busy is told, and only what touches the time asked for"],
    [TellsThatAllAreFree, "when someone is busy is told, and only what touches the time asked for"],
    [TellsThatAllAreFree, "when somebody has time of whom nothing is known is unknown"],
    [
      TellsAddressesTwice,
      "who the user is is told alike each time, with addresses that can stand in a header",
    ],
    [TakesShortPasswords, "a recovery password is taken, whatever it consists of, and taken back"],
    [TrustsNonsense, "authorities that are trusted are certificates"],
  ])("%o fails", async (Faulty, name) => {
    expect(await failures(() => mailSubject(new Faulty()))).toContain(name);
  });

  test.each([
    [RemembersUids, "an appointment is found by its UID, for as long as it is there"],
    [LooksInOneCalendar, "an appointment that was moved is found where it is"],
    [FindsUidsInAnyCase, "another UID finds nothing, whatever it looks like"],
  ])("%o fails", async (Faulty, name) => {
    expect(await failures(() => calendarSubject(new Faulty()))).toContain(name);
  });
});
