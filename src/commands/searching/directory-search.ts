import type { DirectoryEntry, MailboxDirectory } from "../../mailbox/abilities/directory.js";
import {
  bytesElement,
  element,
  Gal,
  optionalText,
  textElement,
  type WbxmlElement,
} from "../../wbxml/index.js";
import type { CommandContext } from "../command.js";
import { PhotoAllowance, type PhotoWishes } from "./photo-allowance.js";
import type { ResultRange } from "./result-range.js";

/** Who is looked for in the address list. */
export interface DirectorySearch {
  readonly text: string;
  readonly range: ResultRange;
  /** Undefined: no photos are wanted. */
  readonly photos: PhotoWishes | undefined;
}

/** Looks in the address list; the properties of each entry that was found ([MS-ASCMD] 2.2.3.139). */
export async function searchDirectory(
  directory: MailboxDirectory,
  { text, range, photos }: DirectorySearch,
  { mailboxRef }: CommandContext,
): Promise<{
  readonly properties: readonly (readonly (WbxmlElement | undefined)[])[];
  readonly total: number;
}> {
  const limit = range.last - range.first + 1;
  const query = { text, withPhotos: photos !== undefined, first: range.first, limit };
  const { entries, total } = await directory.findInDirectory(mailboxRef, query);
  const allowance = photos && new PhotoAllowance(photos);
  const wanted = entries.slice(0, limit);
  return {
    properties: wanted.map((entry) => properties(entry, allowance)),
    total: Math.max(total, wanted.length === 0 ? 0 : range.first + wanted.length),
  };
}

function properties(
  entry: DirectoryEntry,
  allowance: PhotoAllowance | undefined,
): readonly (WbxmlElement | undefined)[] {
  const isNamed = entry.firstName !== undefined || entry.lastName !== undefined;
  return [
    textElement(Gal.DisplayName, entry.displayName),
    optionalText(Gal.Phone, entry.phone),
    optionalText(Gal.Office, entry.office),
    optionalText(Gal.Title, entry.title),
    optionalText(Gal.Company, entry.company),
    optionalText(Gal.Alias, entry.alias),
    // There are devices that leave out who has no first name.
    optionalText(Gal.FirstName, isNamed ? entry.firstName : entry.displayName),
    optionalText(Gal.LastName, entry.lastName),
    optionalText(Gal.HomePhone, entry.homePhone),
    optionalText(Gal.MobilePhone, entry.mobilePhone),
    textElement(Gal.EmailAddress, entry.emailAddress),
    allowance && picture(entry, allowance),
  ];
}

function picture({ photo }: DirectoryEntry, allowance: PhotoAllowance): WbxmlElement {
  const verdict = allowance.decide(photo);
  return element(Gal.Picture, [
    textElement(Gal.Status, verdict.status),
    verdict.status === 1 ? bytesElement(Gal.Data, verdict.photo) : undefined,
  ]);
}
