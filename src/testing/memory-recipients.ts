import type { DirectoryEntry } from "../mailbox/abilities/directory.js";
import type { FoundRecipient } from "../mailbox/abilities/recipients.js";
import type { ContactItem } from "../mailbox/items/contact.js";
import { matchingEntries } from "./memory-directory.js";
import { isRaw } from "./memory-item.js";
import type { MemoryUser } from "./memory-user.js";

/** Someone, or a list of people, in the address list of a {@link MemoryMailbox}. */
export interface MemoryPerson extends DirectoryEntry {
  /** S/MIME certificates, each as DER. */
  readonly certificates?: readonly Uint8Array[];
  /** The members' addresses, when it is a distribution list. */
  readonly members?: readonly string[];
}

/** Whom a text stands for: the owner of an address, or everyone in the address list and the user's contacts who matches. */
export function resolveWithin(
  people: readonly MemoryPerson[],
  user: MemoryUser,
  to: string,
): readonly FoundRecipient[] {
  const contacts = [...contactEntries(user)];
  const address = (/<([^<>]+)>\s*$/.exec(to)?.[1] ?? to).trim().toLowerCase();
  const find = <T extends DirectoryEntry>(entries: readonly T[]): readonly T[] => {
    if (!address.includes("@")) return matchingEntries(entries, to);
    return entries.filter(({ emailAddress }) => emailAddress.toLowerCase() === address);
  };
  const listed = find(people);
  const known = new Set(listed.map(({ emailAddress }) => emailAddress.toLowerCase()));
  return [
    ...listed.map((person) => recipient("directory", person)),
    ...find(contacts)
      .filter(({ emailAddress }) => !known.has(emailAddress.toLowerCase()))
      .map((contact) => recipient("contact", contact)),
  ];
}

function recipient(source: FoundRecipient["source"], person: MemoryPerson): FoundRecipient {
  const { displayName, emailAddress, members, certificates, photo } = person;
  return {
    source,
    displayName,
    emailAddress,
    ...(members && { members }),
    ...(certificates && { certificates }),
    ...(photo && { photo }),
  };
}

function* contactEntries(user: MemoryUser): Generator<DirectoryEntry> {
  for (const { id } of user.folders.list) {
    for (const { content } of user.journal(id)?.items() ?? []) {
      if (isRaw(content) || content.class !== "Contacts") continue;
      yield* entriesOf(content);
    }
  }
}

function* entriesOf(contact: ContactItem): Generator<DirectoryEntry> {
  const { firstName, lastName, fileAs, email1Address, email2Address, email3Address, picture } = contact;
  const name = [firstName, lastName].filter((part) => part !== undefined).join(" ");
  for (const written of [email1Address, email2Address, email3Address]) {
    const emailAddress = /<([^<>]+)>/.exec(written ?? "")?.[1] ?? written;
    if (emailAddress === undefined || emailAddress === "") continue;
    const displayName = name || fileAs || emailAddress;
    yield {
      displayName,
      emailAddress,
      ...(picture !== undefined && { photo: Buffer.from(picture, "base64") }),
    };
  }
}
