import type { ContactTexts } from "../../mailbox/items/contact.js";

/** What lists show for a contact without FileAs: `Last, First Middle`, the company, or an address; undefined when there is none. */
export function fileAsOf(contact: ContactTexts): string | undefined {
  const given = [contact.firstName, contact.middleName].filter((name) => name !== undefined).join(" ");
  const name = [contact.lastName ?? "", given].filter((part) => part !== "").join(", ");
  const shown = [
    name,
    contact.companyName,
    contact.email1Address,
    contact.nickName,
    contact.mobilePhoneNumber,
  ];
  return shown.find((candidate) => candidate !== undefined && candidate !== "");
}
